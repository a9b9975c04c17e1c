/** Chance that can be repeated: the same seed gives the same numbers. */
export interface Random {
  /** From `min` to below `max`. */
  between(min: number, max: number): number;
  /** @param probability 0 never, 1 always. */
  chance(probability: number): boolean;
  /** @returns `undefined` for an empty list only. */
  pick<T>(list: readonly T[]): T | undefined;
}

/** @param seed Any integer; only its lowest 32 bits count. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  // mulberry32: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    between: (min, max) => min + next() * (max - min),
    chance: (probability) => next() < probability,
    pick: (list) => list[Math.floor(next() * list.length)],
  };
}
