// @ts-check
// Carts that were not bought.
import { byText, chosen, group, key, ofType, rangeOf, ratio, sessionKey, visitorKey, within } from './common.mjs';
import { amount, worth } from './money.mjs';

/** @typedef {import('./common.mjs').Event} Event */
/** @typedef {import('./common.mjs').Params} Params */
/** @typedef {import('./common.mjs').Cell} Cell */

/** Which of two is later: by time, then by place in the session, then by id. @param {Event} a @param {Event} b */
const byTime = (a, b) =>
  a.event_time - b.event_time || (a.session_seq ?? 0) - (b.session_seq ?? 0) || byText(a.event_id, b.event_id);
/** @param {readonly Event[]} events */
const last = (events) => events.reduce((a, b) => (byTime(a, b) < 0 ? b : a));

/** Whether a cart was emptied of the product after it was last put there. @param {Event} removal @param {Event} cart */
function isAfter(removal, cart) {
  if (removal.event_time !== cart.event_time) return removal.event_time > cart.event_time;
  return removal.session_seq === null || cart.session_seq === null || removal.session_seq >= cart.session_seq;
}

/** @param {readonly Event[]} all @param {Params} params @returns {Cell[][]} */
export function abandoned(all, params) {
  const events = chosen(all, params);
  const both = (/** @type {string | null} */ who, /** @type {Event} */ { product_id }) =>
    who === null ? null : key(who, product_id);
  const pairOf = (/** @type {Event} */ event) => both(sessionKey(event, params), event);
  const buyerOf = (/** @type {Event} */ event) => both(visitorKey(event), event);
  const range = rangeOf(all, params);
  const bought = group(ofType(events, 'purchase'), pairOf);
  const boughtBy = group(ofType(events, 'purchase'), buyerOf);
  const removals = group(ofType(events, 'remove_from_cart'), pairOf);

  const pairs = [...group(within(ofType(events, 'cart'), params, range), pairOf)].map(([pair, carts]) => {
    const cart = last(carts);
    const first = carts.reduce((a, b) => (byTime(a, b) > 0 ? b : a));
    const windowMs = (params.windowHours ?? 0) * 3_600_000;
    const isBought =
      bought.has(pair) ||
      (params.windowHours !== undefined &&
        (boughtBy.get(buyerOf(first) ?? '') ?? []).some(
          ({ event_time: time }) => time >= first.event_time && time <= first.event_time + windowMs,
        ));
    const removed = removals.get(pair);
    const isRemoved = !isBought && removed !== undefined && isAfter(last(removed), cart);
    return { cart, isBought, isRemoved, isAbandoned: !isBought && !isRemoved };
  });

  return [...group(pairs, ({ cart }) => key(cart.product_id, cart.currency)).values()]
    .map((list) => {
      const left = list.filter((pair) => pair.isAbandoned);
      const { product_id, product_name, brand, category_code, category_id, currency } = last(
        list.map(({ cart }) => cart),
      );
      return {
        product: product_id,
        name: product_name,
        brand,
        category: category_code ?? category_id ?? 'unknown',
        currency,
        pairs: list.length,
        bought: list.filter((pair) => pair.isBought).length,
        removed: list.filter((pair) => pair.isRemoved).length,
        left: left.length,
        value: left.reduce((total, { cart }) => total + worth(cart), 0n),
      };
    })
    .sort((a, b) => b.left - a.left || byText(a.product, b.product) || byText(a.currency, b.currency))
    .slice(0, params.limit ?? 50)
    .map((row) => [
      row.product,
      row.name,
      row.brand,
      row.category,
      row.currency,
      row.pairs,
      row.bought,
      row.removed,
      row.left,
      ratio(row.left, row.pairs),
      amount(row.value),
    ]);
}
