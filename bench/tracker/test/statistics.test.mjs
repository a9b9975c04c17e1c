// @ts-check
import { expect, it } from 'vitest';
import { median, medians, percentile, ratio } from '../lib/statistics.mjs';

it.each([
  [[3], 3],
  [[4, 2], 3],
  [[9, 1, 5], 5],
  [[10, 1, 3, 2], 2.5],
  [[100, 9, 20, 3, 11], 11],
])('takes the median of %j', (values, expected) => {
  const before = [...values];
  expect(median(values)).toBe(expected);
  expect(values).toEqual(before);
});

it('takes a percentile as the nearest rank', () => {
  const values = Array.from({ length: 1000 }, (_, n) => 1000 - n);
  expect(percentile(values, 0.95)).toBe(950);
  expect(percentile(values, 0.5)).toBe(500);
  expect(percentile([7], 0.95)).toBe(7);
});

it('takes the median of each field by itself', () => {
  expect(
    medians([
      { a: 1, b: 30 },
      { a: 3, b: 10 },
      { a: 2, b: 20 },
    ]),
  ).toEqual({ a: 2, b: 20 });
});

it('refuses nothing', () => {
  for (const of of [() => median([]), () => percentile([], 0.5), () => medians([])]) expect(of).toThrow(RangeError);
});

it('says how many times as much a peer needs', () => {
  expect(ratio(30, 10)).toBe(3);
  expect(ratio(5, 10)).toBe(0.5);
  expect(ratio(5, 0)).toBeUndefined();
});
