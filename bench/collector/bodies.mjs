// @ts-check
// Bodies as a shop's browsers send them: envelopes of ten events of some 490 bytes, keyed by a skewed set of categories.

/** Small generator of equal numbers for equal seeds (mulberry32). */
export function random(seed = 1) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const names = ['Creme facial hidratante 50 ml', 'Sérum de vitamina C 30 ml', 'Base líquida mate', 'Batom cremoso rosé'];
const brands = ['shiseido', 'irisk', 'runail', 'l’oréal', 'grattol', 'masura'];
const codes = ['appliances.kitchen.washer', 'cosmetics.face.cream', 'electronics.audio.headphone', 'apparel.shoes'];

/**
 * @param {() => number} chance
 * @param {number} now
 * @param {string} id
 * @param {number} sequence
 */
function event(chance, now, id, sequence) {
  /** @template T @param {readonly T[]} list */
  const pick = (list) => /** @type {T} */ (list[Math.floor(chance() * list.length)]);
  const product = String(3_000_000 + Math.floor(chance() * 60_000));
  // Zipf over 300 categories: the first takes about a sixth.
  const category = Math.min(299, Math.floor(300 ** chance()) - 1);
  const type = chance() < 0.8 ? 'view' : chance() < 0.7 ? 'cart' : 'remove_from_cart';
  return {
    event_id: id,
    event_type: type,
    event_time: now - Math.floor(chance() * 4_000),
    session_seq: sequence,
    product_id: product,
    sku: `${product}-50ML`,
    product_name: pick(names),
    category_id: String(2_053_013_552_326_770_000n + BigInt(category)),
    category_code: pick(codes),
    brand: pick(brands),
    price: Math.round(chance() * 20_000) / 100,
    currency: 'BRL',
    ...(type === 'view' ? {} : { quantity: 1 + Math.floor(chance() * 3) }),
    page_url: `https://shop.example/p/${product}`,
    properties: { list: 'search results', position: Math.floor(chance() * 40), in_stock: true },
  };
}

/**
 * @param {{ count?: number, events?: number, seed?: number, now?: number, key?: string }} [options]
 * @returns {string[]} JSON texts of envelopes, all event ids different.
 */
export function bodies({ count = 256, events = 10, seed = 1, now = Date.now(), key = 'demo' } = {}) {
  const chance = random(seed);
  const hex = (/** @type {number} */ length) =>
    Array.from({ length }, () => Math.floor(chance() * 16).toString(16)).join('');
  const uuid = () => `0193${hex(4)}-${hex(4)}-7${hex(3)}-9${hex(3)}-${hex(12)}`;
  return Array.from({ length: count }, () =>
    JSON.stringify({
      v: 1,
      key,
      sent_at: now,
      sdk: 'rastro-js/0.1.0',
      device_id: uuid(),
      session_id: uuid(),
      customer_id: `c-${Math.floor(chance() * 1e6)}`,
      context: {
        page_url: 'https://shop.example/?utm_source=news&utm_campaign=november',
        page_referrer: 'https://www.google.com/',
        language: 'pt-BR',
        viewport: '390x844',
      },
      events: Array.from({ length: events }, (_, at) => event(chance, now, uuid(), at + 1)),
    }),
  );
}
