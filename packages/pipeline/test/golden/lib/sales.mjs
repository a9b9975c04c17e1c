// @ts-check
// What was sold: revenue, revenue_by_day.
import { byText, dayOf, dayText, group, key, ofType, ordersOf, read } from './common.mjs';
import { amount, average, sum, units } from './money.mjs';

/** @typedef {import('./common.mjs').Event} Event */
/** @typedef {import('./common.mjs').Params} Params */
/** @typedef {import('./common.mjs').Cell} Cell */

const orderTypes = ['purchase', 'cancel', 'refund'];

/** @param {readonly Event[]} all @param {Params} params @returns {Cell[][]} */
export function revenue(all, params) {
  const events = read(all, params).filter((event) => orderTypes.includes(event.event_type));
  return [...group(events, (event) => key(event.currency)).values()]
    .map((list) => {
      const lines = ofType(list, 'purchase');
      const back = list.filter((event) => event.event_type !== 'purchase');
      return { currency: list[0]?.currency ?? null, lines, orders: ordersOf(lines), total: sum(lines), back };
    })
    .sort((a, b) => (a.total === b.total ? byText(a.currency, b.currency) : a.total < b.total ? 1 : -1))
    .map(({ currency, lines, orders, total, back }) => [
      currency,
      orders,
      lines.length,
      units(lines),
      amount(total),
      average(total, orders),
      lines.filter((event) => event.price === null).length,
      amount(sum(back)),
    ]);
}

/** @param {readonly Event[]} all @param {Params} params @returns {Cell[][]} */
export function revenueByDay(all, params) {
  const lines = ofType(read(all, params), 'purchase');
  return [...group(lines, (event) => key(dayOf(event, params), event.currency)).values()]
    .map((list) => {
      const [first] = /** @type {[Event]} */ (/** @type {unknown} */ (list));
      return { day: dayText(dayOf(first, params)), currency: first.currency, list };
    })
    .sort((a, b) => byText(a.day, b.day) || byText(a.currency, b.currency))
    .map(({ day, currency, list }) => {
      const orders = ordersOf(list);
      return [day, currency, orders, units(list), amount(sum(list)), average(sum(list), orders)];
    });
}
