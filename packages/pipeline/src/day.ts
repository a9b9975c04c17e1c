/** Unit: ms. */
export const dayMs = 86_400_000;

/** UTC day of an instant in ms since the Unix epoch: `2019-10-01`. */
export const dayAt = (instant: number): string => new Date(instant).toISOString().slice(0, 10);

/** Its first instant. */
export const startOf = (day: string): number => Date.parse(`${day}T00:00:00Z`);

/** Whether it is a day of the calendar. 2026-02-30 is read as 2 March by some engines, and refused by others. */
export function isDay(text: string): boolean {
  const instant = /^\d{4}-\d{2}-\d{2}$/.test(text) ? startOf(text) : Number.NaN;
  return !Number.isNaN(instant) && dayAt(instant) === text;
}
