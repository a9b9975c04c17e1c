import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutBatches, toUnits, windowOf } from '../../src/reader/batches.js';
import type { ReadRecord } from '../../src/reader/follow.js';

const record = (sequenceNumber: string, arrivedAt: number, text = ''): ReadRecord => ({
  shardId: 's',
  partitionKey: 'k',
  sequenceNumber,
  arrivedAt,
  data: Buffer.from(text),
});
const idOf = ({ data }: ReadRecord): string | undefined => Buffer.from(data).toString() || undefined;

test('the parts of an aggregate are one unit, without those seen before', () => {
  const seen = new Set(['old']);
  const isNew = (id: string): boolean => !seen.has(id) && Boolean(seen.add(id));
  const records = [
    record('1', 5, 'a'),
    record('1', 5, 'old'),
    record('1', 5),
    record('2', 6, 'a'),
    record('3', 7, 'b'),
  ];
  const units = toUnits(records, idOf, isNew);
  expect(units.map((unit) => [unit.sequenceNumber, unit.records.length, unit.ids])).toEqual([
    ['1', 2, ['a']],
    ['2', 0, []],
    ['3', 1, ['b']],
  ]);
});

test('windows begin at whole multiples of their length, their end is the start of the next', () => {
  expect(windowOf(119_999, 60_000)).toEqual({ start: 60_000, end: 120_000 });
  expect(windowOf(120_000, 60_000)).toEqual({ start: 120_000, end: 180_000 });
});

test('batches keep the order, their bound, and one window each', () => {
  const records = fc.array(
    fc.record({ at: fc.integer({ min: 0, max: 50 }), parts: fc.integer({ min: 1, max: 4 }), old: fc.boolean() }),
  );
  fc.assert(
    fc.property(records, fc.integer({ min: 1, max: 5 }), fc.constantFrom(0, 10), (given, size, windowMs) => {
      const units = toUnits(
        given.flatMap(({ at, parts, old }, n) =>
          Array.from({ length: parts }, () => record(String(n), at, old ? 'old' : '')),
        ),
        idOf,
        () => false,
      );
      const batches = cutBatches(units, size, windowMs);
      expect(batches.flatMap((batch) => batch.units)).toEqual(units);
      for (const batch of batches) {
        const filled = batch.units.filter((unit) => unit.records.length > 0);
        expect(filled.length).toBeLessThanOrEqual(size);
        const windows = filled.map((unit) => (windowMs ? windowOf(unit.arrivedAt, windowMs).start : undefined));
        expect(new Set(windows).size).toBeLessThanOrEqual(1);
        expect(batch.window?.start).toBe(windows[0]);
      }
    }),
    { seed: 20261120 },
  );
});

test('a batch is full before the next begins', () => {
  const units = toUnits(
    ['1', '2', '3', '4', '5'].map((number) => record(number, 0)),
    idOf,
    () => true,
  );
  expect(cutBatches(units, 2, 0).map((batch) => batch.units.length)).toEqual([2, 2, 1]);
});

test('duplicates open no window and fill no batch', () => {
  const units = toUnits([record('1', 0, 'x'), record('2', 5), record('3', 99, 'x'), record('4', 6)], idOf, () => false);
  expect(cutBatches(units, 2, 10)).toMatchObject([{ window: { start: 0 } }]);
});
