import { dayAt, dayMs, startOf } from '../day.js';
import type { SqlEngine } from '../query/engine.js';
import type { ReportParams } from '../reports.js';
import { literal } from '../sql-text.js';

const firstDay = '1970-01-01';
const offsetMs = ({ utcOffsetMinutes: minutes = 0 }: ReportParams): number =>
  // What is no number is refused by the report.
  Number.isInteger(minutes) ? minutes * 60_000 : 0;

/** The first of so many days that end with `to`, or with the last local day of the table. Nothing, when it is empty. */
export async function lastDays(
  engine: SqlEngine,
  count: number,
  params: ReportParams,
  signal: AbortSignal,
): Promise<Pick<ReportParams, 'from' | 'to'>> {
  let { to } = params;
  if (to === undefined) {
    const { rows } = await engine.query('SELECT max(event_time) AS last_time FROM events', { signal });
    const last = rows[0]?.[0];
    if (typeof last !== 'string') return {};
    to = dayAt(Date.parse(last) + offsetMs(params));
  }
  const from = dayAt(Math.max(startOf(to) - (count - 1) * dayMs, 0));
  return { from, to };
}

/** Whether a report that was asked for all days had none. */
export const isEmpty = (asked: ReportParams, got: { readonly from: string; readonly to: string }): boolean =>
  asked.from === undefined && asked.to === undefined && got.from === firstDay && got.to === firstDay;

/** How many events of a range are by robots. For DuckDB: Athena would charge for it. */
export async function countRobots(
  engine: SqlEngine,
  params: ReportParams & { readonly from: string; readonly to: string },
  signal: AbortSignal,
): Promise<number> {
  const { from, to, site } = params;
  const instant = (day: string, days = 0): string => {
    const at = new Date(startOf(day) + days * dayMs - offsetMs(params)).toISOString();
    return `TIMESTAMP '${at.replace('T', ' ').replace('Z', '')}'`;
  };
  // The end of the year 9999 has no day behind it that four digits can name.
  const until = to >= '9999-12-31' ? '' : ` AND event_time < ${instant(to, 1)}`;
  const ofSite = site === undefined ? '' : ` AND site = ${literal(site)}`;
  const { rows } = await engine.query(
    `SELECT count(*) AS events FROM events WHERE is_bot AND event_time >= ${instant(from)}${until}${ofSite}`,
    { signal },
  );
  return Number(rows[0]?.[0] ?? 0);
}
