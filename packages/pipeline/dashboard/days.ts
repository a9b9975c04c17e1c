/** Days are `YYYY-MM-DD`; here they are reckoned with as UTC midnights. */
const dayMs = 86_400_000;

export const isDay = (text: unknown): text is string =>
  typeof text === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(text) && toDay(toDate(text)) === text;
export const toDate = (day: string): Date => new Date(`${day.slice(0, 10)}T00:00:00Z`);
export const toDay = (date: Date): string => (Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 10));
export const addDays = (day: string, days: number): string => toDay(new Date(toDate(day).getTime() + days * dayMs));
/** How many days from the one to the other, both counted. */
export const dayCount = (from: string, to: string): number =>
  Math.round((toDate(to).getTime() - toDate(from).getTime()) / dayMs) + 1;
/** Monday is 0. */
export const weekdayOf = (day: string): number => (toDate(day).getUTCDay() + 6) % 7;

/** As many bars as can still be told apart and named. Unit: days. */
const mostSparse = 60;

/**
 * The days of a chart: all of them, or only those that have something where most have nothing. Days of one week are never
 * left out.
 */
export function chartDays(from: string, to: string, has: (day: string) => boolean): { days: string[]; absent: number } {
  const all = daysBetween(from, to);
  const found = all.filter(has);
  const sparse = all.length > 7 && found.length > 0 && found.length * 3 <= all.length && found.length <= mostSparse;
  return sparse ? { days: found, absent: all.length - found.length } : { days: all, absent: 0 };
}

/** Every day from the one to the other, oldest first. */
export function daysBetween(from: string, to: string): string[] {
  return Array.from({ length: Math.max(0, dayCount(from, to)) }, (_, n) => addDays(from, n));
}
