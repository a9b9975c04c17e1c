import { describe, expect, test } from 'vitest';
import { differencesOf, nearestOf } from '../../src/playwright/match.js';
import { events, order, record } from './support.js';

const paths = (fields: object, event = events(record('view', { product_id: '1', price: 35.79, quantity: 2 }))[0]) =>
  event && differencesOf(fields, event).map(({ path }) => path);

test.each<[string, object, string[]]>([
  ['nothing asked for', {}, []],
  ['some fields', { product_id: '1', quantity: 2 }, []],
  ['another value', { product_id: '2', quantity: 2 }, ['product_id']],
  ['a number for an id', { product_id: 1 }, ['product_id']],
  ['an amount as decimal text', { price: '35.79' }, []],
  ['an amount with more zeros', { price: '35.7900' }, []],
  ['another amount', { price: '35.80' }, ['price']],
  ['no decimal text', { price: '35,79' }, ['price']],
  ['hexadecimal text', { price: '0x1' }, ['price']],
  ['text for a count', { quantity: '2' }, ['quantity']],
  ['a field that is absent', { sku: undefined }, []],
  ['a field that should be absent', { product_id: undefined }, ['product_id']],
  ['a field that is not there', { sku: 'x' }, ['sku']],
  [
    'what any of Playwright’s matchers takes',
    { price: expect.any(Number), product_id: expect.stringMatching(/^\d$/) },
    [],
  ],
  ['what it does not take', { price: expect.any(String), sku: expect.anything() }, ['price', 'sku']],
])('%s', (_, fields, expected) => {
  expect(paths(fields)).toEqual(expected);
});

test('properties are compared in part', () => {
  const [event] = events(record('view', { properties: { list: 'search', gift: true } }));
  expect(paths({ properties: { list: 'search' } }, event)).toEqual([]);
  expect(paths({ properties: { list: 'home', gift: true } }, event)).toEqual(['properties.list']);
  expect(paths({ properties: { list: 'home' } })).toEqual(['properties']);
});

describe('lines of an order', () => {
  const [event] = events(
    ...order('A', [
      { product_id: '1', quantity: 1, price: 5 },
      { product_id: '1', quantity: 2, price: 5 },
      { product_id: '2', quantity: 2, price: 7 },
    ]),
  );

  test.each<[string, object, string[]]>([
    ['in any order', { items: [{ product_id: '2' }, { quantity: 2, product_id: '1' }, { quantity: 1 }] }, []],
    // The first takes a line that only the second could have otherwise.
    ['so that each finds one', { items: [{ product_id: '1' }, { quantity: 1 }, { price: 7 }] }, []],
    ['each line for one only', { items: [{ product_id: '2' }, { product_id: '2' }, {}] }, ['items[0].product_id']],
    ['not some of them', { items: [{ product_id: '2' }] }, ['items']],
    [
      'some of them, asked for as such',
      { items: expect.arrayContaining([expect.objectContaining({ product_id: '2' })]) },
      [],
    ],
    ['one line has all of these', { product_id: '2', price: '7' }, []],
    ['no line has all of these', { product_id: '2', price: 5 }, ['items[2].price']],
    ['fields of the order', { order_id: 'A', order_total: 100, lines: 3 }, []],
  ])('%s', (_, fields, expected) => {
    const found = paths(fields, event);
    // Which of two lines is left over is no promise.
    expect(found?.length).toBe(expected.length);
    if (expected.length === 1 && !expected[0]?.includes('[')) expect(found).toEqual(expected);
  });
});

test('the nearest has the fewest fields wrong, the right id before the right rest, and is the last of equals', () => {
  const all = events(
    record('view', { product_id: '1', brand: 'a', quantity: 1 }),
    record('cart', { product_id: '2', brand: 'a', quantity: 1 }),
    record('cart', { product_id: '1', brand: 'b', quantity: 1 }),
    record('cart', { product_id: '1', brand: 'c', quantity: 1 }),
    record('cart', { product_id: '3', brand: 'c', quantity: 3 }),
  );
  expect(nearestOf('cart', { product_id: '1', brand: 'a', quantity: 1 }, all)).toMatchObject({
    event: { brand: 'c', product_id: '1' },
    differences: [{ path: 'brand', expected: 'a', received: 'c' }],
  });
  expect(nearestOf('purchase', {}, all)).toBeUndefined();
});
