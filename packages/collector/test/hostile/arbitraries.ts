import fc from 'fast-check';
import { id, now } from '../support/collect.js';
import type { Json } from './support.js';

/** Text that a reader of the stream can take, of any script, and that nobody would type. */
export const legalText = (most: number): fc.Arbitrary<string> =>
  fc
    .oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
      fc.constantFrom(
        '💄'.repeat(most),
        'x'.repeat(most),
        '__proto__',
        'null',
        '"',
        '\\',
        ' ',
        '</script>',
        '"]},{"',
        '\u2028',
      ),
    )
    .map((text) => [...text.replace(/[\p{Cc}\p{Cs}]/gu, '')].slice(0, most).join('') || 'x');

const lostDigits = /^\d+(?:[.,]\d+[eE]\+?|[eE]\+)\d+$/;
const anId = fc.oneof(
  legalText(128).map((text) => (lostDigits.test(text) ? 'x' : text)),
  fc.maxSafeNat(),
);
const amount = fc.oneof(
  fc.nat({ max: 1_000_000_000 }).map((cents) => cents / 100),
  fc.nat({ max: 1_000_000_000 }).map((cents) => (cents / 100).toFixed(2)),
  fc.constantFrom(0, -0, '0', '-0', '0.000001', 999999999999.123, '00012.5000'),
);
const properties = fc
  .dictionary(
    fc.oneof(legalText(12), fc.constantFrom('__proto__', 'constructor', 'toString', 'events')),
    fc.oneof(legalText(20), fc.integer(), fc.boolean(), fc.constant(null)),
    { maxKeys: 6 },
  )
  .filter((object) => Buffer.byteLength(JSON.stringify(object)) < 1000);
const optional = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(of, { nil: undefined });
const dotted = fc.array(
  fc.string({ minLength: 1, maxLength: 8 }).map((part) => part.replaceAll('.', '-')),
  {
    minLength: 1,
    maxLength: 4,
  },
);
const currency = fc.constantFrom('BRL', 'USD', 'XXX');
const product = {
  product_id: anId,
  sku: optional(anId),
  product_name: optional(legalText(256)),
  category_id: optional(anId),
  category_code: optional(
    dotted.map((parts) => parts.join('.').slice(0, 128)).filter((code) => !lostDigits.test(code)),
  ),
  brand: optional(legalText(128)),
  price: optional(amount),
  quantity: optional(fc.integer({ min: 1, max: 1_000_000 })),
  properties: optional(properties),
};
const page = {
  page_url: optional(
    fc.oneof(
      fc.webUrl({ withQueryParameters: true }),
      legalText(2048),
      fc.constantFrom(
        'https://shop.example/?utm_source=%ff%00&utm_term=%F0%9F%92%84',
        'https://shop.example/?utm_source=%ED%A0%80',
      ),
    ),
  ),
  page_title: optional(legalText(256)),
  utm_source: optional(legalText(128)),
  language: optional(fc.constantFrom('pt-BR', 'en')),
  viewport: optional(fc.constantFrom('390x844', '1x1')),
};
const base = {
  event_time: fc.oneof(fc.constant(now - 900), fc.integer({ min: 0, max: 253_402_300_799_999 })),
  session_seq: optional(fc.integer({ min: 1, max: 2_147_483_647 })),
  customer_id: optional(anId),
  device_id: optional(anId),
  session_id: optional(anId),
  ...page,
};

/** One event that is right, in the form of the wire. `n` makes its id. */
export const goodEvent = (n: number): fc.Arbitrary<Json> =>
  fc
    .oneof(
      fc.record({
        ...base,
        ...product,
        currency: optional(currency),
        event_type: fc.constantFrom('view', 'cart', 'remove_from_cart'),
      }),
      fc.record({
        ...base,
        event_type: fc.constant('purchase'),
        order_id: anId,
        currency: optional(currency),
        order_total: optional(amount),
        tax: optional(amount),
        coupon: optional(legalText(128)),
        properties: optional(properties),
        items: fc.array(fc.record(product), { minLength: 1, maxLength: 6 }),
      }),
      fc.record({
        ...base,
        event_type: fc.constant('web_vitals'),
        metric: fc.constantFrom('LCP', 'CLS'),
        value: fc.double({ min: 0, max: 1e9, noNaN: true }),
        target: optional(legalText(256)),
        properties: optional(properties),
      }),
    )
    .map((event) => JSON.parse(JSON.stringify({ event_id: id(n), ...event })) as Json);

/** 1–`most` good events with ids of their own. */
export const goodEvents = (most: number): fc.Arbitrary<Json[]> =>
  fc
    .integer({ min: 1, max: most })
    .chain((count) => fc.tuple(...Array.from({ length: count }, (_, n) => goodEvent(n + 1))));

/** Fields of an envelope that are right. Without a device of its own an event could be nobody's. */
export const goodEnvelope: fc.Arbitrary<Json> = fc
  .record({
    v: fc.constant(1),
    key: fc.constant('demo'),
    sent_at: optional(fc.oneof(fc.constant(now - 50), fc.integer({ min: 0, max: 253_402_300_799_999 }))),
    source: optional(fc.constantFrom('web', 'replay')),
    sdk: optional(legalText(64)),
    webdriver: optional(fc.boolean()),
    dropped: optional(fc.nat()),
    device_id: anId,
    customer_id: optional(anId),
    session_id: optional(anId),
    context: optional(fc.record(page)),
  })
  .map((envelope) => JSON.parse(JSON.stringify(envelope)) as Json);

const deep = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
/** JSON text that is no event: each a way in which others have gone wrong. */
export const badTexts: readonly string[] = [
  'null',
  'true',
  '0',
  '-0',
  '1e400',
  '-1e400',
  '9007199254740993',
  '1487580005134238553',
  '0.1e-999999',
  '""',
  '"\\ud800"',
  '"\\u0000"',
  '"\\\\"',
  '"\\"]},{\\""',
  '[]',
  '[{"event_type":"view"}]',
  '{}',
  '{"":0}',
  '{"\\ud800":1}',
  '{"\\u0000":1}',
  '{"__proto__":{"polluted":true,"event_type":"view"}}',
  '{"__proto__":null,"event_type":"view"}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"event_type":"toString"}',
  '{"event_type":"__proto__"}',
  '{"event_type":["view"]}',
  '{"event_type":"view","event_type":"buy"}',
  '{"event_type":"view","toString":1,"valueOf":2,"hasOwnProperty":3}',
  '{"event_type":"view","category_id":1487580005134238553}',
  '{"event_type":"view","category_id":1e400,"price":1e400,"value":-1e400}',
  '{"event_type":"view","properties":{"__proto__":{"polluted":true}}}',
  '{"event_type":"view","properties":{"a":1e400}}',
  '{"event_type":"purchase","items":{"length":1e9}}',
  '{"event_type":"purchase","items":[{"__proto__":{"product_id":"1"}}]}',
  '{"events":[1,2,3]}',
  `{"event_type":"view","a~1/b":1,"~":2}`,
  deep(2000),
  `{"event_type":"view","page_url":${deep(2000)}}`,
  `"${'x'.repeat(20_000)}"`,
  `{"event_type":"${'💄'.repeat(2000)}"}`,
  `{"${'k'.repeat(5000)}":1}`,
  `{"event_type":"view"${',"a":1'.repeat(500)}}`,
];

const blank = fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\r'), maxLength: 3 });
const oddKey = fc.constantFrom('__proto__', 'constructor', 'toString', 'event_id', 'event_type', 'items', 'length', '');
const oddValue = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.jsonValue({ stringUnit: 'binary' }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(oddKey, fc.string()), tie('value'), { maxKeys: 4 }),
  ),
})).value;
/** Any JSON text: of a value, or one of the above. Never the text of an event that is right. */
export const badText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...badTexts),
  oddValue.map((value) => JSON.stringify(value)),
  fc.tuple(oddValue, blank).map(([value, space]) => JSON.stringify(value, null, space)),
  // One key twice: the second counts, and the text keeps both.
  fc.tuple(oddKey, oddValue, oddValue).map(([key, first, second]) => {
    const name = JSON.stringify(key);
    return `{${name}:${JSON.stringify(first)} ,${name} :${JSON.stringify(second)}}`;
  }),
);

/** The text of a list, with blanks where JSON allows them. */
export const listText = (elements: readonly string[]): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(blank, blank), { minLength: elements.length, maxLength: elements.length })
    .map((blanks) => `[${elements.map((text, at) => `${blanks[at]?.[0]}${text}${blanks[at]?.[1]}`).join(',')}]`);
