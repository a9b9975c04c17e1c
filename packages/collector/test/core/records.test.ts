import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { deadLetterSchema, recordSchema } from '@rastro/schema';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { v5 } from 'uuid';
import { describe, expect, test } from 'vitest';
import { envelope, event, harness, id, now } from '../support/collect.js';

const iPhone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1';

const order = (items: object[], fields: object = {}): Record<string, unknown> => ({
  event_id: id(9),
  event_type: 'purchase',
  event_time: now - 900,
  order_id: 'A-1',
  order_total: 99.9,
  tax: 5,
  shipping: 9.9,
  coupon: 'C',
  currency: 'BRL',
  items,
  ...fields,
});
const a = { product_id: 'a', category_id: '1', price: 10 };
const b = { product_id: 'b', category_id: '2', price: 20, quantity: 2 };

describe('a purchase', () => {
  test('becomes one record per line, each with its own category and the key of it', async () => {
    const { answer, records, sink } = harness();
    expect(await answer(envelope([order([a, b, { product_id: 'c' }])]))).toEqual({ accepted: 1, rejected: [] });
    expect(
      records().map(({ product_id, line, lines, order_id, quantity, currency, coupon }) => [
        product_id,
        line,
        lines,
        order_id,
        quantity,
        currency,
        coupon,
      ]),
    ).toEqual([
      ['a', 1, 3, 'A-1', undefined, 'BRL', 'C'],
      ['b', 2, 3, 'A-1', 2, 'BRL', 'C'],
      ['c', 3, 3, 'A-1', undefined, 'BRL', 'C'],
    ]);
    expect(sink.records.map(({ partitionKey }) => partitionKey)).toEqual(['1', '2', 'p:c']);
  });

  test('has its amounts in line 1 only', async () => {
    const { answer, records } = harness();
    await answer(envelope([order([a, b])]));
    expect(records().map(({ order_total, tax, shipping }) => [order_total, tax, shipping])).toEqual([
      [99.9, 5, 9.9],
      [undefined, undefined, undefined],
    ]);
  });

  const ids = async (items: object[], fields: object = {}, site = 'demo'): Promise<Record<string, string[]>> => {
    const { answer, records } = harness({ sites: { demo: { name: site } } });
    await answer(envelope([order(items, fields)]));
    const found: Record<string, string[]> = {};
    for (const { product_id, price, event_id } of records()) {
      const line = `${product_id} ${price}`;
      found[line] = [...(found[line] ?? []), String(event_id)];
    }
    return found;
  };

  test('has the same lines, numbers and amounts in whatever order it is listed', async () => {
    const report = async (items: object[]): Promise<unknown[]> => {
      const { answer, records } = harness();
      await answer(envelope([order(items)]));
      return records();
    };
    const lines = [b, { product_id: 'c' }, a, { ...a, price: 8 }, { ...a, sku: 'x' }];
    expect(await report([...lines].reverse())).toEqual(await report(lines));
  });

  test('with a line in another currency is rejected: its total would be in neither', async () => {
    const { answer } = harness();
    expect(await answer(envelope([order([a, { ...b, currency: 'USD' }])]))).toMatchObject({
      rejected: [{ code: 'currency_mismatch', path: '/items/1/currency' }],
    });
  });

  test('of 500 lines is taken; a request of more than 5,000 records is taken up to there', async () => {
    const { answer, records } = harness();
    const items = Array.from({ length: 500 }, (_, n) => ({ product_id: `${n}` }));
    const orders = Array.from({ length: 11 }, (_, n) => order(items, { event_id: id(n), order_id: `A-${n}` }));
    expect(await answer(envelope([...orders, event(99)]))).toMatchObject({
      accepted: 10,
      rejected: [
        { index: 10, code: 'too_many_records' },
        { index: 11, code: 'too_many_records' },
      ],
    });
    expect(records()).toHaveLength(5000);
  });

  test('has the same event ids when it is sent again, in another order and by another library', async () => {
    const first = await ids([a, b, { product_id: 'c' }]);
    expect(await ids([{ product_id: 'c' }, b, a], { event_id: id(77), event_time: now - 5 })).toEqual(first);
    expect(new Set(Object.values(first).flat()).size).toBe(3);
  });

  test('tells lines with the same product apart, whatever their order', async () => {
    const cheap = { ...a, price: 8 };
    const first = await ids([a, cheap, a]);
    expect(new Set(Object.values(first).flat()).size).toBe(3);
    expect(await ids([cheap, a, a])).toEqual(first);
  });

  test('has other event ids in another order, another shop, and for another SKU', async () => {
    const all = [
      await ids([a]),
      await ids([a], { order_id: 'A-2' }),
      await ids([a], {}, 'other'),
      await ids([{ ...a, sku: 'x' }]),
    ];
    expect(new Set(all.flatMap((found) => Object.values(found).flat())).size).toBe(4);
  });

  test('gives its properties to lines that have none', async () => {
    const { answer, records } = harness();
    await answer(envelope([order([{ ...a, properties: { own: 1 } }, b], { properties: { gift: true } })]));
    expect(records().map(({ properties }) => properties)).toEqual([{ own: 1 }, { gift: true }]);
  });
});

describe('a record', () => {
  const ajv = new Ajv2020({
    allowUnionTypes: true,
    formats: { 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/ },
  });
  ajv.addVocabulary(['x-unit', 'x-kind', 'x-codes', 'x-max-bytes']);

  test('is what the schema says, in its order', async () => {
    const { post, records } = harness();
    const context = { page_url: 'https://shop.example/', language: 'pt-BR', utm_source: 'mail' };
    const body = envelope([event(1, { price: '9.90', properties: { x: 1 } }), order([a])], {
      context,
      customer_id: 'c',
    });
    expect((await post(body, { 'user-agent': iPhone, 'cf-ipcountry': 'BR' })).status).toBe(200);
    for (const record of records()) {
      expect(ajv.validate(recordSchema, record), ajv.errorsText()).toBe(true);
      const all = Object.keys(recordSchema.properties ?? {});
      expect(Object.keys(record)).toEqual(all.filter((name) => name in record));
    }
    expect(records()[0]).toMatchObject({
      ...context,
      customer_id: 'c',
      country: 'BR',
      ip_prefix: '203.0.113.0/24',
      user_agent: iPhone,
      is_bot: false,
      source: 'web',
    });
  });

  test('of a dead letter is what the schema says', async () => {
    const { post, letters } = harness();
    await post(envelope([event(1, { price: 'x' })]), { 'user-agent': 'Mozilla/5.0' });
    await post('{');
    await post(new Uint8Array([255]));
    expect(letters()).toHaveLength(3);
    for (const letter of letters()) expect(ajv.validate(deadLetterSchema, letter), ajv.errorsText()).toBe(true);
    expect(letters()[2]).toMatchObject({ raw: '/w==', raw_encoding: 'base64' });
  });

  test('has what the event says rather than the envelope', async () => {
    const { answer, records } = harness();
    await answer(
      envelope([event(1, { session_id: 'other', page_url: 'https://b/' }), event(2)], {
        context: { page_url: 'https://a/' },
      }),
    );
    expect(records().map(({ session_id, page_url }) => [session_id, page_url])).toEqual([
      ['other', 'https://b/'],
      ['s-1', 'https://a/'],
    ]);
  });

  test.each([
    [{ category_id: '1', category_code: 'a.b' }, '1'],
    [{ category_id: '', category_code: 'a.b' }, 'a.b'],
    [{ category_id: null }, 'p:44600062'],
  ])('with %j has the partition key %s', async (fields, key) => {
    const { answer, sink } = harness();
    await answer(envelope([event(1, fields)]));
    expect(sink.records[0]?.partitionKey).toBe(key);
  });

  test.each([
    [{}, 's:s-1'],
    [{ session_id: undefined }, 'd:d-1'],
    [{ session_id: undefined, device_id: undefined, customer_id: 'c' }, 'c:c'],
  ])('without a product, in an envelope with %j, has the partition key %s', async (fields, key) => {
    const { answer, sink } = harness();
    await answer(
      envelope([{ event_id: id(1), event_type: 'web_vitals', event_time: now, metric: 'LCP', value: 1 }], fields),
    );
    expect(sink.records[0]?.partitionKey).toBe(key);
  });

  test('with a key of 128 characters that take two places each has a partition key of at most 256', async () => {
    const { answer, sink } = harness();
    await answer(envelope([event(1, { category_id: null, product_id: '💄'.repeat(128) })]));
    expect(sink.records[0]?.partitionKey).toBe(`p:${'💄'.repeat(126)}`);
  });

  test('never has a field of the page from the envelope where its own was not valid', async () => {
    const { answer, records } = harness();
    await answer(
      envelope([event(1, { page_url: 'bell \u0007' })], { context: { page_url: 'https://other/?utm_source=x' } }),
    );
    expect(records()[0]).not.toHaveProperty('page_url');
    expect(records()[0]).not.toHaveProperty('utm_source');
  });

  test("has the campaign of its page's address, unless it names another", async () => {
    const { answer, records } = harness();
    const context = { page_url: 'https://shop.example/?utm_source=mail&utm_medium=a+b&utm_x=1&utm_term=' };
    await answer(
      envelope(
        [event(1), event(2, { utm_source: 'own' }), event(3, { page_url: 'https://shop.example/?utm_source=y' })],
        {
          context,
        },
      ),
    );
    expect(records().map(({ utm_source, utm_medium, utm_term }) => [utm_source, utm_medium, utm_term])).toEqual([
      ['mail', 'a b', undefined],
      ['own', 'a b', undefined],
      ['y', undefined, undefined],
    ]);
  });

  test('has a title and addresses cut to their bounds', async () => {
    const { answer, records } = harness();
    const page_url = `https://shop.example/${'x'.repeat(5000)}`;
    const body = await answer(envelope([event(1, { page_url })], { context: { page_title: 'é'.repeat(300) } }));
    expect(body).toEqual({ accepted: 1, rejected: [] });
    expect(records()[0]).toMatchObject({ page_url: page_url.slice(0, 2048), page_title: 'é'.repeat(256) });
  });

  test.each(['c'.repeat(129), 'a\u0000'])(
    'without its customer, where %j is none and the device is known',
    async (customer_id) => {
      const { answer, records } = harness();
      expect(await answer(envelope([event(1)], { customer_id }))).toMatchObject({
        accepted: 1,
        warnings: [{ code: 'context_dropped', path: '/customer_id' }],
      });
      expect(await answer(envelope([event(2, { customer_id })]))).toMatchObject({
        accepted: 1,
        warnings: [{ index: 0, code: 'context_dropped', path: '/customer_id' }],
      });
      for (const record of records()) expect(record).not.toHaveProperty('customer_id');
    },
  );

  test('without a session is flagged', async () => {
    const { answer, records } = harness();
    expect(await answer(envelope([event(1)], { session_id: '' }))).toMatchObject({
      warnings: [{ index: 0, code: 'session_missing' }],
    });
    expect(records()[0]).toMatchObject({ flags: ['session_missing'] });
  });

  test.each([
    ['right', 0, 0],
    ['a slow request late', 9_000, 0],
    ['three years behind', 3 * 365 * 86_400_000, 3 * 365 * 86_400_000],
    ['an hour ahead', -3_600_000, -3_600_000],
  ])('of a clock that is %s has the time %i ms corrected', async (_clock, behind, corrected) => {
    const { answer, records } = harness();
    await answer(envelope([event(1, { event_time: now - behind - 900 })], { sent_at: now - behind }));
    expect(records()[0]?.['event_time']).toBe(new Date(now - behind - 900 + corrected).toISOString());
    expect(records()[0]?.['event_time_raw']).toBe(now - behind - 900);
    expect(records()[0]?.['flags']).toEqual(corrected === 0 ? undefined : ['clock_corrected']);
  });

  test('of past events without sent_at keeps their time', async () => {
    const { answer, records } = harness();
    await answer(envelope([event(1, { event_time: Date.parse('2019-10-01') })], { sent_at: undefined }));
    expect(records()[0]?.['event_time']).toBe('2019-10-01T00:00:00.000Z');
  });

  test.each([
    ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', true],
    ['Mozilla/5.0 HeadlessChrome/156.0', true],
    ['curl/8.5.0', true],
    [iPhone, false],
    ['Mozilla/5.0 (Linux; Android 14; CUBOT X30) AppleWebKit/537.36 Chrome/150.0 Mobile Safari/537.36', false],
    [undefined, false],
  ])('from %s has is_bot %s', async (userAgent, isBot) => {
    const { post, records } = harness();
    await post(envelope([event(1)]), userAgent === undefined ? {} : { 'user-agent': userAgent });
    expect(records()[0]?.['is_bot']).toBe(isBot);
  });

  test('from an importer has nothing of the importer’s own request', async () => {
    const { post, records } = harness();
    await post(envelope([event(1)], { source: 'replay' }), { 'user-agent': 'curl/8.5.0', 'cf-ipcountry': 'BR' });
    expect(records()[0]).toMatchObject({ source: 'replay', is_bot: false });
    for (const name of ['user_agent', 'country', 'ip_prefix']) expect(records()[0]).not.toHaveProperty(name);
  });

  test('from a driven browser has is_bot true', async () => {
    const { answer, records } = harness();
    await answer(envelope([event(1)], { webdriver: true }));
    expect(records()[0]?.['is_bot']).toBe(true);
  });
});

describe('a request', () => {
  test('may be gzip', async () => {
    const { post, records } = harness();
    const body = gzipSync(JSON.stringify(envelope([event(1)])));
    expect((await post(body, { 'content-encoding': 'gzip', 'content-type': 'application/json' })).status).toBe(200);
    expect(records()).toHaveLength(1);
  });

  test.each([
    ['too large', new Uint8Array(2001), {}, 413, 'body_too_large'],
    [
      'too large once unpacked',
      gzipSync(Buffer.alloc(1_000_000)),
      { 'content-encoding': 'gzip' },
      413,
      'body_too_large',
    ],
    ['not gzip although it says so', new Uint8Array([1, 2]), { 'content-encoding': 'gzip' }, 400, 'malformed_encoding'],
    ['of an unknown encoding', new Uint8Array([1]), { 'content-encoding': 'br' }, 415, 'unsupported_media_type'],
    [
      'a form',
      new Uint8Array([1]),
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'unsupported_media_type',
    ],
  ])('that is %s is refused', async (_what, body, headers, status, code) => {
    const { post } = harness({ maxBodyBytes: 2000 });
    const response = await post(body as Uint8Array, headers as Record<string, string>);
    expect([response.status, JSON.parse(String(response.body)).error.code]).toEqual([status, code]);
  });

  test('with an unknown key is refused', async () => {
    const { post } = harness();
    expect((await post({ ...envelope([event(1)]), key: 'toString' })).status).toBe(401);
  });

  test.each([
    ['https://shop.example', 200, 'https://shop.example'],
    [undefined, 200, undefined],
    ['https://evil.example', 403, 'https://evil.example'],
    ['null', 403, 'null'],
  ])('from origin %s is answered %i, so that the page can read it', async (origin, status, allowed) => {
    const { post } = harness({ sites: { demo: { origins: ['https://shop.example'] } } });
    const response = await post(envelope([event(1)]), origin === undefined ? {} : { origin });
    expect(response.status).toBe(status);
    expect(response.headers['access-control-allow-origin']).toBe(allowed);
    expect(response.headers['vary']).toBe('origin');
  });
});

test('the event id of a purchase line is the one that docs/wire.md derives', async () => {
  const { answer, records } = harness();
  await answer(envelope([order([{ product_id: '44600062' }], { order_id: 'A-10042' })]));
  const name = '["demo","A-10042","44600062","",1]';
  expect(records()[0]?.['event_id']).toBe(v5(name, '5c1f2a5e-3f0b-4d8e-9a47-0d6b1c8e7f32'));
  const page = await readFile(new URL('../../../../docs/wire.md', import.meta.url), 'utf8');
  expect(page).toContain(`\`${name}\``);
  expect(page).toContain('5c1f2a5e-3f0b-4d8e-9a47-0d6b1c8e7f32');
});
