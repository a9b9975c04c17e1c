import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aggregate, createAggregateSize, type Part, pack } from '../../src/sinks/aggregate.js';
import { disaggregate } from '../../src/sinks/disaggregate.js';

interface UserRecord {
  partitionKey: string;
  explicitPartitionKey?: string;
  data: string;
}
/** The de-aggregator that functions behind a stream use; its own types need two packages more. */
const usual = createRequire(import.meta.url)('aws-kinesis-agg') as {
  deaggregateSync(record: object, checksums: boolean, done: (error: unknown, records?: UserRecord[]) => void): void;
  RecordAggregator: new () => { addUserRecord(part: object): void; build(): { partitionKey: string; data: Buffer } };
};

/** What the usual de-aggregator finds in a record. @throws What it complains of. */
function usually(data: Uint8Array): UserRecord[] {
  let found: UserRecord[] = [];
  usual.deaggregateSync({ data: Buffer.from(data).toString('base64'), partitionKey: 'own' }, true, (error, records) => {
    if (error) throw error;
    found = records ?? [];
  });
  return found;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const part = (partitionKey: string, text: string): Part => ({ partitionKey, data: bytes(text) });
const shown = (parts: readonly Part[] | undefined): unknown =>
  parts?.map(({ partitionKey, data }) => ({ partitionKey, data: Buffer.from(data).toString('base64') }));
const hashKey = (key: string): string => BigInt(`0x${createHash('md5').update(key).digest('hex')}`).toString();
const seal = (message: Buffer): Buffer =>
  Buffer.concat([Buffer.from('f3899ac2', 'hex'), message, createHash('md5').update(message).digest()]);

/** Without a picture of the difference, which takes minutes for texts of this size. */
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const settings = { numRuns: 60, endOnFailure: true };

const parts = fc.array(
  fc.record({
    partitionKey: fc.oneof(
      fc.constantFrom('a', '2103807459595387724', '1'),
      fc.string({ minLength: 1, unit: 'binary' }),
    ),
    data: fc.oneof(fc.uint8Array({ maxLength: 400 }), fc.constant(new Uint8Array(20_000))),
  }),
  { minLength: 1, maxLength: 300, size: 'max' },
);

describe('aggregate', () => {
  test('writes the documented format, byte by byte', () => {
    const hash = hashKey('a');
    const message = Buffer.concat([
      Buffer.from([0x0a, 1, 0x61, 0x0a, 1, 0x62, 0x12, hash.length]),
      Buffer.from(hash),
      Buffer.from([0x1a, 7, 0x08, 0, 0x10, 0, 0x1a, 1, 0x78]),
      Buffer.from([0x1a, 6, 0x08, 1, 0x10, 0, 0x1a, 0]),
      Buffer.from([0x1a, 8, 0x08, 0, 0x10, 0, 0x1a, 2, 0x79, 0x7a]),
    ]);
    expect(Buffer.from(aggregate([part('a', 'x'), part('b', ''), part('a', 'yz')]))).toEqual(seal(message));
  });

  test('is read by the usual de-aggregator, and by ours', () => {
    fc.assert(
      fc.property(parts, (given) => {
        const whole = aggregate(given);
        const found = usually(whole).map(({ partitionKey, data }) => ({ partitionKey, data }));
        return same(found, shown(given)) && same(shown(disaggregate(whole)), shown(given));
      }),
      settings,
    );
  });

  test('says of each record that it lies where the first key has put the aggregate', () => {
    const found = usually(aggregate([part('ключ', 'x'), part('b', 'y')]));
    const where = hashKey('ключ');
    expect(found.map(({ explicitPartitionKey }) => explicitPartitionKey)).toEqual([where, where]);
  });

  test('takes numbers of more than one byte', () => {
    const many = Array.from({ length: 20_000 }, (_, n) => part(`key-${n}`, String(n)));
    const whole = aggregate(many);
    expect(same(shown(disaggregate(whole)), shown(many))).toBe(true);
    expect(usually(whole)).toHaveLength(20_000);
    const large = [{ partitionKey: 'a', data: new Uint8Array(3_000_000) }, part('b', 'x')];
    expect(disaggregate(aggregate(large))?.map(({ data }) => data.length)).toEqual([3_000_000, 1]);
  });

  test('of nothing is refused', () => {
    expect(() => aggregate([])).toThrow(TypeError);
  });
});

describe('createAggregateSize', () => {
  test('counts what aggregate writes, at most 38 bytes too many', () => {
    fc.assert(
      fc.property(parts, (given) => {
        const size = createAggregateSize();
        for (const one of given) {
          const expected = size.with(one);
          size.add(one);
          expect(size.bytes).toBe(expected);
        }
        const over = size.bytes - aggregate(given).length;
        expect(over).toBe(39 - hashKey(given[0]?.partitionKey ?? '').length);
        expect(over).toBeLessThanOrEqual(38);
      }),
      settings,
    );
  });
});

describe('disaggregate', () => {
  const whole = aggregate([part('a', 'x'), part('b', 'y')]);

  test('reads what the usual aggregator writes', () => {
    // Not its keys that look like indexes of an array: of '2' and '1' it writes the table in another order than it counts.
    const given = [part('d-1', 'x'), part('2103807459595387724', 'L’Oréal'), part('d-1', 'z')];
    const other = new usual.RecordAggregator();
    for (const one of given) other.addUserRecord({ ...one, data: Buffer.from(one.data) });
    expect(shown(disaggregate(other.build().data))).toEqual(shown(given));
  });

  test('takes an aggregate out of a larger buffer', () => {
    const larger = Buffer.concat([Buffer.from('before'), whole, Buffer.from('after')]);
    expect(shown(disaggregate(larger.subarray(6, 6 + whole.length)))).toEqual(shown([part('a', 'x'), part('b', 'y')]));
  });

  test('passes over fields it does not know, and finds a table behind its records', () => {
    const message = Buffer.from([
      ...[0x1a, 10, 0x08, 0, 0x1a, 1, 0x78, 0x22, 3, 0x0a, 1, 0x74],
      ...[0x20, 5, 0x29, 1, 2, 3, 4, 5, 6, 7, 8, 0x35, 1, 2, 3, 4],
      ...[0x0a, 1, 0x61],
    ]);
    expect(shown(disaggregate(seal(message)))).toEqual(shown([part('a', 'x')]));
  });

  test('finds none in JSON, in nothing, in a wrong checksum', () => {
    const wrong = Buffer.from(whole);
    wrong[wrong.length - 1] = (wrong.at(-1) ?? 0) ^ 1;
    for (const none of [bytes('{"event_id":"x"}'), new Uint8Array(), whole.subarray(0, 8), wrong]) {
      expect(disaggregate(none)).toBeUndefined();
    }
  });

  test.each([
    ['a key that is not in the table', [0x1a, 5, 0x08, 7, 0x1a, 1, 0x78]],
    ['a record without a key', [0x1a, 3, 0x1a, 1, 0x78]],
    ['a record without data', [0x0a, 1, 0x61, 0x1a, 2, 0x08, 0]],
    ['a length beyond the end', [0x0a, 100, 0x61]],
    ['a number without an end', [0x08, 0xff]],
    ['a number too large', [0x08, ...Array<number>(10).fill(0xff), 1]],
    ['an unknown kind of field', [0x0f, 1]],
  ])('finds none where there is %s', (_what, message) => {
    expect(disaggregate(seal(Buffer.from(message)))).toBeUndefined();
  });

  test('never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (message) => {
        disaggregate(seal(Buffer.from(message)));
      }),
    );
  });
});

describe('pack', () => {
  const record = (n: number, length = 650): Part => ({ partitionKey: `key-${n % 7}`, data: new Uint8Array(length) });

  test('keeps every record, in order, below the bound', () => {
    fc.assert(
      fc.property(parts, fc.integer({ min: 100, max: 30_000 }), (given, maxBytes) => {
        const packs = pack(given, { maxBytes });
        expect(packs.flatMap((one) => one.parts).every((one, at) => one === given[at])).toBe(true);
        expect(packs.reduce((sum, one) => sum + one.parts.length, 0)).toBe(given.length);
        for (const { partitionKey, data, parts: inside } of packs) {
          expect(partitionKey).toBe(inside[0]?.partitionKey);
          if (inside.length === 1) expect(data).toBe(inside[0]?.data);
          else {
            expect(data.length + Buffer.byteLength(partitionKey)).toBeLessThanOrEqual(maxBytes);
            expect(same(shown(disaggregate(data)), shown(inside))).toBe(true);
          }
        }
      }),
      settings,
    );
  });

  test('fills a payload unit', () => {
    const packs = pack(Array.from({ length: 125 }, (_, n) => record(n)));
    expect(packs.map((one) => one.parts.length)).toEqual([37, 37, 37, 14]);
  });

  test('leaves a record alone that nothing fits beside, and whatever comes between', () => {
    const large = record(0, 30_000);
    const packs = pack([record(1), large, record(2), record(3)]);
    expect(packs.map((one) => one.parts.length)).toEqual([1, 1, 2]);
    expect(packs[1]?.data).toBe(large.data);
  });

  test('of nothing is nothing', () => {
    expect(pack([])).toEqual([]);
  });
});
