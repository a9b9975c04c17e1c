/**
 * The known name that was probably meant: the one with the fewest letters changed, or one that begins like it. Capitals,
 * dashes and underscores count for nothing.
 *
 * @returns Nothing when none is near enough to be a good guess.
 */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const given = plain(word);
  const near = names
    .map((name) => ({ name, off: distance(given, plain(name)) }))
    .filter(({ name, off }) => off <= Math.min(3, Math.max(1, plain(name).length / 4)))
    .sort((a, b) => a.off - b.off)[0];
  // "linger" is no typing error of "linger-ms": the unit was forgotten.
  return near?.name ?? names.find((name) => given.length >= 4 && plain(name).startsWith(given));
}

const plain = (name: string): string => name.toLowerCase().replace(/[-_]/g, '');

/** Letters added, left out, replaced, or swapped with their neighbour (optimal string alignment). */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min((rows[i - 1]?.[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (rows[i - 1]?.[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (rows[i - 2]?.[j - 2] ?? 0) + 1);
      }
      row.push(least);
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? 0;
}
