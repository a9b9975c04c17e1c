import { eventErrors } from '@rastro/collector';
import { describe, expect, test } from 'vitest';
import { envelope, event, harness, id } from '../support/collect.js';

/** What is wrong, the code, and where. */
const bad: [unknown, string, string][] = [
  [5, 'not_an_object', ''],
  [null, 'not_an_object', ''],
  [[], 'not_an_object', ''],
  [{}, 'missing_field', '/event_type'],
  [event(1, { event_type: 'buy' }), 'unknown_event_type', '/event_type'],
  [event(1, { event_type: '__proto__' }), 'unknown_event_type', '/event_type'],
  [event(1, { product_id: '' }), 'missing_field', '/product_id'],
  [event(1, { product_id: null }), 'missing_field', '/product_id'],
  [event(1, { event_id: 'x' }), 'bad_format', '/event_id'],
  [event(1, { event_time: '2019-10-01' }), 'wrong_type', '/event_time'],
  [event(1, { event_time: -1 }), 'out_of_range', '/event_time'],
  [event(1, { prize: 3 }), 'unknown_field', '/prize'],
  [event(1, { order_id: 'A' }), 'unknown_field', '/order_id'],
  [JSON.parse('{"__proto__": 1, "event_type": "view"}'), 'missing_field', '/event_id'],
  [event(1, { category_id: 1.4875800092865987e18 }), 'id_precision_lost', '/category_id'],
  [event(1, { category_id: 2 ** 53 }), 'id_precision_lost', '/category_id'],
  [event(1, { category_id: '1.4875800092865987e+18' }), 'id_precision_lost', '/category_id'],
  [event(1, { category_id: '2.10381E+18' }), 'id_precision_lost', '/category_id'],
  [event(1, { category_id: '1,48758E+18' }), 'id_precision_lost', '/category_id'],
  [event(1, { event_id: '5c1f2a5e-3f0b-5d8e-9a47-0d6b1c8e7f32' }), 'bad_format', '/event_id'],
  [event(1, { properties: { a: 'lone \ud800' } }), 'bad_format', '/properties/a'],
  [event(1, { properties: { '': 1 } }), 'bad_format', '/properties'],
  [event(1, { price: `0.${'0'.repeat(120_000)}1` }), 'decimal_precision', '/price'],
  [event(1, { customer_id: '1.48E18' }), 'id_precision_lost', '/customer_id'],
  [event(1, { product_id: 1.5 }), 'wrong_type', '/product_id'],
  [event(1, { product_id: -1 }), 'out_of_range', '/product_id'],
  [event(1, { product_id: 'x'.repeat(129) }), 'too_long', '/product_id'],
  [event(1, { product_id: 'a\u0000b' }), 'bad_format', '/product_id'],
  [event(1, { brand: 'lone \ud800 surrogate' }), 'bad_format', '/brand'],
  [event(1, { category_code: 'a..b' }), 'not_a_dotted_path', '/category_code'],
  [event(1, { price: '72,93' }), 'decimal_comma', '/price'],
  [event(1, { price: '1.234,56' }), 'decimal_comma', '/price'],
  [event(1, { price: 'R$ 5' }), 'not_a_decimal', '/price'],
  [event(1, { price: '1e3' }), 'not_a_decimal', '/price'],
  [event(1, { price: true }), 'wrong_type', '/price'],
  [event(1, { price: -1 }), 'negative_amount', '/price'],
  [event(1, { price: '-0.01' }), 'negative_amount', '/price'],
  [event(1, { price: 0.1 + 0.2 }), 'decimal_precision', '/price'],
  [event(1, { price: 1e-7 }), 'decimal_precision', '/price'],
  [event(1, { price: 1e21 }), 'decimal_precision', '/price'],
  [event(1, { price: '1234567890.1234567' }), 'decimal_precision', '/price'],
  [event(1, { currency: 'R$' }), 'not_a_currency', '/currency'],
  [event(1, { quantity: 0 }), 'out_of_range', '/quantity'],
  [event(1, { quantity: 1.5 }), 'wrong_type', '/quantity'],
  [event(1, { properties: { a: { b: 1 } } }), 'properties_not_flat', '/properties/a'],
  [event(1, { properties: [] }), 'properties_not_flat', '/properties'],
  [event(1, { properties: { a: 'x'.repeat(1100) } }), 'properties_too_large', '/properties'],
  [
    event(1, { properties: Object.fromEntries(Array.from({ length: 33 }, (_, n) => [`k${n}`, n])) }),
    'properties_too_large',
    '/properties',
  ],
  [{ event_id: id(1), event_type: 'purchase', event_time: 1, order_id: 'A', items: [] }, 'too_many', '/items'],
  [
    {
      event_id: id(1),
      event_type: 'purchase',
      event_time: 1,
      order_id: 'A',
      items: [{ product_id: '1', price: '1,5' }],
    },
    'decimal_comma',
    '/items/0/price',
  ],
  [{ event_id: id(1), event_type: 'web_vitals', event_time: 1, metric: 'FID', value: 1 }, 'not_allowed', '/metric'],
];

describe('a bad event', () => {
  test.each(bad)('%j is rejected as %s at "%s", alone and with its bytes kept', async (value, code, path) => {
    const { answer, records, letters } = harness();
    const body = await answer(envelope([event(7), value, event(8)]));
    expect(body).toMatchObject({ accepted: 2, rejected: [{ index: 1, code, path }] });
    expect(records().map((record) => record['event_id'])).toEqual([id(7), id(8)]);
    expect(letters()).toMatchObject([
      { code, raw: JSON.stringify(value), raw_encoding: 'utf8', index: 1, site: 'demo' },
    ]);
    expect(letters()[0]?.['envelope']).toMatchObject({ device_id: 'd-1', session_id: 's-1' });
  });

  test('is answered with what it was and what to do', async () => {
    const { answer } = harness();
    const { rejected } = (await answer(envelope([event(1, { category_id: 1.48e18 })]))) as {
      rejected: { message: string }[];
    };
    expect(rejected[0]?.message).toBe(
      `category_id is 1480000000000000000. ${eventErrors.id_precision_lost} The limit is 9,007,199,254,740,991.`,
    );
  });

  test('keeps every reason in its dead letter', async () => {
    const { answer, letters } = harness();
    await answer(envelope([event(1, { price: '1,5', brand: 5, quantity: 0 })]));
    const [letter = {}] = letters();
    const codes = (letter['errors'] as { code: string }[]).map(({ code }) => code);
    expect(codes.sort()).toEqual(['decimal_comma', 'out_of_range', 'wrong_type']);
  });

  test('keeps the digits that parsing loses', async () => {
    const { answer, letters, post } = harness();
    const raw = '{"event_id":"x", "category_id" : 1487580005134238553 , "a":"\\"]},{"}';
    await post(`{"v":1,"key":"demo","events":[1, ${raw} ,{"b":[[]]}]}`);
    expect(letters().map((letter) => letter['raw'])).toEqual(['1', raw, '{"b":[[]]}']);
    await answer(envelope([event(1)]));
  });

  test('with a used event_id is rejected, unless it is the same event', async () => {
    const { answer, records } = harness();
    const again = event(1, { product_id: 'other' });
    expect(await answer(envelope([event(1), again, event(1)]))).toMatchObject({
      accepted: 2,
      rejected: [{ index: 1, code: 'duplicate_event_id' }],
    });
    expect(records()).toHaveLength(2);
  });

  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  test.each([
    [`{"event_type":${deep}}`, 'unknown_event_type'],
    [`{"event_type":"view","properties":{"a":${deep}}}`, 'missing_field'],
    [deep, 'not_an_object'],
  ])('nested 100,000 deep is rejected alone', async (raw, code) => {
    const { post, records, letters } = harness();
    const response = await post(`{"v":1,"key":"demo","device_id":"d","events":[${raw},${JSON.stringify(event(1))}]}`);
    expect(JSON.parse(String(response.body))).toMatchObject({ accepted: 1, rejected: [{ index: 0, code }] });
    expect(records()).toHaveLength(1);
    expect(letters()[0]?.['raw']).toBe(raw);
  });

  test('whose page is nested 100,000 deep loses its page', async () => {
    const { post, records } = harness();
    const body = JSON.stringify(envelope([event(1, { page_url: 0 })], { context: { page_title: 0 } }));
    const response = await post(body.replaceAll(/"(page_url|page_title)":0/g, `"$1":${deep}`));
    expect(JSON.parse(String(response.body))).toMatchObject({ accepted: 1 });
    expect(records()).toHaveLength(1);
  });

  const many = (count: number, value: unknown): object =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`field_${n}`, value]));
  test.each([
    ['one name of 400 KB', event(1, { ['k'.repeat(400_000)]: 1 })],
    ['8,000 unknown fields', event(1, many(8000, 1))],
    [
      '500 lines of 12 unknown fields',
      {
        ...event(1),
        event_type: 'purchase',
        order_id: 'A',
        product_id: '',
        items: Array.from({ length: 500 }, () => ({ product_id: '1', ...many(12, 'x') })),
      },
    ],
    ['300 KB of control characters', event(1, { brand: '\u0001'.repeat(50_000) })],
  ])('with %s makes a dead letter that a stream takes', async (_what, bad) => {
    const { answer, deadLetters } = harness();
    expect(await answer(envelope([bad, event(2)]))).toMatchObject({ accepted: 1, rejected: [{ index: 0 }] });
    expect(Buffer.byteLength(deadLetters.records[0]?.data ?? '')).toBeLessThan(1_048_000);
  });

  test('without a customer or a device is rejected', async () => {
    const { answer } = harness();
    const { device_id: _, ...anonymous } = envelope([event(1), event(2, { customer_id: 'c' })]);
    expect(await answer(anonymous)).toMatchObject({ accepted: 1, rejected: [{ index: 0, code: 'identity_missing' }] });
  });
});

describe('a good event', () => {
  const good: [object, object][] = [
    [{ product_id: 44600062 }, { product_id: '44600062' }],
    [{ category_id: 2 ** 53 - 1 }, { category_id: '9007199254740991' }],
    [{ sku: '75E12' }, { sku: '75E12' }],
    [{ sku: '12.5' }, { sku: '12.5' }],
    [{ price: '33.20' }, { price: 33.2 }],
    [{ price: 0 }, { price: 0 }],
    [{ price: '0.000001' }, { price: 0.000001 }],
    [{ price: 999999999999.123 }, { price: 999999999999.123 }],
    [{ brand: '', product_name: null }, {}],
    [{ brand: "L'Oréal 💄 <b>" }, { brand: "L'Oréal 💄 <b>" }],
    [{ product_id: 'x'.repeat(128) }, { product_id: 'x'.repeat(128) }],
    [{ properties: { gift: true, note: null, n: 1, s: '' } }, { properties: { gift: true, note: null, n: 1, s: '' } }],
  ];
  test.each(good)('%j becomes %j', async (fields, expected) => {
    const { answer, records } = harness();
    expect(await answer(envelope([event(1, fields)]))).toMatchObject({ accepted: 1, rejected: [] });
    const [record] = records();
    expect(record).toMatchObject(expected);
    expect(record).not.toHaveProperty('brand', '');
  });

  test('loses a bad field of its page, not itself', async () => {
    const { answer, records } = harness();
    const context = { page_title: 'bell \u0007', page_url: 'https://shop.example/', nonsense: 1 };
    const body = await answer(envelope([event(1, { viewport: 'wide' })], { context }));
    expect(body).toEqual({
      accepted: 1,
      rejected: [],
      warnings: [
        { code: 'unknown_envelope_field', path: '/context/nonsense' },
        { code: 'context_dropped', path: '/context/page_title' },
        { index: 0, code: 'context_dropped', path: '/viewport' },
      ],
    });
    const [record] = records();
    expect(record).toMatchObject({ page_url: 'https://shop.example/', flags: ['context_dropped'] });
    expect(record).not.toHaveProperty('page_title');
  });
});

describe('an envelope', () => {
  test.each([
    ['{"v":1', 400, 'malformed_json'],
    ['', 400, 'malformed_json'],
    ['[]', 400, 'malformed_envelope'],
    ['null', 400, 'malformed_envelope'],
    [{ ...envelope([event(1)]), v: 2 }, 400, 'malformed_envelope'],
    [{ ...envelope([event(1)]), key: 5 }, 400, 'malformed_envelope'],
    [{ ...envelope([event(1)]), device_id: 1e300 }, 400, 'malformed_envelope'],
    [envelope([]), 400, 'malformed_envelope'],
    [envelope(Array.from({ length: 501 }, (_, n) => event(n))), 400, 'malformed_envelope'],
    [new Uint8Array([0x7b, 0xff, 0x7d]), 400, 'malformed_json'],
    [new Uint8Array(1000).fill(1), 400, 'malformed_json'],
  ])('that is %j is %i %s, and kept as a dead letter', async (body, status, code) => {
    const { post, letters, records } = harness();
    const response = await post(body);
    expect(response.status).toBe(status);
    expect(JSON.parse(String(response.body))).toMatchObject({ error: { code } });
    expect(letters()).toMatchObject([{ code }]);
    expect(records()).toEqual([]);
  });

  test('with a name of 200 KB does not hand it on to its dead letters', async () => {
    const { answer, deadLetters } = harness();
    const bad = Array.from({ length: 100 }, (_, n) => event(n, { price: 'x' }));
    await answer(envelope(bad, { ['k'.repeat(200_000)]: 1, context: { ['c'.repeat(200_000)]: 1 } }));
    expect(Math.max(...deadLetters.records.map(({ data }) => data.length))).toBeLessThan(2000);
  });

  test('of a newer tracker is accepted, with a word about the field that is not known', async () => {
    const { answer } = harness();
    expect(await answer(envelope([event(1)], { battery: 3 }))).toEqual({
      accepted: 1,
      rejected: [],
      warnings: [{ code: 'unknown_envelope_field', path: '/battery' }],
    });
  });
});
