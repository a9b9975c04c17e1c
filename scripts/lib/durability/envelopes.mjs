// @ts-check
// What a shopper's browser sends, made by chance, with an entry for the ledger of each.
import { randomUUID } from 'node:crypto';

/** @typedef {import('./ledger.mjs').Sent} Sent */

/**
 * @typedef {object} Envelope
 * @property {string} body
 * @property {readonly Sent[]} sent One per event in order; the one of a body that is no envelope.
 * @property {boolean} malformed
 */

/** Few enough that every shopper meets others in the same category. */
const categories = Array.from({ length: 12 }, (_, at) => `21030000000000000${String(at).padStart(2, '0')}`);

/**
 * @param {() => number} random
 * @param {string} key Site key.
 */
export function createShopper(random, key) {
  const session = randomUUID();
  const device = randomUUID();
  let request = 0;
  let sequence = 0;
  const pick = (/** @type {number} */ count) => Math.floor(random() * count);
  const product = () => String(10_000_000 + pick(90_000_000));

  const line = () => ({
    product_id: product(),
    category_id: /** @type {string} */ (categories[pick(categories.length)]),
    price: (100 + pick(10_000)) / 100,
  });

  /** @returns {[event: object, sent: Sent]} */
  const event = () => {
    const id = randomUUID();
    const kind = random();
    const base = { event_id: id, event_time: Date.now(), session_seq: ++sequence };
    if (kind < 0.02) {
      // One of two ways to be wrong.
      const bad = random() < 0.5 ? { event_type: 'nonsense' } : { event_type: 'view', price: -1 };
      return [
        { ...base, ...line(), ...bad },
        { id, session, request, products: [] },
      ];
    }
    if (kind < 0.07) {
      // Products in the order in which the collector numbers them.
      const items = Array.from({ length: 1 + pick(4) }, line).sort((a, b) => (a.product_id < b.product_id ? -1 : 1));
      const order = { event_type: 'purchase', order_id: id, currency: 'BRL', items };
      return [
        { ...base, ...order, event_id: randomUUID() },
        { id, session, request, products: items.map(({ product_id }) => product_id) },
      ];
    }
    const one = { ...line(), brand: 'shiseido', currency: 'BRL' };
    return [
      { ...base, event_type: random() < 0.8 ? 'view' : 'cart', ...one },
      { id, session, request, products: [one.product_id] },
    ];
  };

  return {
    /** @returns {Envelope} */
    next() {
      request++;
      if (random() < 0.01) {
        const id = randomUUID();
        const sent = [{ id, session, request, products: [] }];
        return { body: JSON.stringify({ v: 1, key, device_id: device, events: id }), sent, malformed: true };
      }
      const events = Array.from({ length: 1 + pick(10) }, event);
      const envelope = {
        v: 1,
        key,
        sent_at: Date.now(),
        sdk: 'rastro-js/0.1.0',
        device_id: device,
        session_id: session,
        context: {
          page_url: 'https://shop.example/p/44600062?utm_source=news',
          language: 'pt-BR',
          viewport: '390x844',
        },
        events: events.map(([one]) => one),
      };
      return { body: JSON.stringify(envelope), sent: events.map(([, sent]) => sent), malformed: false };
    },
  };
}
