/**
 * UUIDv7 (https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7): sorts by time, and within a millisecond by
 * `count`, so that a store keyed by it is read oldest first.
 *
 * @param now ms since the Unix epoch.
 * @param count Its lowest 12 bits are kept.
 */
export const uuid7 = (now: number, count: number): string =>
  // 48 bits of time, version 7, 12 bits of count, variant 2, 62 random bits.
  (
    (BigInt(now) << 80n) |
    (BigInt(28_672 | (count & 4095)) << 64n) |
    (2n << 62n) |
    ((crypto.getRandomValues(new BigUint64Array(1))[0] as bigint) >> 2n)
  )
    .toString(16)
    .padStart(32, 0 as never)
    // Before the last 24, 20, 16 and 12 digits.
    .replace(/\B(?=(.{4}){3,6}$)/g, '-');
