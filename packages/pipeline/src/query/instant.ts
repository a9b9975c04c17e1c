/**
 * An instant as records have it: ISO 8601 UTC with milliseconds, and with as many more digits as it needs.
 *
 * @param nanos Since the Unix epoch.
 */
export function formatInstant(nanos: bigint): string {
  // BigInt division rounds towards zero: before 1970 that would be the millisecond after.
  const rest = ((nanos % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const text = new Date(Number((nanos - rest) / 1_000_000n)).toISOString();
  if (rest === 0n) return text;
  const digits = rest.toString().padStart(6, '0').replace(/0+$/, '');
  return `${text.slice(0, -1)}${digits}Z`;
}

/** Whether `Date` reaches so far: 275,760 years either way. */
export function isDate(nanos: bigint): boolean {
  const most = 8_640_000_000_000_000n * 1_000_000n;
  return nanos >= -most && nanos <= most;
}

/** A whole number: a number where it is exact, else its digits. */
export function wholeNumber(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

/** A double: JSON has no NaN and no infinity, and `null` would say that nothing is there. */
export function double(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
