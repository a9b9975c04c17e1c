import { distance, maxLength } from '../core/nearest.js';

/**
 * The known name that was probably meant: the one with the fewest letters changed, or one that begins like it. Capitals,
 * dashes and underscores count for nothing.
 *
 * @returns Nothing when none is near enough to be a good guess.
 */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const given = plain(word);
  if (given.length > maxLength) return undefined;
  const near = names
    .map((name) => ({ name, off: distance(given, plain(name), 3) }))
    .filter(({ name, off }) => off <= Math.min(3, Math.max(1, plain(name).length / 4)))
    .sort((a, b) => a.off - b.off)[0];
  // "linger" is no typing error of "linger-ms": the unit was forgotten.
  return near?.name ?? names.find((name) => given.length >= 4 && plain(name).startsWith(given));
}

const plain = (name: string): string => name.toLowerCase().replace(/[-_]/g, '');
