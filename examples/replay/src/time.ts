const form =
  /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)? ?(?:UTC|GMT|Z|([+-])(\d\d):?(\d\d))?$/i;

/**
 * Reads `2019-10-01 00:00:00 UTC`, `2020-09-24 13:51:07+00:00` and ISO 8601. Without a zone the time is UTC, as in all
 * REES46 files.
 *
 * @returns Integer ms since the Unix epoch; `undefined` when the text is no such time, or a day that does not exist.
 *   A day without a time of day is not read: midnight would be made up.
 */
export function parseTime(text: string): number | undefined {
  const match = form.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0)) as Sextuple;
  const ms = Math.trunc(Number(`0.${match[7] ?? '0'}`) * 1000);
  const utc = new Date(Date.UTC(year, month - 1, day, hour, minute, second, ms));
  const exists =
    utc.getUTCFullYear() === year &&
    utc.getUTCMonth() === month - 1 &&
    utc.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60;
  const offsetMinutes = Number(match[9] ?? 0) * 60 + Number(match[10] ?? 0);
  return exists ? utc.getTime() - (match[8] === '-' ? -offsetMinutes : offsetMinutes) * 60_000 : undefined;
}

type Sextuple = [number, number, number, number, number, number];
