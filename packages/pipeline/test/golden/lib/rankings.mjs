// @ts-check
// What is looked at and bought: categories_by_hour, categories_by_weekday, brands.
import {
  byText,
  categoryOf,
  count,
  dayOf,
  distinct,
  group,
  hourOf,
  isCommerce,
  rangeOf,
  ratio,
  read,
  visitorKey,
  weekdayOf,
  weekdaysIn,
} from './common.mjs';

/** @typedef {import('./common.mjs').Event} Event */
/** @typedef {import('./common.mjs').Params} Params */
/** @typedef {import('./common.mjs').Cell} Cell */

/** Groups with most views first, then by name. @param {readonly Event[]} events @param {(event: Event) => string} of */
const byViews = (events, of) =>
  [...group(events, of)]
    .map(([name, list]) => ({ name, list, views: count(list, 'view') }))
    .sort((a, b) => b.views - a.views || byText(a.name, b.name));

/**
 * @param {readonly Event[]} events @param {number} slots @param {(event: Event) => number} slotOf @param {number} limit
 */
function top(events, slots, slotOf, limit) {
  const bySlot = group(events, (event) => String(slotOf(event)));
  return Array.from({ length: slots }, (_, slot) =>
    byViews(bySlot.get(String(slot)) ?? [], categoryOf)
      .slice(0, limit)
      .map((category, at) => ({ slot, rank: at + 1, ...category })),
  ).flat();
}

/** @param {readonly Event[]} all @param {Params} params @returns {Cell[][]} */
export function categoriesByHour(all, params) {
  const events = read(all, params).filter(isCommerce);
  return top(events, 24, (event) => hourOf(event, params), params.limit ?? 5).map(
    ({ slot, rank, name, list, views }) => [
      slot,
      rank,
      name,
      views,
      count(list, 'cart'),
      count(list, 'purchase'),
      distinct(list, visitorKey),
    ],
  );
}

/** @param {readonly Event[]} all @param {Params} params @returns {Cell[][]} */
export function categoriesByWeekday(all, params) {
  const days = weekdaysIn(rangeOf(all, params));
  const events = read(all, params).filter(isCommerce);
  return top(events, 7, (event) => weekdayOf(dayOf(event, params)), params.limit ?? 5).map(
    ({ slot, rank, name, list, views }) => [
      slot,
      rank,
      name,
      days[slot] ?? 0,
      views,
      count(list, 'cart'),
      count(list, 'purchase'),
      ratio(views, days[slot] ?? 0),
    ],
  );
}

/** @param {readonly Event[]} all @param {Params} params @returns {Cell[][]} */
export function brands(all, params) {
  const events = read(all, params).filter(isCommerce);
  const seen = byViews(events, (event) => event.brand ?? '')
    .filter(({ views }) => views > 0)
    .map((brand) => ({
      ...brand,
      purchases: count(brand.list, 'purchase'),
      judged: brand.views >= (params.minViews ?? 100),
    }));
  const judged = seen.filter((brand) => brand.judged);
  const total = (/** @type {'views' | 'purchases'} */ what) => judged.reduce((sum, brand) => sum + brand[what], 0);
  const averageViews = ratio(total('views'), judged.length);
  const averageConversion = ratio(total('purchases'), total('views'));
  return seen.slice(0, params.limit ?? 200).map(({ name, list, views, purchases, judged: isJudged }) => [
    name,
    views,
    count(list, 'cart'),
    purchases,
    distinct(list, visitorKey),
    ratio(purchases, views),
    isJudged,
    // Not by the quotients alone: they are compared exactly, as fractions.
    isJudged && views * judged.length >= total('views') && purchases * total('views') < total('purchases') * views,
    averageViews,
    averageConversion,
  ]);
}
