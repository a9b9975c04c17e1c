import { describe, expect, test } from 'vitest';
import { envelope, event, id, now } from '../support/collect.js';
import { expectLetters, expectRecords, type Json, kept, send } from './support.js';

const order = (fields: Json): Json => ({
  event_id: id(1),
  event_type: 'purchase',
  event_time: now,
  order_id: 'A',
  ...fields,
});
const post = (...events: Json[]): ReturnType<typeof send> => send(JSON.stringify(envelope(events)));

describe('what hostile input has found:', () => {
  test.each([':1:2:3:4:5:6:7', 'fffff::', `${'f'.repeat(400)}::`, ':::', '1::2:', '::1:'])(
    'an address that is none, such as %s, has no prefix',
    async (ip) => {
      const { put, records } = await send(JSON.stringify(envelope([event(1)])), { ip });
      expectRecords(put);
      expect(records[0]).not.toHaveProperty('ip_prefix');
    },
  );

  test('a dead letter of a body has a user agent without control characters', async () => {
    const headers = { 'content-type': 'text/plain', 'user-agent': 'a\tb' };
    expectLetters((await send('{', { headers })).buried);
  });

  test('a body that is no envelope is kept with its byte order mark', async () => {
    const body = Buffer.from('\ufeff[]');
    expect(kept((await send(body)).letters[0]).equals(body)).toBe(true);
  });

  test('an order that names no currency is rejected when its lines name two', async () => {
    const items = [
      { product_id: '1', currency: 'BRL' },
      { product_id: '2', currency: 'USD' },
    ];
    const { rejected } = await post(order({ items }));
    expect(rejected).toMatchObject([{ code: 'currency_mismatch', path: '/items/1/currency' }]);
  });

  test('a whole number among the properties that loses its digits is rejected for it', async () => {
    const body = JSON.stringify(envelope([event(1, { properties: { supplier: 0 } })]));
    const { rejected } = await send(body.replace('"supplier":0', '"supplier":1487580005134238553'));
    expect(rejected).toMatchObject([{ code: 'id_precision_lost', path: '/properties/supplier' }]);
  });

  test('lines that differ only in what they are not sorted by are numbered alike in any order', async () => {
    const items = [
      { product_id: '1', properties: { engraving: 'Ana' } },
      { product_id: '1', properties: { engraving: 'Bea' } },
    ];
    const { records } = await post(order({ items }));
    expect((await post(order({ items: items.toReversed() }))).records).toEqual(records);
  });

  test('an answer repeats no more of an event id than its dead letter', async () => {
    const { rejected, letters } = await post(event(1, { event_id: `${'x'.repeat(300)}\ud800` }));
    expect(rejected[0]?.['event_id']).toBe(letters[0]?.['event_id']);
  });

  test('a title of no more characters than allowed is not cut', async () => {
    // The schema counts characters, of which these take two places each.
    const page_title = '💄'.repeat(200);
    expect((await post(event(1, { page_title }))).records).toMatchObject([{ page_title }]);
  });

  test('a body never becomes more than the queue of a stream holds', async () => {
    const items = Array.from({ length: 10 }, () => ({ product_id: '1' }));
    const orders = Array.from({ length: 500 }, (_, n) => order({ event_id: id(n), order_id: `${n}`, items }));
    const long = '例'.repeat(2048);
    const utm = ['source', 'medium', 'campaign', 'term', 'content'].map((name) => [`utm_${name}`, long.slice(0, 128)]);
    const context = { page_url: long, page_referrer: long, ...Object.fromEntries(utm) };
    const { put, buried } = await send(JSON.stringify(envelope(orders, { context })));
    const bytes = [...put, ...buried].reduce((sum, { data }) => sum + Buffer.byteLength(data), 0);
    expect(bytes).toBeLessThan(64 * 1024 * 1024);
  });
});
