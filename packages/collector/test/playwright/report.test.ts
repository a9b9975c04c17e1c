import { describe, expect, test } from 'vitest';
import type { PageLook } from '../../src/playwright/agent.js';
import type { Observed } from '../../src/playwright/report.js';
import {
  coloured,
  hintsOf,
  notOnly,
  notRejected,
  notTracked,
  plain,
  show,
  tracked,
} from '../../src/playwright/report.js';
import { events, evidence, order, record } from './support.js';

const observed = (parts: Partial<Observed>): Observed => ({ ...evidence().observed, ...parts });
const page = (parts: Partial<PageLook> = {}): PageLook => ({
  url: 'https://shop.example/',
  tracker: 'ready',
  gpc: false,
  consent: 'granted',
  ...parts,
});

describe('when nothing matches', () => {
  test('the nearest event is told field by field, with what else arrived', () => {
    const all = events(
      record('view', { product_id: '1' }),
      ...order('A-2', [{ product_id: '1', quantity: 2 }, { product_id: '2' }], { currency: 'BRL' }),
      ...order('A-3', [{ product_id: '9' }], { currency: 'EUR' }),
    );
    const expected = { type: 'purchase', fields: { order_id: 'A-1', lines: 2, currency: 'BRL' } } as const;
    expect(notTracked(expected, undefined, 0, evidence({ events: all }), plain)).toMatchInlineSnapshot(`
      "expect(rastro).toHaveTracked(expected)

      Expected: purchase { order_id: "A-1", lines: 2, currency: "BRL" }, at least once
      Received: 2 × purchase, of which none matches

      The nearest purchase (event 2 of 3, at 09:30:00.123 on https://shop.example/p/1) differs in:
        order_id: expected "A-1", received "A-2"
        as expected: lines, currency

      Arrived:  1 × view, 2 × purchase"
    `);
  });

  test('a note says why values that look the same are not', () => {
    const all = events(record('cart', { product_id: '44600062', quantity: 1, price: 35.79 }));
    const fields = { product_id: 44600062, quantity: '1', price: '35,79', product_name: expect.any(String) };
    expect(notTracked({ type: 'cart', fields }, undefined, 0, evidence({ events: all }), plain)).toMatchInlineSnapshot(`
      "expect(rastro).toHaveTracked(expected)

      Expected: cart { product_id: 44600062, quantity: "1", price: "35,79", product_name: Any<String> }, at least once
      Received: 1 × cart, of which none matches

      The nearest cart (event 1 of 1, at 09:30:00.123 on https://shop.example/p/1) differs in:
        product_id: expected 44600062, received "44600062" (the record has text here)
        quantity: expected "1", received 1 (the record has a number here)
        price: expected "35,79", received 35.79
        product_name: expected Any<String>, received nothing

      Arrived:  1 × cart"
    `);
  });

  test('lines of an order are compared with those that fit them best', () => {
    const all = events(
      ...order('A-1', [
        { product_id: '1', quantity: 2 },
        { product_id: '2', quantity: 1 },
      ]),
    );
    const fields = { items: [{ product_id: '2', quantity: 5 }, { product_id: '1' }] };
    expect(notTracked({ type: 'purchase', fields }, 1, 0, evidence({ events: all }), plain)).toMatchInlineSnapshot(`
      "expect(rastro).toHaveTracked(expected)

      Expected: purchase { items: [{ product_id: "2", quantity: 5 }, { product_id: "1" }] }, exactly once
      Received: 1 × purchase, of which none matches

      The nearest purchase (event 1 of 1, at 09:30:00.123 on https://shop.example/p/1) differs in:
        items[1].quantity: expected 5, received 1

      Arrived:  1 × purchase"
    `);
  });

  test('rejected events stand there with their reason and place, misuse with what was given', () => {
    const comma = {
      code: 'decimal_comma',
      path: '/price',
      message: 'price is "72,93". An amount has a comma. Write a decimal point and no thousands separator: "72.93".',
    } as const;
    const missing = { code: 'missing_field', path: '/product_id', message: 'product_id is missing.' } as const;
    const key = { code: 'unknown_key', path: '', message: 'No site has this key.' } as const;
    const rejections = [
      { ...comma, errors: [comma, missing], event_type: 'cart', event: { sku: '1', price: '72,93' } },
      { ...key, errors: [key] },
    ];
    expect(
      notTracked(
        { type: 'cart', fields: {} },
        undefined,
        0,
        evidence({
          rejections,
          observed: observed({
            misuses: [{ message: 'TypeError: no object\n  at x', page_url: 'https://shop.example/' }],
            called: new Map([['cart', 1]]),
          }),
        }),
        plain,
      ),
    ).toMatchInlineSnapshot(`
      "expect(rastro).toHaveTracked(expected)

      Expected: cart, at least once
      Received: no cart

      Arrived:  nothing
      Rejected:
        cart: decimal_comma at /price: price is "72,93". An amount has a comma. Write a decimal point and no thousands separator: "72.93".
          missing_field at /product_id: product_id is missing.
        request: unknown_key: No site has this key.
      Left out:
        TypeError: no object (https://shop.example/)"
    `);
  });

  test('too many are told as such', () => {
    const all = events(record('view', { product_id: '1' }), record('view', { product_id: '1' }));
    expect(notTracked({ type: 'view', fields: {} }, 1, 2, evidence({ events: all }), plain)).toMatchInlineSnapshot(`
      "expect(rastro).toHaveTracked(expected)

      Expected: view, exactly once
      Received: 2 × view, of which 2 match

        view product_id "1" (event 1 of 2, at 09:30:00.123 on https://shop.example/p/1)
        view product_id "1" (event 2 of 2, at 09:30:00.123 on https://shop.example/p/1)

      Arrived:  2 × view"
    `);
  });

  test('what is expected is green, what came is red', () => {
    const all = events(record('view', { product_id: '1' }));
    const text = notTracked(
      { type: 'view', fields: { product_id: '2' } },
      undefined,
      0,
      evidence({ events: all }),
      coloured,
    );
    expect(text).toContain('product_id: expected \u001b[32m"2"\u001b[39m, received \u001b[31m"1"\u001b[39m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters.
    expect(text.replace(/\u001b\[\d+m/g, '')).toBe(
      notTracked({ type: 'view', fields: { product_id: '2' } }, undefined, 0, evidence({ events: all }), plain),
    );
  });
});

test('not: what matched is told, or why it cannot be known', () => {
  const all = events(record('view', { product_id: '1' }), record('cart', { product_id: '1' }));
  const expected = { type: 'cart', fields: { product_id: '1' } } as const;
  expect(tracked(expected, evidence({ events: all }), plain)).toMatchInlineSnapshot(`
    "expect(rastro).not.toHaveTracked(expected)

    Expected: no cart { product_id: "1" }

    Received: cart product_id "1" (event 2 of 2, at 09:30:00.123 on https://shop.example/p/1)

    Arrived:  1 × view, 1 × cart"
  `);
  expect(
    tracked(expected, evidence(), plain, '3 events wait in the browser at https://shop.example/'),
  ).toMatchInlineSnapshot(`
    "expect(rastro).not.toHaveTracked(expected)

    Expected: no cart { product_id: "1" }

    Whether there is none cannot be told: 3 events wait in the browser at https://shop.example/.

    Arrived:  nothing"
  `);
});

test('only: events are put beside what was expected', () => {
  const all = events(
    record('view', { product_id: '1' }),
    record('view', { product_id: '1' }),
    record('cart', { product_id: '1', quantity: 1 }),
    ...order('A-1', [{ product_id: '1' }, { product_id: '2' }]),
  );
  const expected = [
    { type: 'view', fields: { product_id: '1' } },
    { type: 'cart', fields: { product_id: '1', quantity: 2 } },
    { type: 'remove_from_cart', fields: {} },
    { type: 'purchase', fields: {} },
  ] as const;
  expect(notOnly(expected, all, evidence({ events: all }), plain)).toMatchInlineSnapshot(`
    "expect(rastro).toHaveTrackedOnly(expected)

    Expected: 4 events, in this order
    Received: 4 events

        view { product_id: "1" }
      + view product_id "1" was not expected here
      ≠ cart { product_id: "1", quantity: 2 }
          quantity: expected 2, received 1
      - remove_from_cart did not come
        purchase

    Arrived:  2 × view, 1 × cart, 1 × purchase"
  `);
});

test('rejected: says what was', () => {
  expect(notRejected('decimal_comma', '/price', evidence(), plain)).toMatchInlineSnapshot(`
    "expect(rastro).toHaveRejected(expected)

    Expected: decimal_comma at /price
    Received: nothing was rejected

    Arrived:  nothing"
  `);
});

test.each([
  ['a fault is on', { fault: { kind: 'status', status: 503 } }, /rastro\.fail\(503\) is on/],
  [
    'events went elsewhere',
    { observed: observed({ strangers: new Set(['https://x.example/c']) }) },
    /sent to https:\/\/x\.example\/c, which is not rastroOptions\.endpoint/,
  ],
  [
    'consent is pending',
    { pages: [page({ consent: 'pending' })] },
    /consent is 'pending' at https:\/\/shop\.example\//,
  ],
  ['Global Privacy Control', { pages: [page({ consent: 'denied', gpc: true })] }, /Global Privacy Control/],
  ['the script has not arrived', { pages: [page({ tracker: 'stub' })] }, /rastro\.js has not arrived: there is no tag/],
  [
    'the script has not arrived, and a tag asks for it',
    { pages: [page({ tracker: 'stub', tags: ['https://shop.example/t.js'] })] },
    /has not arrived: the tag asks for https:\/\/shop\.example\/t\.js, and rastroOptions\.script/,
  ],
  [
    'a plugin is lost',
    {
      observed: observed({
        lost: [{ url: 'https://shop.example/rastro/ga4.js', why: 'was answered 404', plugin: 'ga4', advice: 'do it' }],
      }),
    },
    /^https:\/\/shop\.example\/rastro\/ga4\.js was answered 404: the plugin ga4 did not arrive; do it\.\n/,
  ],
  [
    'a route of the test’s own has taken the events',
    { observed: observed({ passed: new Set(['https://shop.example/e']) }) },
    /events were sent to https:\/\/shop\.example\/e and did not come here: a route of yours/,
  ],
  [
    'a policy stopped it',
    { observed: observed({ blocked: ['connect-src: https://c.example/e'] }) },
    /security policy stopped connect-src/,
  ],
  [
    'requests fail',
    { observed: observed({ failures: ['TypeError: Failed to fetch'] }) },
    /request of the tracker failed/,
  ],
  [
    'it was told, and has not come',
    { observed: observed({ called: new Map([['cart', 2]]) }) },
    /did tell 2 × cart; none came/,
  ],
  ['it was never told', {}, /no page called its tracker for a cart/],
  [
    'there is no tracker',
    { requests: 0, observed: observed({ trackers: 0 }), pages: [page({ tracker: 'none' })] },
    /no window\.rastro \(https:\/\/shop\.example\/\)/,
  ],
  ['no page is open', { requests: 0, observed: observed({ trackers: 0 }) }, /no page is open/],
] as const)('hint: %s', (_, parts, hint) => {
  expect(hintsOf(evidence(parts), 'cart').join('\n')).toMatch(hint);
});

test('no hint where all is well', () => {
  const all = events(record('cart'));
  expect(
    hintsOf(evidence({ events: all, pages: [page()], observed: observed({ called: new Map([['cart', 1]]) }) }), 'cart'),
  ).toEqual([]);
});

test('values are shown as one would write them', () => {
  expect(show({ a: '1', b: [2, undefined, null], c: expect.stringMatching(/x/) })).toBe(
    '{ a: "1", b: [2, nothing, null], c: StringMatching</x/> }',
  );
});
