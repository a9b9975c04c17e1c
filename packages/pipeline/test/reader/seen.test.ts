import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSeen, eventIdOf, eventIdOfData } from '../../src/reader/seen.js';

test('knows what it was given, and nothing else', () => {
  const ids = fc.array(fc.string({ maxLength: 3 }), { maxLength: 4_000, size: 'max' });
  fc.assert(
    fc.property(ids, (given) => {
      const seen = createSeen(100_000);
      const known = new Set<string>();
      for (const id of given) {
        if (seen.has(id) !== known.has(id) || seen.add(id) === known.has(id)) return false;
        known.add(id);
      }
      return seen.size === known.size && !seen.has('never given');
    }),
    { seed: 20261120, numRuns: 50 },
  );
});

test('grows to its capacity and forgets the oldest half then', () => {
  const seen = createSeen(20_000);
  for (let n = 0; n < 30_001; n++) {
    expect(seen.add(`id ${n}`)).toBe(true);
    expect(seen.size).toBeLessThanOrEqual(20_000);
  }
  const known = (from: number, to: number): boolean[] => [
    ...new Set(Array.from({ length: to - from }, (_, n) => seen.has(`id ${from + n}`))),
  ];
  expect(known(20_000, 30_001)).toEqual([true]);
  expect(known(0, 20_000)).toEqual([false]);
});

test.each([0, 1, 1.5, Number.NaN])('refuses the capacity %d', (capacity) => {
  expect(() => createSeen(capacity)).toThrow(
    `capacity must be a whole number from 2 to ${Number.MAX_SAFE_INTEGER}, got ${capacity}`,
  );
});

test('an event is known by its site, type and id', () => {
  expect(eventIdOf({ site: 'shop', event_type: 'view', event_id: 'e1', price: 1 })).toBe('shop\nview\ne1');
  expect(eventIdOf({ event_id: 'e1' })).toBe('\n\ne1');
  expect(eventIdOfData(Buffer.from('{"site":"shop","event_type":"view","event_id":"e1"}'))).toBe('shop\nview\ne1');
});

test.each([
  ['no event id', '{"site":"shop"}'],
  ['an empty one', '{"event_id":""}'],
  ['one that is no text', '{"event_id":17}'],
  ['a list', '[{"event_id":"e1"}]'],
  ['no JSON', '{"event_id":"e1"'],
  ['nothing', ''],
  ['null', 'null'],
])('%s is never a duplicate', (_what, text) => {
  expect(eventIdOfData(Buffer.from(text))).toBeUndefined();
});

test('what is not UTF-8 is never a duplicate', () => {
  expect(eventIdOfData(Buffer.from([0x7b, 0xff, 0x7d]))).toBeUndefined();
});
