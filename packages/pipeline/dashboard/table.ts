import { toDate } from './days.js';
import { h } from './dom.js';
import { absent, count, decimal, hourName, longDay, money, percent, weekdayLongName } from './format.js';
import { brandName, wholeName } from './names.js';
import { type ReportResult, type Row, rowsOf } from './report.js';

/** Columns that are ratios of 0 to 1. */
const ratios = new Set(['conversion', 'of_first', 'of_previous', 'abandoned_rate', 'average_conversion']);
const amounts = new Set(['revenue', 'aov', 'abandoned_value', 'refunded']);
const words: Readonly<Record<string, string>> = {
  aov: 'average order',
  of_first: 'of the first step',
  of_previous: 'of the step before',
  p75: '75th percentile',
};

/** The numbers of a chart as a table: with all rows, and nothing rounded that counts. */
export function resultTable(result: ReportResult, title: string): HTMLElement {
  const columns = result.columns.map((column) => ({
    ...column,
    numeric: /^(integer|bigint|decimal|double)/.test(column.type) && !['weekday', 'hour'].includes(column.name),
  }));
  const head = h('tr');
  for (const { name: column, numeric } of columns) {
    head.append(
      h('th', { scope: 'col', ...(numeric ? { class: 'number' } : {}) }, words[column] ?? column.replaceAll('_', ' ')),
    );
  }
  const body = h('tbody');
  for (const row of rowsOf(result)) {
    const line = h('tr');
    for (const [n, { name: column, numeric, type }] of columns.entries()) {
      const content = cell(row, column, type);
      line.append(n === 0 ? h('th', { scope: 'row' }, content) : h('td', numeric ? { class: 'number' } : {}, content));
    }
    body.append(line);
  }
  const table = h('table', {}, h('caption', { class: 'hidden' }, title), h('thead', {}, head), body);
  return h('div', { class: 'table-scroll', role: 'region', tabindex: '0', 'aria-label': `${title} Table` }, table);
}

function cell(row: Row, column: string, type: string): Node | string {
  const text = row.text(column);
  if (column === 'brand') return wholeName(brandName(text));
  if (text === '') return absent;
  if (type.startsWith('boolean')) return row.is(column) ? 'yes' : 'no';
  if (type.startsWith('date')) return longDay(toDate(text));
  if (column === 'weekday') return weekdayLongName(row.number(column));
  if (column === 'hour') return hourName(row.number(column));
  if (ratios.has(column)) return percent(row.number(column));
  if (amounts.has(column)) return money(row.exact(column), row.text('currency'));
  if (/^(integer|bigint)/.test(type)) return count(row.number(column));
  if (/^(double|decimal)/.test(type)) return decimal(row.number(column), 3);
  return wholeName(text);
}
