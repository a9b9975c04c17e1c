/** A pause of the producer may end this much too late and is caught up after. Unit: ms. */
const burstMs = 50;

/**
 * A token bucket: `take` says how long to wait after `count` rows so that they do not pass faster than the rate.
 *
 * @param perSecond Rows per second; `undefined` means no limit.
 * @param now Clock. Unit: ms.
 * @returns Takes a number of rows and returns ms to wait.
 */
export function createRate(perSecond: number | undefined, now: () => number): (count: number) => number {
  if (perSecond === undefined) return () => 0;
  let next = Number.NEGATIVE_INFINITY;
  return (count) => {
    next = Math.max(next, now() - burstMs) + (count * 1000) / perSecond;
    return Math.max(0, next - now());
  };
}
