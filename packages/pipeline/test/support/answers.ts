import type { ReportName, ReportParams, Value } from '@rastro/pipeline';
import { onTestFinished } from 'vitest';
import { runReport } from '../../src/reports.js';
import { openEventsTable, type Row } from './events-table.js';

/** What a report answers over these rows: each row by its columns' names. */
export async function answer(
  name: ReportName,
  rows: readonly Row[],
  params: ReportParams = {},
): Promise<Record<string, Value>[]> {
  const engine = await openEventsTable(rows);
  onTestFinished(() => engine.close());
  const { columns, rows: answers } = await runReport(engine, name, params);
  return answers.map((cells) =>
    Object.fromEntries(columns.map((column, index) => [column.name, cells[index] ?? null])),
  );
}

/** Of each row only these columns, in this order: what a test speaks of. */
export const pick = (rows: readonly Record<string, Value>[], ...names: string[]): Value[][] =>
  rows.map((row) => names.map((name) => (name in row ? (row[name] ?? null) : 'no such column')));

const act =
  (event_type: string) =>
  (fields: Row = {}): Row => ({ event_type, device_id: 'd1', session_id: 's1', product_id: 'p1', ...fields });
export const view: (fields?: Row) => Row = act('view');
export const cart: (fields?: Row) => Row = act('cart');
export const removal: (fields?: Row) => Row = act('remove_from_cart');
export const purchase = (fields: Row = {}): Row =>
  act('purchase')({ order_id: 'o1', price: 10, currency: 'BRL', ...fields });
export const vital = (fields: Row = {}): Row => ({
  event_type: 'web_vitals',
  device_id: 'd1',
  session_id: 's1',
  metric: 'LCP',
  value: 1000,
  rating: 'good',
  page_url: 'https://shop.example/p/1',
  ...fields,
});
