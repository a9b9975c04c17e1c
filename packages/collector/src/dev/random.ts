/** Chance in [0, 1). */
export type Random = () => number;

/**
 * Chance that can be had again: the same numbers for the same seed. Mulberry32, good enough for tests and for nothing
 * else: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c
 *
 * @param seed Any integer.
 * @param part Numbers of another part of the same seed have nothing in common with these.
 */
export function createRandom(seed: number, part = 0): Random {
  let state = (seed ^ Math.imul(part + 1, 0x9e3779b9)) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
