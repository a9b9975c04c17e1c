// @ts-check
// Every report over a list of records, computed in plain JavaScript: the second opinion on the SQL.
import { abandoned } from './abandoned.mjs';
import { brands, categoriesByHour, categoriesByWeekday } from './rankings.mjs';
import { sha256 } from './records.mjs';
import { revenue, revenueByDay } from './sales.mjs';
import { funnel, heatmap, kpis, visitors } from './traffic.mjs';
import { vitals } from './vitals.mjs';

export { facets } from './traffic.mjs';

/** @typedef {import('./common.mjs').Cell} Cell */

/** Rows in the order of the contract; columns are those of `columnsOf`. `facets` has a form of its own. */
export const reports = {
  kpis,
  visitors,
  funnel,
  revenue,
  revenue_by_day: revenueByDay,
  heatmap,
  categories_by_hour: categoriesByHour,
  categories_by_weekday: categoriesByWeekday,
  abandoned,
  brands,
  vitals,
};
/** @typedef {keyof typeof reports} Name */
export const reportNames = /** @type {Name[]} */ (Object.keys(reports));

const integers = (/** @type {string} */ names) =>
  names.split(' ').map((name) => /** @type {const} */ ([name, 'integer']));
const doubles = (/** @type {string} */ names) =>
  names.split(' ').map((name) => /** @type {const} */ ([name, 'double']));
const texts = (/** @type {string} */ names) => names.split(' ').map((name) => /** @type {const} */ ([name, 'text']));

/** Names and types of the columns. @type {Record<Name, readonly (readonly [string, import('../../../src/query/engine.js').ValueType])[]>} */
export const columnsOf = {
  kpis: [
    ...texts('period'),
    ['first_day', 'date'],
    ['last_day', 'date'],
    ...integers('visitors sessions views carts purchase_sessions orders units'),
    ['revenue', 'decimal'],
    ...texts('currency'),
    ...doubles('aov conversion'),
  ],
  visitors: [['day', 'date'], ...integers('visitors sessions views carts purchases')],
  funnel: [
    ...integers('step'),
    ...texts('name'),
    ...integers('sessions reached skipped'),
    ...doubles('of_first of_previous'),
  ],
  revenue: [
    ...texts('currency'),
    ...integers('orders lines units'),
    ['revenue', 'decimal'],
    ...doubles('aov'),
    ...integers('lines_without_price'),
    ['refunded', 'decimal'],
  ],
  revenue_by_day: [
    ['day', 'date'],
    ...texts('currency'),
    ...integers('orders units'),
    ['revenue', 'decimal'],
    ...doubles('aov'),
  ],
  heatmap: [
    ...integers('weekday hour days events views purchases'),
    ...doubles('events_per_day views_per_day purchases_per_day'),
  ],
  categories_by_hour: [...integers('hour rank'), ...texts('category'), ...integers('views carts purchases visitors')],
  categories_by_weekday: [
    ...integers('weekday rank'),
    ...texts('category'),
    ...integers('days views carts purchases'),
    ...doubles('views_per_day'),
  ],
  abandoned: [
    ...texts('product_id product_name brand category currency'),
    ...integers('carts bought removed abandoned'),
    ...doubles('abandoned_rate'),
    ['abandoned_value', 'decimal'],
  ],
  brands: [
    ...texts('brand'),
    ...integers('views carts purchases visitors'),
    ...doubles('conversion'),
    ['judged', 'boolean'],
    ['needs_marketing', 'boolean'],
    ...doubles('average_views average_conversion'),
  ],
  vitals: [
    ...texts('page metric'),
    ...integers('samples'),
    ...doubles('p75'),
    ...texts('rating'),
    ...integers('good needs_improvement poor'),
  ],
};

/** Most rows that `limit` allows. */
export const maxLimit = 100_000;

/**
 * Rows as they compare: decimals in their shortest form and doubles to 12 digits, since two ways of computing may differ
 * in the last of 17.
 *
 * @param {readonly (readonly unknown[])[]} rows @param {readonly (readonly [string, string])[]} columns
 * @returns {Cell[][]}
 */
export const comparable = (rows, columns) =>
  rows.map((row) =>
    row.map((cell, at) => {
      const type = columns[at]?.[1];
      if (cell === null || cell === undefined) return null;
      if (type === 'double') return Number(Number(cell).toPrecision(12));
      if (type === 'decimal') return String(cell).includes('.') ? String(cell).replace(/\.?0+$/, '') : String(cell);
      if (type === 'integer') return Number(cell);
      return /** @type {Cell} */ (cell);
    }),
  );

/** SHA-256 of comparable rows, each as JSON on a line. @param {readonly (readonly Cell[])[]} rows */
export const digest = (rows) => sha256(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
