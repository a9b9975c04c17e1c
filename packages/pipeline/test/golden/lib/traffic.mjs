// @ts-check
// Who came, and when: facets, kpis, visitors, funnel, heatmap.
import {
  byText,
  chosen,
  count,
  dayOf,
  dayText,
  distinct,
  group,
  hourOf,
  isCommerce,
  key,
  ofType,
  ordersOf,
  productCategoryOf,
  rangeOf,
  ratio,
  read,
  sessionKey,
  visitorKey,
  weekdayOf,
  weekdaysIn,
  within,
} from './common.mjs';
import { amount, average, sum, units } from './money.mjs';

/** @typedef {import('./common.mjs').Event} Event */
/** @typedef {import('./common.mjs').Params} Params */
/** @typedef {import('./common.mjs').Cell} Cell */

/** Values by how often they occur, then by name. @param {readonly Event[]} events @param {(event: Event) => string | null} of */
const frequent = (events, of) =>
  [...group(events, (event) => of(event) ?? '')]
    .filter(([value]) => value !== '')
    .sort(([a, x], [b, y]) => y.length - x.length || byText(a, b))
    .map(([value]) => value);

/** What `readFacets` answers. @param {readonly Event[]} all @param {Params} params Only from, to and site are heeded: days are UTC. */
export function facets(all, { from, to, site }) {
  const params = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  const events = within(all, params, rangeOf(all, params)).filter((event) => site === undefined || event.site === site);
  const days = events.map((event) => dayOf(event, {}));
  return {
    firstDay: days.length === 0 ? null : dayText(days.reduce((a, b) => Math.min(a, b))),
    lastDay: days.length === 0 ? null : dayText(days.reduce((a, b) => Math.max(a, b))),
    events: events.length,
    botEvents: events.filter((event) => event.is_bot).length,
    sites: frequent(events, (event) => event.site),
    currencies: frequent(events, (event) => event.currency),
    categories: frequent(ofType(events, 'view'), productCategoryOf).slice(0, 200),
  };
}

/** @param {readonly Event[]} all @param {Params} params @returns {Cell[][]} */
export function kpis(all, params) {
  const { from, to } = rangeOf(all, params);
  const mine = chosen(all, params).filter(isCommerce);
  const current = within(mine, params, { from, to });
  const mostBought = frequent(ofType(current, 'purchase'), (event) => event.currency)[0] ?? null;
  const currency = params.currency ?? mostBought;
  const row = (/** @type {string} */ period, /** @type {number} */ first, /** @type {number} */ last) => {
    const events = within(mine, params, { from: first, to: last });
    const sessions = distinct(events, (event) => sessionKey(event, params));
    const purchases = ofType(events, 'purchase');
    const buying = distinct(purchases, (event) => sessionKey(event, params));
    const paid = purchases.filter((event) => currency !== null && event.currency === currency);
    const orders = ordersOf(paid);
    return [
      period,
      dayText(first),
      dayText(last),
      distinct(events, visitorKey),
      sessions,
      count(events, 'view'),
      count(events, 'cart'),
      buying,
      orders,
      units(paid),
      amount(sum(paid)),
      currency,
      average(sum(paid), orders),
      ratio(buying, sessions),
    ];
  };
  return [row('current', from, to), row('previous', from - (to - from + 1), from - 1)];
}

/** @param {readonly Event[]} all @param {Params} params @returns {Cell[][]} */
export function visitors(all, params) {
  const events = read(all, params).filter(
    ({ event_type: type }) =>
      type !== 'cancel' && type !== 'refund' && (type !== 'web_vitals' || params.category === undefined),
  );
  return [...group(events, (event) => dayText(dayOf(event, params)))]
    .sort(([a], [b]) => byText(a, b))
    .map(([day, list]) => [
      day,
      distinct(list, visitorKey),
      distinct(list, (event) => sessionKey(event, params)),
      count(list, 'view'),
      count(list, 'cart'),
      ordersOf(list),
    ]);
}

/** @param {readonly Event[]} all @param {Params} params @returns {Cell[][]} */
export function funnel(all, params) {
  const steps = ['view', 'cart', 'purchase'];
  const sessions = [...group(read(all, params).filter(isCommerce), (event) => sessionKey(event, params)).values()];
  const did = sessions.map((list) => steps.map((step) => list.some((event) => event.event_type === step)));
  const reached = steps.map((_, step) => did.filter((done) => done.slice(step).includes(true)).length);
  return steps.map((name, step) => {
    const exact = did.filter((done) => done[step]).length;
    const here = reached[step] ?? 0;
    return [
      step + 1,
      name,
      exact,
      here,
      here - exact,
      ratio(here, reached[0] ?? 0),
      step === 0 ? 1 : ratio(here, reached[step - 1] ?? 0),
    ];
  });
}

/** @param {readonly Event[]} all @param {Params} params @returns {Cell[][]} */
export function heatmap(all, params) {
  const days = weekdaysIn(rangeOf(all, params));
  const events = read(all, params).filter(isCommerce);
  const cellOf = (/** @type {Event} */ event) => key(weekdayOf(dayOf(event, params)), hourOf(event, params));
  // An order counts where its first line is.
  const firstLines = [...group(ofType(events, 'purchase'), (event) => key(event.site, event.order_id)).values()].map(
    (lines) => lines.reduce((first, line) => (line.event_time < first.event_time ? line : first)),
  );
  const orders = group(firstLines, cellOf);
  return [...group(events, cellOf)]
    .map(([cell, list]) => {
      const [weekday, hour] = /** @type {[number, number]} */ (JSON.parse(cell));
      const often = days[weekday] ?? 0;
      const views = count(list, 'view');
      const purchases = orders.get(cell)?.length ?? 0;
      return [
        weekday,
        hour,
        often,
        list.length,
        views,
        purchases,
        ratio(list.length, often),
        ratio(views, often),
        ratio(purchases, often),
      ];
    })
    .sort((a, b) => Number(a[0]) - Number(b[0]) || Number(a[1]) - Number(b[1]));
}
