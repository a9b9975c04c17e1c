import { expect, it } from 'vitest';
import { createRate } from '../src/rate.js';

it('spreads rows evenly and makes up for late timers', () => {
  let now = 0;
  const take = createRate(100, () => now);
  let rows = 0;
  while (now < 10_000) {
    rows += 1;
    const wait = take(1);
    now += wait > 0 ? wait + 3 : 0;
    expect(wait).toBeLessThanOrEqual(10);
  }
  expect(rows).toBeGreaterThanOrEqual(995);
  expect(rows).toBeLessThanOrEqual(1010);
});

it('does not make up for a long pause', () => {
  let now = 0;
  const take = createRate(100, () => now);
  take(1);
  now = 60_000;
  expect(take(105)).toBe(1000);
});

it('never waits without a rate', () => {
  expect(createRate(undefined, () => 0)(1e9)).toBe(0);
});
