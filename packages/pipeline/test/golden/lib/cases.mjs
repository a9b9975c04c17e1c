// @ts-check
// What the reports are asked for.
import { reportNames } from './answers.mjs';

/** @typedef {import('./common.mjs').Params} Params */

/** @param {string} from @param {string} to @param {string} day @param {string} category @returns {Record<string, Params>} */
const casesOver = (from, to, day, category) => ({
  whole: {},
  'whole, said': { from, to },
  'one day': { from: day, to: day },
  'west of Greenwich': { from: before(from), to, utcOffsetMinutes: -180 },
  'one day west of Greenwich': { from: day, to: day, utcOffsetMinutes: -180 },
  'east of Greenwich': { from, to: after(to), utcOffsetMinutes: 345 },
  'one day far east': { from: day, to: day, utcOffsetMinutes: 840 },
  'one day far west': { from: before(day), to: before(day), utcOffsetMinutes: -840 },
  'a category': { from, to, category },
  'a category on one day, USD': { from: day, to: day, category, currency: 'USD' },
  'no such category': { from, to, category: 'none' },
  USD: { from, to, currency: 'USD' },
  EUR: { from, to, currency: 'EUR' },
  'the site': { from, to, site: 'demo' },
  'no such site': { from, to, site: 'other' },
  'robots too': { from, to, bots: true },
  'no such day': { from: '2001-01-01', to: '2001-01-03' },
  'limit 1': { from, to, limit: 1 },
  'limit 3': { from, to, limit: 3 },
  'no limit': { from, to, limit: 100_000 },
  'an hour to buy': { from, to, windowHours: 1, limit: 100_000 },
  'a day to buy': { from, to, windowHours: 24, limit: 100_000 },
  'a day to buy, from one day': { from: day, to: day, windowHours: 24, limit: 100_000 },
  'a month to buy': { from, to, windowHours: 720, limit: 100_000 },
  'brands of one view': { from, to, minViews: 1, limit: 100_000 },
  'brands of 1,000 views': { from, to, minViews: 1000, limit: 100_000 },
  'no such brands': { from, to, minViews: 1_000_000 },
});

const dayMs = 86_400_000;
const move = (/** @type {string} */ day, /** @type {number} */ days) =>
  new Date(Date.parse(day) + days * dayMs).toISOString().slice(0, 10);
const before = (/** @type {string} */ day) => move(day, -1);
const after = (/** @type {string} */ day) => move(day, 1);

/** By data set and name. @type {Record<import('./records.mjs').DataSet, Record<string, Params>>} */
export const cases = {
  'multi-2019-oct': casesOver('2019-10-01', '2019-10-01', '2019-10-01', 'electronics'),
  'cosmetics-2019-oct': {
    ...casesOver('2019-10-01', '2019-10-31', '2019-10-01', '1487580005134238553'),
    'the last day': { from: '2019-10-31', to: '2019-10-31' },
    'the last day and the 30 before the next month': { from: '2019-11-01', to: '2019-11-30' },
    'a category with a code': { from: '2019-10-01', to: '2019-10-31', category: 'appliances' },
  },
  'electronics-2020': {
    ...casesOver('2020-09-24', '2021-02-28', '2020-11-17', 'computers'),
    'a month': { from: '2021-01-01', to: '2021-01-31' },
    'over the turn of the year': { from: '2020-12-30', to: '2021-01-02' },
    'over the turn of the year, west': { from: '2020-12-31', to: '2020-12-31', utcOffsetMinutes: -300 },
  },
};

/** The reports that can answer otherwise for what is asked: the others heed none of it. @param {Params} params */
export function reportsFor(params) {
  if (params.windowHours !== undefined) return /** @type {const} */ (['abandoned']);
  if (params.minViews !== undefined) return /** @type {const} */ (['brands']);
  if (params.limit !== undefined) return ranked;
  return reportNames;
}
const ranked = /** @type {const} */ (['categories_by_hour', 'categories_by_weekday', 'abandoned', 'brands', 'vitals']);
