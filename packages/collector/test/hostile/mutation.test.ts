import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { envelope, id, now } from '../support/collect.js';
import {
  expectDocumented,
  expectLetters,
  expectRecords,
  type Json,
  patient,
  runs,
  type Sent,
  send,
} from './support.js';

const product = {
  product_id: '44600062',
  sku: '44600062-RED',
  product_name: 'Matte lipstick',
  category_id: '2103807459595387724',
  category_code: 'beauty.lips',
  brand: 'shiseido',
  price: 35.79,
  quantity: 2,
};
const base = {
  event_id: id(1),
  event_time: now - 900,
  session_seq: 3,
  customer_id: 'c-1',
  device_id: 'd-2',
  session_id: 's-2',
  properties: { gift: true, list: 'search' },
  page_url: 'https://shop.example/p/1',
  page_referrer: 'https://www.example/',
  page_title: 'Lipstick',
  utm_source: 'mail',
  utm_medium: 'email',
  utm_campaign: 'friday',
  utm_term: 'lipstick',
  utm_content: 'header',
  language: 'pt-BR',
  viewport: '390x844',
};
/** An event of each form with every field it can have. */
const events: readonly Json[] = [
  { ...base, ...product, event_type: 'view', currency: 'BRL' },
  {
    ...base,
    event_type: 'web_vitals',
    metric: 'LCP',
    value: 1834.5,
    rating: 'good',
    navigation_type: 'reload',
    target: 'main',
  },
  {
    ...base,
    event_type: 'purchase',
    order_id: 'A-1',
    currency: 'BRL',
    order_total: 129.9,
    tax: 21.65,
    shipping: 9.9,
    coupon: 'C',
    items: [
      { ...product, product_id: '1', currency: 'BRL', properties: { engraving: 'x' } },
      { ...product, product_id: '2' },
    ],
  },
];
const pageFields = Object.keys(base).slice(Object.keys(base).indexOf('page_url'));
const ids = ['product_id', 'sku', 'category_id', 'category_code', 'order_id', 'customer_id', 'device_id', 'session_id'];
const amounts = ['price', 'order_total', 'tax', 'shipping'];
const required = ['event_id', 'event_type', 'event_time', 'metric', 'value', 'order_id', 'items'];

/** What may become of a value: JSON text, or nothing to take the field away. */
const hostile = fc.oneof(
  fc.constantFrom<(string | undefined)[]>(
    undefined,
    'null',
    '""',
    '" "',
    'true',
    '[]',
    '{}',
    '[[1]]',
    '{"a":{"b":1}}',
    '{"__proto__":1}',
    '{"":1}',
    '-1',
    '-0',
    '0',
    '1.5',
    '1e400',
    '-1e400',
    '1e21',
    '1e-7',
    '9007199254740993',
    '1487580005134238553',
    '"1.4875800092865987e+18"',
    '"72,93"',
    '"1.234,5"',
    '"-0.01"',
    '"1e3"',
    '"NaN"',
    '"\\u0000"',
    '"\\ud800"',
    '"line\\nbreak"',
    '"a..b"',
    '"__proto__"',
    `"${'x'.repeat(129)}"`,
    `"${'9'.repeat(400)}"`,
    `"${'💄'.repeat(3000)}"`,
    `"${'\\u0001'.repeat(300)}"`,
    `{"a":"${'x'.repeat(1100)}"}`,
  ),
  fc.jsonValue({ stringUnit: 'binary', maxDepth: 2 }).map((value) => JSON.stringify(value)),
);

interface Mutation {
  readonly event: Json;
  readonly field: string;
  /** JSON Pointer. */
  readonly path: string;
  /** Text of the event with the value in place. */
  readonly text: string;
  /** The value as parsed. */
  readonly value: unknown;
}
const mark = '"\u241aplaceholder"';
const mutation: fc.Arbitrary<Mutation> = fc.constantFrom(...events).chain((event) => {
  const ofItems = Object.keys((event['items'] as Json[] | undefined)?.[0] ?? {}).map(
    (name) => ['items', name] as const,
  );
  const places = [...Object.keys(event).map((name) => [undefined, name] as const), ...ofItems];
  return fc.tuple(fc.constantFrom(...places), hostile).map(([[list, field], json]) => {
    const changed = structuredClone(event);
    const holder = list ? ((changed['items'] as Json[])[0] as Json) : changed;
    if (json === undefined) delete holder[field];
    else holder[field] = JSON.parse(mark);
    const text = JSON.stringify(changed).replace(mark, () => json ?? '');
    const value = json === undefined ? undefined : JSON.parse(json);
    return { event, field, path: list ? `/items/0/${field}` : `/${field}`, text, value };
  });
});

/** The value is on the record as the wire's rules write it, or it was nothing, or a warning says that it is not. */
function expectKept({ field, path, value }: Mutation, { records, answer }: Sent): void {
  const nothing = value === undefined || value === null || value === '';
  const dropped = ((answer['warnings'] ?? []) as Json[]).some(
    (w) => w['code'] === 'context_dropped' && w['path'] === path,
  );
  if (['event_id', 'items'].includes(field)) {
    // Derived for a line; the items are the records.
    if (field === 'items') expect(records).toHaveLength((value as unknown[]).length);
    return;
  }
  const found = records.map((record) => record[field === 'event_time' ? 'event_time_raw' : field]);
  if (dropped) {
    expect([...pageFields, 'customer_id']).toContain(field);
    expect(found.every((each) => each === undefined)).toBe(true);
    expect(records.every((record) => (record['flags'] as string[]).includes('context_dropped'))).toBe(true);
    return;
  }
  if (nothing) {
    // The envelope's, the order's, or none: but not the value that was taken away, and no `""`.
    const instead: Json = { device_id: 'd-1', session_id: 's-1' };
    // The last line has nothing of its own where the order has something.
    if (!path.startsWith('/items/')) expect(found.at(-1)).toEqual(instead[field]);
    return;
  }
  const cut =
    ['page_url', 'page_referrer', 'page_title'].includes(field) && typeof value === 'string' && value.length > 256;
  if (cut) expect(String(found[0]).length > 0 && value.startsWith(String(found[0]))).toBe(true);
  else if (ids.includes(field)) expect(found).toContain(String(Number.isInteger(value) ? Number(value) + 0 : value));
  else if (amounts.includes(field)) expect(found).toContain(Number(value) + 0);
  else expect(found.map((each) => JSON.stringify(each))).toContain(JSON.stringify(value));
}

describe('an event of which one field is changed', () => {
  test('is on the stream with that field right, or is rejected for that field', patient, async () => {
    const verdicts = { accepted: 0, rejected: 0 };
    const codes = new Set<string>();
    const property = fc.asyncProperty(mutation, async (mutated) => {
      const { event, field, path, text, value } = mutated;
      const sent = await send(JSON.stringify(envelope([0])).replace('[0]', () => `[${text}]`));
      expect(sent.response.status).toBe(200);
      expectDocumented(sent);
      expectRecords(sent.put);
      expectLetters(sent.buried);
      if (sent.answer['accepted'] === 1) {
        verdicts.accepted++;
        expect(sent.records).toHaveLength(field === 'items' ? (value as unknown[]).length : event['items'] ? 2 : 1);
        expectKept(mutated, sent);
        return;
      }
      verdicts.rejected++;
      expect(sent.records).toEqual([]);
      expect(sent.letters).toMatchObject([{ raw: text, index: 0 }]);
      const { code, path: at } = sent.rejected[0] ?? { code: '', path: '' };
      codes.add(code);
      if (code === 'currency_mismatch') {
        // The line's and the order's do not agree: either may be the wrong one.
        expect(field).toBe('currency');
        expect(at).toBe('/items/0/currency');
        return;
      }
      // Another type has other fields: then each of those is wrong too.
      if (field === 'event_type' && events.some((other) => other['event_type'] === value)) return;
      expect(at === path || at.startsWith(`${path}/`), `${code} at ${at}, for ${path}`).toBe(true);
      const errors = sent.letters[0]?.['errors'] as Json[];
      for (const error of errors) {
        // Whatever the order's currency has become, its line has another.
        if (error['code'] !== 'currency_mismatch') expect(String(error['path']).startsWith(path)).toBe(true);
      }
      if (value === undefined || value === null || value === '') {
        expect(code).toBe('missing_field');
        expect([...required, 'product_id']).toContain(field);
      } else if (field !== 'items') expect(code).not.toBe('missing_field');
      if (typeof value === 'number' && ids.includes(field) && Number.isInteger(value) && Math.abs(value) > 2 ** 53) {
        expect(code).toBe(value > 0 ? 'id_precision_lost' : code);
      }
    });
    await fc.assert(property, runs(3000));
    // Both verdicts are reached, and many of the reasons.
    expect(Math.min(verdicts.accepted, verdicts.rejected)).toBeGreaterThan(300);
    expect(codes.size).toBeGreaterThan(12);
  });

  test('that no type has is rejected for that name, whatever it is', patient, async () => {
    const known = new Set(
      events.flatMap((event) => [
        ...Object.keys(event),
        ...Object.keys((event['items'] as Json[] | undefined)?.[0] ?? {}),
      ]),
    );
    const name = fc
      .oneof(
        fc.constantFrom(
          '__proto__',
          'constructor',
          'toString',
          'hasOwnProperty',
          '~',
          '/',
          '~1',
          'a/b',
          '',
          '0',
          'length',
          'Price',
          '\ud800',
          '\u0000',
        ),
        fc.string({ unit: 'binary', maxLength: 100 }),
        fc.constant('k'.repeat(1000)),
        fc.constant('~'.repeat(200)),
      )
      .filter((text) => !known.has(text));
    const property = fc.asyncProperty(
      fc.constantFrom(...events),
      name,
      fc.boolean(),
      fc.jsonValue(),
      async (event, field, inItem, given) => {
        // An empty field counts as none.
        const value = given === null || given === '' ? 0 : given;
        const item = inItem && event['items'] !== undefined;
        const extra = `${JSON.stringify(field)}:${JSON.stringify(value)},`;
        const text = JSON.stringify(event);
        const at = item ? text.indexOf('[{') + 2 : 1;
        const sent = await send(
          JSON.stringify(envelope([0])).replace('[0]', () => `[${text.slice(0, at)}${extra}${text.slice(at)}]`),
        );
        expectDocumented(sent);
        expectLetters(sent.buried);
        expect(sent.records).toEqual([]);
        expect(sent.rejected).toMatchObject([{ index: 0, code: 'unknown_field' }]);
        const pointer = `${item ? '/items/0' : ''}/${field
          .replace(/\p{Cs}/gu, '\ufffd')
          .replaceAll('~', '~0')
          .replaceAll('/', '~1')}`;
        const { path = '' } = sent.rejected[0] ?? {};
        if (pointer.length <= 256) expect(path).toBe(pointer);
        else expect(pointer.startsWith(path) && path.length >= 255).toBe(true);
      },
    );
    await fc.assert(property, runs(700));
  });
});
