// @ts-check
// Records full of what is rare: ties, hostile ids, records without session, lines held twice, two sites with the same ids.
import { eventOf } from './records.mjs';

/** Numbers in [0, 1) that are the same each time: mulberry32. @param {number} seed */
export function createRandom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const types = [
  'view',
  'view',
  'view',
  'cart',
  'cart',
  'remove_from_cart',
  'purchase',
  'purchase',
  'web_vitals',
  'cancel',
  'refund',
];
const sites = ['demo', 'demo', 'o|ther'];
const ids = ['a', 'b', 'a|b', "'; --", 'Ä', '%', '9007199254740993', 'unknown', '2026-11-20'];
const codes = ['care.face', 'care', 'care.face.mask', "o'brien.x", 'unknown', 'é.ü', '7'];
const currencies = ['BRL', 'BRL', 'USD', 'EUR'];
const prices = ['0', '0.000001', '10.333333', '7.5', '999999999.999999', '0.1', '0.2'];
const urls = [
  'https://shop.example/p/1?x=1',
  'https://shop.example',
  'http://a.example:81/p/1#x',
  'https://shop.example/a/?b=/c',
  null,
];
const start = Date.parse('2026-11-13T00:00:00Z');

/** @param {number} seed @param {number} length @returns {import('./records.mjs').Event[]} */
export function randomEvents(seed, length) {
  const random = createRandom(seed);
  /** @template T @param {readonly T[]} list @returns {T} */
  const one = (list) => /** @type {T} */ (list[Math.floor(random() * list.length)]);
  const maybe = (/** @type {number} */ share) => random() < share;
  /** A product has one category and brand, unless it moved. */
  const products = Array.from({ length: 12 }, (_, at) => ({
    product_id: `${one(ids)}${at % 4}`,
    product_name: maybe(0.8) ? `name ${at}` : null,
    category_id: maybe(0.8) ? String(1487580005134238553n + BigInt(at % 5)) : null,
    category_code: maybe(0.6) ? one(codes) : null,
    brand: maybe(0.6) ? one(ids) : null,
  }));
  const events = Array.from({ length }, (_, at) => {
    const event_type = one(types);
    // Few instants, so that many are the same; some at the edges of a day, here and elsewhere.
    const event_time =
      start +
      Math.floor(random() * 8) * 86_400_000 +
      one([0, 10_800_000, 10_799_999, 43_200_000, 86_399_999, Math.floor(random() * 86_400) * 1000]);
    const site = one(sites);
    const session = one(ids);
    // A session has numbers for all its events or for none.
    const numbered = session.length % 2 === 0;
    const who = {
      customer_id: maybe(0.5) ? one(ids) : null,
      device_id: maybe(0.7) ? one(ids) : null,
      session_id: maybe(0.8) ? `${session}${Math.floor(random() * 9)}` : null,
    };
    const base = { event_id: `e${at}`, event_type, event_time, site, ...who, is_bot: maybe(0.07) };
    if (event_type === 'web_vitals') {
      const value = one([0, 0.1, 0.25, 200, 500, 800, 1800, 2500, 4000.5, random() * 5000]);
      return eventOf({
        ...base,
        metric: one(['LCP', 'INP', 'CLS', 'FCP', 'TTFB']),
        value,
        rating: one(['good', 'needs-improvement', 'poor']),
        page_url: one(urls),
      });
    }
    const isOrder = event_type === 'purchase' || event_type === 'cancel' || event_type === 'refund';
    const price = maybe(0.8) ? one(prices) : null;
    return eventOf({
      ...base,
      ...one(products),
      session_seq: numbered && who.session_id !== null ? at + 1 : null,
      price,
      currency: price !== null || (isOrder && maybe(0.7)) ? one(currencies) : null,
      quantity: maybe(0.5) ? 1 + Math.floor(random() * 5) : null,
      order_id: isOrder ? `o${Math.floor(random() * (length / 12))}` : null,
    });
  });
  // Lines that came twice, the second later.
  const twice = events
    .filter(({ event_type: type }) => type === 'purchase' || type === 'cancel' || type === 'refund')
    .filter(() => maybe(0.2))
    .map((event) => ({ ...event, received_at: event.received_at + 60_000 }));
  return [...twice, ...events];
}

/**
 * Little else than carts: few people, sessions and products, and whole hours between events, so that purchases and
 * removals meet carts, in the same instant too.
 *
 * @param {number} seed @param {number} length @returns {import('./records.mjs').Event[]}
 */
export function randomCarts(seed, length) {
  const random = createRandom(seed);
  /** @template T @param {readonly T[]} list @returns {T} */
  const one = (list) => /** @type {T} */ (list[Math.floor(random() * list.length)]);
  const maybe = (/** @type {number} */ share) => random() < share;
  return Array.from({ length }, (_, at) => {
    const session = Math.floor(random() * 40);
    const event_type = one(['cart', 'cart', 'cart', 'remove_from_cart', 'remove_from_cart', 'purchase']);
    const product = one(['p', 'q']);
    const days = Math.floor(session / 5) + (maybe(0.2) ? 1 : 0);
    return eventOf({
      // Where time and place in the session are the same, the id decides: it says nothing of the order here.
      event_id: `${Math.floor(random() * 1e9)}-${at}`,
      event_type,
      event_time: start + days * 86_400_000 + one([0, 1, 2, 3, 12, 23]) * 3_600_000,
      site: session % 7 === 0 ? 'other' : 'demo',
      // Who it is may become known in the middle of a session.
      customer_id: maybe(0.5) ? `c${session % 6}` : null,
      device_id: `d${session % 9}`,
      session_id: session % 5 === 0 ? null : `s${session}`,
      session_seq: session % 2 === 0 ? null : 1 + Math.floor(random() * 6),
      product_id: product,
      product_name: one(['a name', 'another', null]),
      brand: one(['b', null]),
      category_code: one(['care.face', 'care', null]),
      price: maybe(0.8) ? one(prices) : null,
      currency: one(['BRL', 'USD']),
      quantity: one([null, 2, 3]),
      order_id: event_type === 'purchase' ? `o${at}` : null,
    });
  });
}

/** @param {number} seed @returns {import('./common.mjs').Params} */
export function randomParams(seed) {
  const random = createRandom(seed);
  const maybe = (/** @type {number} */ share) => random() < share;
  /** @template T @param {readonly T[]} list @returns {T} */
  const one = (list) => /** @type {T} */ (list[Math.floor(random() * list.length)]);
  const first = Math.floor(random() * 8);
  const days = 1 + Math.floor(random() * 8);
  const day = (/** @type {number} */ number) => new Date(start + number * 86_400_000).toISOString().slice(0, 10);
  return {
    from: day(first),
    to: day(first + days - 1),
    ...(maybe(0.2) && { site: one(sites) }),
    ...(maybe(0.2) && { currency: one(currencies) }),
    ...(maybe(0.2) && { category: one(['care', "o'brien", 'unknown', '1487580005134238553', 'é', '7']) }),
    ...(maybe(0.2) && { bots: true }),
    ...(maybe(0.5) && { utcOffsetMinutes: one([-180, 345, 840, -840, 60]) }),
    ...(maybe(0.3) && { limit: one([1, 2, 7, 100_000]) }),
    ...(maybe(0.4) && { windowHours: one([1, 12, 24, 48]) }),
    ...(maybe(0.6) && { minViews: one([1, 2, 3, 10]) }),
  };
}
