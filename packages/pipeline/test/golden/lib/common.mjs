// @ts-check
// Words that all reports share: visitor, session, local day, category, and which records a report reads.

/** @typedef {import('./records.mjs').Event} Event */
/** @typedef {import('../../../src/reports/report.js').ReportParams} Params */
/** @typedef {string | number | boolean | null} Cell Decimals and days are text. */

export const dayMs = 86_400_000;
const commerce = new Set(['view', 'cart', 'remove_from_cart', 'purchase']);
/** Whose records are money: each is counted once. */
const orderTypes = new Set(['purchase', 'cancel', 'refund']);

/** A key that no two different lists of parts share, whatever is in them. @param {readonly unknown[]} parts */
export const key = (...parts) => JSON.stringify(parts);
/** @param {Event} event */
export const isCommerce = (event) => commerce.has(event.event_type);
/** @param {Event} event */
export const visitorOf = (event) => event.customer_id ?? event.device_id ?? event.session_id;
/** Nobody, where the record tells none of the ids. @param {Event} event */
export const visitorKey = (event) => (visitorOf(event) === null ? null : key(event.site, visitorOf(event)));
/** Days since 1970-01-01 of local time. @param {Event} event @param {Params} params */
export const dayOf = (event, params) =>
  Math.floor((event.event_time + (params.utcOffsetMinutes ?? 0) * 60_000) / dayMs);
/** @param {Event} event @param {Params} params */
export const hourOf = (event, params) =>
  Math.floor((((event.event_time + (params.utcOffsetMinutes ?? 0) * 60_000) % dayMs) + dayMs) / 3_600_000) % 24;
/** Monday is 0; day 0 was a Thursday. @param {number} day */
export const weekdayOf = (day) => (((day + 3) % 7) + 7) % 7;
/** @param {number} day */
export const dayText = (day) => new Date(day * dayMs).toISOString().slice(0, 10);
/** @param {string} text */
export const dayNumber = (text) => Date.parse(`${text}T00:00:00Z`) / dayMs;
/** What nobody did is in no session. @param {Event} event @param {Params} params */
export function sessionKey(event, params) {
  if (event.session_id !== null) return key(event.site, 'session', event.session_id);
  const visitor = visitorOf(event);
  return visitor === null ? null : key(event.site, 'day', visitor, dayOf(event, params));
}
/** @param {Event} event */
export const categoryOf = (event) => event.category_code ?? event.category_id ?? 'unknown';
/** @param {Event} event */
export const productCategoryOf = (event) =>
  event.category_code === null ? (event.category_id ?? 'unknown') : (event.category_code.split('.')[0] ?? '');

/** Purchases, cancellations and refunds once per (site, type, id): the one received first. @param {readonly Event[]} events */
function once(events) {
  /** @type {Map<string, Event>} */
  const first = new Map();
  for (const event of events) {
    if (!orderTypes.has(event.event_type)) continue;
    const id = key(event.site, event.event_type, event.event_id);
    const other = first.get(id);
    if (!other || event.received_at < other.received_at) first.set(id, event);
  }
  return [...events.filter((event) => !orderTypes.has(event.event_type)), ...first.values()];
}

/**
 * The range of local days, as numbers. Without `from` or `to`: the first and last local day of the table.
 *
 * @param {readonly Event[]} events @param {Params} params
 */
export function rangeOf(events, params) {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const event of events) {
    const day = dayOf(event, params);
    first = Math.min(first, day);
    last = Math.max(last, day);
  }
  return {
    from: params.from === undefined ? first : dayNumber(params.from),
    to: params.to === undefined ? last : dayNumber(params.to),
  };
}

/** Whom `site`, `bots`, `category` and `currency` leave, money counted once; of all days. @param {readonly Event[]} events @param {Params} params */
export const chosen = (events, params) =>
  once(events).filter(
    (event) =>
      (params.site === undefined || event.site === params.site) &&
      (params.bots === true || !event.is_bot) &&
      (params.category === undefined ||
        event.event_type === 'web_vitals' ||
        productCategoryOf(event) === params.category) &&
      (params.currency === undefined || event.price === null || event.currency === params.currency),
  );

/** @param {readonly Event[]} events @param {Params} params @param {{ from: number, to: number }} range */
export const within = (events, params, { from, to }) =>
  events.filter((event) => dayOf(event, params) >= from && dayOf(event, params) <= to);

/** The records of the range that a report reads. @param {readonly Event[]} events @param {Params} params */
export const read = (events, params) => within(chosen(events, params), params, rangeOf(events, params));

/** As SQL orders text: by bytes. @param {string | null} a @param {string | null} b */
export const byText = (a, b) =>
  a === null || b === null ? Number(a === null) - Number(b === null) : Buffer.compare(Buffer.from(a), Buffer.from(b));
/** @param {number} part @param {number} whole */
export const ratio = (part, whole) => (whole === 0 ? null : part / whole);

/** Without the items whose key is null. @template T @param {Iterable<T>} items @param {(item: T) => string | null} keyOf @returns {Map<string, T[]>} */
export function group(items, keyOf) {
  /** @type {Map<string, T[]>} */
  const groups = new Map();
  for (const item of items) {
    const name = keyOf(item);
    if (name === null) continue;
    const list = groups.get(name);
    if (list) list.push(item);
    else groups.set(name, [item]);
  }
  return groups;
}

/** How many differ, null being none. @template T @param {Iterable<T>} items @param {(item: T) => unknown} of */
export function distinct(items, of) {
  const seen = new Set();
  for (const item of items) seen.add(of(item));
  seen.delete(null);
  return seen.size;
}
/** @param {readonly Event[]} events @param {string} type */
export const count = (events, type) => events.filter((event) => event.event_type === type).length;
/** @param {readonly Event[]} events @param {string} type */
export const ofType = (events, type) => events.filter((event) => event.event_type === type);
/** @param {readonly Event[]} events */
export const ordersOf = (events) => distinct(ofType(events, 'purchase'), (event) => key(event.site, event.order_id));
/** How often each weekday occurs in a range. @param {{ from: number, to: number }} range */
export function weekdaysIn({ from, to }) {
  const days = [0, 0, 0, 0, 0, 0, 0];
  for (let day = from; day <= to; day++) days[weekdayOf(day)] = (days[weekdayOf(day)] ?? 0) + 1;
  return days;
}
