import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseInstant } from '../../src/lake/instant.js';
import { lostNumber } from '../../src/lake/precision.js';
import { decodeRecord } from '../../src/lake/record.js';
import { event, uuid } from './support.js';

const decode = (given: unknown): ReturnType<typeof decodeRecord> =>
  decodeRecord(Buffer.from(typeof given === 'string' ? given : JSON.stringify(given)));
const without = (name: string): Record<string, unknown> => {
  const { [name]: _, ...rest } = event(1);
  return rest;
};

describe('a record that cannot be a row', () => {
  test.each<[given: unknown, reason: string, code: string, message: RegExp]>([
    ['', 'not_json', 'malformed_json', /^It is no JSON: /],
    ['{"a":1', 'not_json', 'malformed_json', /^It is no JSON: /],
    ['{"a":NaN}', 'not_json', 'malformed_json', /^It is no JSON: /],
    ['null', 'not_object', 'not_an_object', /^It is null, no object\.$/],
    ['[{}]', 'not_object', 'not_an_object', /^It is a list, no object\.$/],
    ['"text"', 'not_object', 'not_an_object', /^It is text, no object\.$/],
    [without('event_id'), 'missing_field', 'missing_field', /^event_id is absent/],
    [event(1, { event_type: '' }), 'missing_field', 'missing_field', /^event_type is absent, null or empty/],
    [event(1, { event_time: null }), 'missing_field', 'missing_field', /^event_time is absent, null/],
    [event(1, { event_time: 1795253400123 }), 'bad_time', 'wrong_type', /^event_time is a number, no text\.$/],
    [
      event(1, { event_time: '2019-10-01 00:00:00 UTC' }),
      'bad_time',
      'bad_format',
      /^event_time is "2019-10-01 00:00:00 UTC": no instant/,
    ],
    [event(1, { event_time: '2019-10-01T00:00:00' }), 'bad_time', 'bad_format', /with a zone/],
    [event(1, { event_time: '2019-02-30T00:00:00Z' }), 'bad_time', 'bad_format', /no instant/],
    [event(1, { event_time: '0000-12-31T23:59:59Z' }), 'bad_time', 'out_of_range', /years 0001 to 9999/],
    [event(1, { event_time: '+010000-01-01T00:00:00Z' }), 'bad_time', 'out_of_range', /years 0001 to 9999/],
    [event(1, { event_time: '9999-12-31T23:59:59-00:01' }), 'bad_time', 'out_of_range', /years 0001 to 9999/],
    [event(1, { event_time: '2019-10-01T00:00:00.1234567Z' }), 'bad_time', 'bad_format', /finer than microseconds/],
    [event(1, { received_at: 'now' }), 'bad_time', 'bad_format', /^received_at is "now"/],
    [event(1, { event_id: 7 }), 'wrong_type', 'wrong_type', /^event_id is a number, no text\.$/],
    [event(1, { category_id: 2053013552326770 }), 'wrong_type', 'wrong_type', /^category_id is a number/],
    [
      JSON.stringify(event(1)).replace('"2053013552326770905"', '2053013552326770905'),
      'precision_lost',
      'id_precision_lost',
      /^The number 2053013552326770905 has more digits/,
    ],
    [event(1, { price: '35.79' }), 'wrong_type', 'wrong_type', /^price is text, no number\.$/],
    [
      event(1, { price: 0.1234567 }),
      'precision_lost',
      'decimal_precision',
      /^price is 0\.1234567: the column has 6 decimals/,
    ],
    [event(1, { price: 1e-7 }), 'precision_lost', 'decimal_precision', /^price is 1e-7/],
    [event(1, { price: 1e15 }), 'precision_lost', 'out_of_range', /^price is 1000000000000000: more/],
    [event(1, { quantity: 1.5 }), 'wrong_type', 'wrong_type', /^quantity is a number, no whole number\.$/],
    [event(1, { is_bot: 'false' }), 'wrong_type', 'wrong_type', /^is_bot is text, no true or false\.$/],
    [event(1, { properties: [] }), 'wrong_type', 'wrong_type', /^properties is a list, no object\.$/],
    [event(1, { properties: 'x' }), 'wrong_type', 'wrong_type', /^properties is text, no object\.$/],
    [event(1, { flags: {} }), 'wrong_type', 'wrong_type', /^flags is an object, no list\.$/],
    [event(1, { brand: 'a\0b' }), 'bad_text', 'bad_format', /^brand has a NUL/],
    [event(1, { brand: '\ud800' }), 'bad_text', 'bad_format', /^brand has a NUL or a lone surrogate/],
    [
      `${JSON.stringify(without('properties')).slice(0, -1)},"properties":{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}}`,
      'wrong_type',
      'properties_not_flat',
      /^properties is nested too deep/,
    ],
  ])('%.80j says why', (given, reason, code, message) => {
    const { row, fault } = decode(given);
    expect(row).toBeUndefined();
    expect(fault).toEqual({ reason, code, message: expect.stringMatching(message) });
  });

  test('keeps its text', () => {
    expect(decode('{"a":').text).toBe('{"a":');
    expect(decodeRecord(Buffer.from([0xc3, 0x28])).text).toBeUndefined();
  });
});

describe('a record', () => {
  test('is known by site, type and id', () => {
    expect(decode(event(1)).row).toMatchObject({ id: `demo\nview\n${uuid(1)}`, day: '2026-11-20' });
  });

  test('with a name of JavaScript’s own is a row like others', () => {
    const { row, fault } = decode(
      `${JSON.stringify(event(1)).slice(0, -1)},"__proto__":{"brand":"x"},"constructor":1}`,
    );
    expect(fault).toMatchObject({
      reason: 'unknown_field',
      message: expect.stringContaining('"__proto__", "constructor"'),
    });
    expect(row?.values['brand']).toBeUndefined();
  });

  test('absent and null are the same', () => {
    expect(decode(event(1, { brand: null, price: null })).row?.values).not.toHaveProperty('brand');
  });

  test('never throws, whatever the bytes are', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          expect(decodeRecord(bytes).fault).toBeDefined();
        },
      ),
      { seed: 20261120, numRuns: 500 },
    );
  });

  test('with fields of any value is a row, or says why it is none', () => {
    const names = Object.keys(event(1)).filter((name) => !/^event_/.test(name));
    const change = fc.dictionary(fc.constantFrom(...names), fc.jsonValue());
    fc.assert(
      fc.property(change, (given) => {
        const { row, fault } = decode(event(1, given));
        expect((row === undefined) !== (fault === undefined)).toBe(true);
      }),
      { seed: 20261120, numRuns: 500 },
    );
  });
});

describe('an instant', () => {
  test.each([
    ['2019-10-01T00:00:00Z', '2019-10-01 00:00:00'],
    ['2019-10-01T00:00:00.120Z', '2019-10-01 00:00:00.12'],
    ['2019-10-01T00:00:00.000001Z', '2019-10-01 00:00:00.000001'],
    ['2019-10-01T00:00:00.123456000Z', '2019-10-01 00:00:00.123456'],
    ['2019-10-01T00:00:00+05:45', '2019-09-30 18:15:00'],
    ['1969-12-31T23:59:59.999Z', '1969-12-31 23:59:59.999'],
    ['0001-01-01T00:00:00Z', '0001-01-01 00:00:00'],
    ['9999-12-31T23:59:59.999999Z', '9999-12-31 23:59:59.999999'],
    ['2020-02-29T00:00:00Z', '2020-02-29 00:00:00'],
  ])('%s is %s', (text, utc) => {
    expect(parseInstant(text)).toEqual({ utc });
  });

  test.each([
    '2019-02-29T00:00:00Z',
    '2019-10-01T24:00:00Z',
    '2019-10-01T00:00:60Z',
    '2019-13-01T00:00:00Z',
    '2019-10-01T00:00:00+99:00',
    '20191001T000000Z',
    '',
  ])('%j is none', (text) => {
    expect(parseInstant(text)).toEqual({ fault: 'bad_format' });
  });
});

describe('a number', () => {
  test.each([
    ['{"a":12345678901234567}', '12345678901234567'],
    ['{"a":35.7900000000000001}', '35.7900000000000001'],
    ['{"a":[1, -9007199254740993]}', '-9007199254740993'],
    ['{"a":1.0000000000000000001e3}', '1.0000000000000000001e3'],
    ['{"a":1e400}', '1e400'],
    ['{"a":"\\"", "b":12345678901234567}', '12345678901234567'],
  ])('is lost of %s', (json, literal) => {
    expect(lostNumber(json)).toBe(literal);
  });

  test.each([
    '{"a":"12345678901234567"}',
    '{"a":":12345678901234567"}',
    '{"a":0.30000000000000004}',
    '{"a":9007199254740991}',
    '{"a":100000000000000000000}',
    '{"a":35.79000000000000000}',
    '{"a":1.5E3,"b":1e-7,"c":-0.0,"d":0e5}',
  ])('is not lost of %s', (json) => {
    expect(lostNumber(json)).toBeUndefined();
  });

  test('is never lost of what JavaScript writes', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(lostNumber(JSON.stringify([number]))).toBeUndefined();
      }),
      { seed: 20261120 },
    );
  });
});
