// @ts-check

/**
 * @param {readonly number[]} values At least one.
 * @param {number} share 0–1.
 * @returns {number} The smallest value that so large a share of all does not exceed (nearest rank).
 */
export function percentile(values, share) {
  if (values.length === 0) throw new RangeError('percentile of nothing');
  const sorted = [...values].sort((a, b) => a - b);
  return /** @type {number} */ (sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]);
}

/**
 * @param {readonly number[]} values At least one.
 * @returns {number} Of an even count, the mean of the two in the middle.
 */
export function median(values) {
  if (values.length === 0) throw new RangeError('median of nothing');
  const sorted = [...values].sort((a, b) => a - b);
  const at = sorted.length >> 1;
  const [lower = 0, upper = 0] = sorted.slice(Math.max(0, at - 1), at + 1);
  if (sorted.length === 1) return lower;
  return sorted.length % 2 === 1 ? upper : (lower + upper) / 2;
}

/**
 * The median of each field over several samples.
 *
 * @template {Record<string, number>} Sample
 * @param {readonly Sample[]} samples At least one, all with the same fields.
 * @returns {Sample}
 */
export function medians(samples) {
  const [first] = samples;
  if (!first) throw new RangeError('medians of nothing');
  const names = /** @type {(keyof Sample & string)[]} */ (Object.keys(first));
  return /** @type {Sample} */ (
    Object.fromEntries(names.map((name) => [name, median(samples.map((sample) => Number(sample[name])))]))
  );
}

/**
 * How many times as much a peer needs.
 *
 * @param {number} peer
 * @param {number} own
 * @returns {number | undefined} `undefined` where there is nothing to compare with: below the clock's resolution.
 */
export const ratio = (peer, own) => (own > 0 && peer >= 0 ? peer / own : undefined);
