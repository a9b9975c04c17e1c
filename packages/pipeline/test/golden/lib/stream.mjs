// @ts-check
// What the other outputs hold for the same rows: counts per minute, and the six-column table.
import { distinct, group, key, visitorOf } from './common.mjs';
import { sha256 } from './records.mjs';

/** @typedef {import('./records.mjs').Event} Event */

/** Of lines in byte order, each ended by a line feed. @param {readonly string[]} lines */
const digestOf = (lines) =>
  sha256(
    lines
      .map((line) => Buffer.from(`${line}\n`))
      .sort(Buffer.compare)
      .map(String)
      .join(''),
  );

/** @param {number} time */
const minuteOf = (time) => new Date(Math.floor(time / 60_000) * 60_000).toISOString();

/** Events per user, type and minute of event time: one row of the window table each. @param {readonly Event[]} events */
export function windows(events) {
  const rows = [...group(events, (event) => key(visitorOf(event), event.event_type, minuteOf(event.event_time)))].map(
    ([name, list]) => ({ name: /** @type {[string, string, string]} */ (JSON.parse(name)), count: list.length }),
  );
  const total = (/** @type {string | undefined} */ type) =>
    rows.filter(({ name }) => type === undefined || name[1] === type).reduce((sum, { count }) => sum + count, 0);
  const types = [...new Set(rows.map(({ name }) => name[1]))].sort();
  return {
    rows: rows.length,
    /** Σ qtd_event. */
    events: total(undefined),
    eventsByType: Object.fromEntries(types.map((type) => [type, total(type)])),
    rowsByType: Object.fromEntries(types.map((type) => [type, rows.filter(({ name }) => name[1] === type).length])),
    users: distinct(rows, ({ name }) => name[0]),
    minutes: distinct(rows, ({ name }) => name[2]),
    mostInOne: rows.reduce((most, { count }) => Math.max(most, count), 0),
    /** SHA-256 of the lines `user,type,count,minute`, minute as `2019-10-01T00:00:00.000Z`. */
    digest: digestOf(rows.map(({ name: [user, type, minute], count }) => [user, type, count, minute].join())),
  };
}

/** The six-column table: one line per record. @param {readonly Event[]} events */
export function clicks(events) {
  const lines = events.map((event) => {
    const [first = '', ...rest] = (event.category_code ?? '').split('.');
    return {
      customerid: event.customer_id ?? '',
      deviceid: event.device_id ?? '',
      productid: event.product_id ?? '',
      productcategory: event.category_code === null ? (event.category_id ?? 'unknown') : first,
      productsubcategory: rest.join('.'),
      activitytype: event.event_type,
    };
  });
  const columns = /** @type {const} */ ([
    'customerid',
    'deviceid',
    'productid',
    'productcategory',
    'productsubcategory',
    'activitytype',
  ]);
  return {
    rows: lines.length,
    /** Per column: lines with a value, and how many values differ. */
    columns: Object.fromEntries(
      columns.map((column) => {
        const filled = lines.filter((line) => line[column] !== '');
        return [column, { filled: filled.length, distinct: distinct(filled, (line) => line[column]) }];
      }),
    ),
    activitytype: Object.fromEntries(
      [...group(lines, (line) => line.activitytype)].sort().map(([type, list]) => [type, list.length]),
    ),
    /** SHA-256 of the lines, their columns in the order above and separated by commas: no value holds one. */
    digest: digestOf(lines.map((line) => columns.map((column) => line[column]).join())),
  };
}
