import type { Consent, Plugin, Product, Properties } from '../types.js';
import { createReader, type Json, listOf, type Mapping, nothing, objectOf, play, type Reader } from './adapter.js';

export type { Call, Mapping } from './adapter.js';

/** What `mapWooCommerce` reads; a page prints it as JSON for the plugin. */
export type WooCommercePayload =
  | {
      type: 'view' | 'cart' | 'remove_from_cart';
      /** A product or a cart item of the Store API, or the `id` and `sku` of a button. */
      product: unknown;
      /** How many were added or removed. That of a cart item is how many there are, and is not read. */
      quantity?: unknown;
    }
  | {
      type: 'purchase';
      /** An order as the REST API (`wc/v3`) has it, or of the Store API. */
      order: unknown;
    };

export interface WooCommerceMapping {
  /**
   * What `product_id` is. `sku`: the SKU, and the id where there is none, as in the JSON-LD of WooCommerce's product pages.
   *
   * @default 'id'
   */
  productId?: 'id' | 'sku';
}

export interface WooCommerceOptions extends WooCommerceMapping {
  /**
   * The category of the WP Consent API that events need. `false`: consent is told by other means.
   *
   * @default 'statistics'
   */
  consent?: string | false;
}

const named: Json = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', ndash: '–' };
/** The Store API writes text as HTML: `Shirts &amp; more`, `&#8211;`. */
const plain = (value: unknown): unknown =>
  typeof value === 'string'
    ? value.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (all, decimal, hex, name) => {
        const code = decimal ? +decimal : Number.parseInt(hex, 16);
        return name
          ? ((named[name] as string | undefined) ?? all)
          : code <= 0x10ffff
            ? String.fromCodePoint(code)
            : all;
      })
    : value;

/** An amount of the Store API: text in minor units, with their number beside it. */
const minor = (reader: Reader, prices: Json, name: string, path: string): number | undefined => {
  const value = prices[name];
  const digits = prices['currency_minor_unit'];
  if (value == null || value === '') return;
  return Number.isInteger(digits) && (digits as number) >= 0 && (digits as number) < 7
    ? reader.amount(value, `${path}.${name}`, digits as number)
    : reader.refuse(`${path}.currency_minor_unit`, ': is not a number of decimals');
};

/** The deepest category is certain when it is the only one, or when the address of each goes on where that of the one before ends. */
const categoriesOf = (product: Json): Json[] => {
  const all = listOf(product['categories']).slice(0, 50).map(objectOf);
  const links = all.map(({ link }) => (typeof link === 'string' ? link.replace(/\/*$/, '/') : ''));
  const order = [...all.keys()].sort((a, b) => (links[a] ?? '').length - (links[b] ?? '').length);
  const chain = order.every((at, i) => {
    const before = links[order[i - 1] ?? -1];
    return !i || (before && links[at]?.startsWith(before) && links[at] !== before);
  });
  return chain ? order.map((at) => all[at] as Json) : [];
};

function productOf(reader: Reader, product: Json, path: string, quantity: unknown, ids: string): Product | undefined {
  const extension = objectOf(objectOf(product['extensions'])['rastro']);
  // Of a variation, `id` is its own; the product that it is a variation of stands in `parent`, and in no cart item.
  const parent = product['parent'] || extension['product_id'];
  const sku = reader.id(plain(product['sku']), `${path}.sku`);
  const own = reader.id(product['id'], `${path}.id`);
  const id = (parent ? reader.id(parent, `${path}.parent`) : undefined) ?? own;
  const product_id = (ids === 'sku' ? sku : undefined) ?? id;
  if (!product_id) return reader.refuse(path, ': no id');
  const prices = objectOf(product['prices']);
  const currency = reader.currency(prices['currency_code'], `${path}.prices.currency_code`);
  const categories = categoriesOf(product);
  const brands = listOf(product['brands']);
  return {
    product_id,
    sku: sku ?? (id === own ? undefined : own),
    product_name: reader.text(plain(product['name']), `${path}.name`),
    category_id: reader.id(categories[categories.length - 1]?.['id'], `${path}.categories`),
    category_code: reader.category(
      categories.map(({ name }) => plain(name)),
      `${path}.categories`,
    ),
    brand: brands.length === 1 ? reader.text(plain(objectOf(brands[0])['name']), `${path}.brands`, 128) : undefined,
    // Of a range the lowest price is told, which is not that of what the shopper looks at.
    price: prices['price_range'] || !currency ? undefined : minor(reader, prices, 'price', `${path}.prices`),
    currency,
    quantity: reader.quantity(quantity, `${path}: quantity`),
  };
}

const codes = (coupons: unknown): string =>
  listOf(coupons)
    .flatMap((coupon) => plain(objectOf(coupon)['code']) || [])
    .join();

/** One more than an order may have, so that it is refused. */
const linesOf = (lines: unknown): readonly Json[] => listOf(lines).slice(0, 501).map(objectOf);

/** https://woocommerce.github.io/woocommerce-rest-api-docs/#order-properties: amounts in currency units. */
function restOrder(reader: Reader, order: Json, ids: string): Mapping['calls'] {
  const currency = reader.currency(order['currency'], 'order.currency');
  return reader.purchase({
    // The number that the shopper sees; plugins give it zeros and prefixes.
    order_id: reader.id(order['number'], 'order.number') ?? reader.id(order['id'], 'order.id'),
    order_total: reader.amount(order['total'], 'order.total'),
    tax: reader.amount(order['total_tax'], 'order.total_tax'),
    shipping: reader.amount(order['shipping_total'], 'order.shipping_total'),
    coupon: reader.id(codes(order['coupon_lines']), 'order.coupon_lines'),
    currency,
    items: linesOf(order['line_items']).flatMap((line, at) => {
      const path = `order.line_items[${at}]`;
      const { product_id: id, variation_id: variation, sku, name, price, quantity } = line;
      const product = productOf(
        reader,
        // A product that was deleted since is 0.
        { id: variation || id || undefined, parent: variation && id, sku, name },
        path,
        quantity,
        ids,
      );
      return product ? { ...product, price: reader.amount(price, `${path}.price`), currency } : [];
    }),
  });
}

/** https://developer.woocommerce.com/docs/apis/store-api/resources-endpoints/order: amounts in minor units. */
function storeOrder(reader: Reader, order: Json): Mapping['calls'] {
  const lines = linesOf(order['items']);
  // The order's totals are in the currency of its lines, which may be the only ones to name it.
  const totals: Json = { ...objectOf(objectOf(lines[0])['prices']), ...objectOf(order['totals']) };
  const total = (name: string): number | undefined => minor(reader, totals, name, 'order.totals');
  return reader.purchase({
    order_id: reader.id(order['number'], 'order.number') ?? reader.id(order['id'], 'order.id'),
    order_total: total('total_price'),
    tax: total('total_tax'),
    shipping: total('total_shipping'),
    coupon: reader.id(codes(order['coupons']), 'order.coupons'),
    currency: reader.currency(totals['currency_code'], 'order.totals.currency_code'),
    items: lines.flatMap((line, at) => {
      const path = `order.items[${at}]`;
      // The id of an order's line is that of the line, not of a product: OrderItemSchema::get_item_response.
      if (!line['sku']) return reader.refuse(path, ': no SKU, and its id names no product') ?? [];
      const product = productOf(reader, { ...line, id: undefined }, path, line['quantity'], 'sku');
      if (!product) return [];
      const { currency, price, quantity = 1 } = product;
      const whole = minor(reader, { ...objectOf(line['prices']), ...objectOf(line['totals']) }, 'line_total', path);
      // What was paid for the line: `prices` are before coupons, as the order's snippet and the REST API have them after.
      return { ...product, price: currency && whole !== undefined ? +(whole / quantity).toFixed(6) : price };
    }),
  });
}

const methods = { view: 'view', cart: 'cart', remove_from_cart: 'removeFromCart' } as const;

/**
 * Calls for what WooCommerce's pages, blocks and APIs tell.
 *
 * @param payload A `WooCommercePayload`: which event it is stands in none of WooCommerce's objects.
 */
export function mapWooCommerce(payload: unknown, { productId = 'id' }: WooCommerceMapping = {}): Mapping {
  const reasons: string[] = [];
  try {
    const { type, product, order, quantity } = objectOf(payload);
    const reader = createReader(`${type}`, reasons);
    if (type === 'purchase') {
      const found = objectOf(order);
      // Nothing was bought, or no longer.
      if (/^(failed|cancelled|refunded|trash|auto-draft|checkout-draft)$/.test(`${found['status']}`)) return nothing;
      return { calls: found['line_items'] ? restOrder(reader, found, productId) : storeOrder(reader, found), reasons };
    }
    if (!/^(view|cart|remove_from_cart)$/.test(`${type}`)) return nothing;
    const read = productOf(reader, objectOf(product), 'product', quantity, productId);
    return { calls: read ? [[methods[type as keyof typeof methods], read]] : [], reasons };
  } catch {
    return { calls: [], reasons: [...reasons, 'woocommerce: an event that cannot be read'] };
  }
}

/** The parts of the page's globals that are used. */
interface Page {
  readonly jQuery?: (element: unknown) => Record<'on' | 'off', (events: string, listener: unknown) => void>;
  readonly wp?: {
    readonly hooks?: {
      addAction(name: string, namespace: string, listener: (detail: unknown) => void): void;
      removeAction(name: string, namespace: string): void;
    };
  };
  /** https://github.com/WordPress/wp-consent-level-api */
  readonly consent_api?: { readonly cookie_prefix?: string };
  readonly wp_consent_type?: string;
  readonly wp_fallback_consent_type?: string;
}

const prefix = 'experimental__woocommerce_blocks-cart-';
const namespace = 'rastro/woocommerce';
const printed = 'script.rastro-woocommerce';

/**
 * Tells what the shopper puts into the cart and takes out of it, in classic themes and in blocks, and what the page prints
 * for it: `<script type="application/json" class="rastro-woocommerce">`.
 */
export function woocommerce<P extends Properties = Properties>({
  productId = 'id',
  consent: category = 'statistics',
}: WooCommerceOptions = {}): Plugin<P> {
  return {
    setup(tracker) {
      const page = globalThis as Page;
      const undo: (() => void)[] = [];
      const tell = (payload: unknown): void => play(tracker, 'woocommerce', mapWooCommerce(payload, { productId }));
      const listen = (target: EventTarget, type: string, listener: (event: never) => void, capture = false): void => {
        target.addEventListener(type, listener as (event: Event) => void, capture);
        undo.push(() => target.removeEventListener(type, listener as (event: Event) => void, capture));
      };

      /** A button or link tells its product by `data-product_id`, or as the value of a form's button. */
      const tellOf = (type: string, element: HTMLElement | undefined): void => {
        if (!element) return;
        const { product_id, product_sku, quantity } = element.dataset;
        const id = product_id ?? (element as HTMLButtonElement).value;
        tell({ type, product: { id, sku: product_sku }, quantity });
      };
      const added = (_event: unknown, _fragments: unknown, _hash: unknown, button?: ArrayLike<HTMLElement>): void =>
        tellOf('cart', button?.[0]);
      const removed = (_event: unknown, _fragments: unknown, _hash: unknown, button?: ArrayLike<HTMLElement>): void =>
        tellOf('remove_from_cart', button?.[0]);

      /** Buttons of blocks that were clicked: the event that follows when the product is in the cart does not say which. */
      let clicked: HTMLElement[] = [];
      const click = ({ target }: Event): void => {
        const at = (selector: string): HTMLElement | null => (target as Element).closest?.(selector) ?? null;
        const button = at('.add_to_cart_button.wc-interactive[data-product_id]');
        if (button) clicked.push(button);
        const link = at('.woocommerce-cart-form .remove[data-product_id]');
        if (link) tellOf('remove_from_cart', link);
      };
      const confirmed = (): void => {
        for (const button of clicked) tellOf('cart', button);
        clicked = [];
      };
      /** The form of a product page that is sent as a whole page: a theme that sends it by script tells of it afterwards. */
      const submit = (event: Event): void => {
        const form = event.target as HTMLFormElement;
        if (event.defaultPrevented || !form.matches?.('form.cart')) return;
        const field = (name: string): string | undefined =>
          form.querySelector<HTMLInputElement>(`[name="${name}"]`)?.value || undefined;
        const id = field('product_id') ?? field('add-to-cart');
        const variation = field('variation_id');
        // Of a grouped product the products in it are bought, each with a quantity of its own: `quantity[12]`.
        if (id && variation !== '0' && !form.querySelector('[name^="quantity["]'))
          tell({
            type: 'cart',
            product: { id: variation ?? id, parent: variation && id },
            quantity: field('quantity'),
          });
      };

      let state: Consent | undefined;
      tracker.on((type, detail) => {
        if (type === 'consent') state = detail;
      });
      const decide = (next: Consent): void => {
        if (state !== next) tracker.consent(next);
      };
      const consent = ({ detail }: { detail?: unknown } = {}): void => {
        const name = `${page.consent_api?.cookie_prefix}_${category}`;
        const chosen =
          objectOf(detail)[category as string] ??
          document.cookie
            .split('; ')
            .find((cookie) => cookie.startsWith(`${name}=`))
            ?.slice(name.length + 1);
        const type = page.wp_consent_type ?? page.wp_fallback_consent_type;
        if (chosen) decide(chosen === 'allow' ? 'granted' : 'denied');
        else if (!page.consent_api || !type) return;
        // Nothing is chosen yet: what is so by default does not undo what the browser asks for.
        else if (state !== 'denied') decide(type.includes('optout') ? 'granted' : 'pending');
      };

      const attached = new Set<unknown>();
      /** Scripts of the page come in any order: what is not there yet is looked for again when it has loaded. */
      const attach = (): void => {
        if (category) consent();
        const { jQuery } = page;
        const hooks = page.wp?.hooks;
        if (jQuery && !attached.has(jQuery) && document.body) {
          attached.add(jQuery);
          const body = jQuery(document.body);
          body.on('added_to_cart', added);
          body.on('removed_from_cart', removed);
          undo.push(() => {
            body.off('added_to_cart', added);
            body.off('removed_from_cart', removed);
          });
        }
        if (hooks && !attached.has(hooks)) {
          attached.add(hooks);
          hooks.addAction(`${prefix}add-item`, namespace, (detail) => tell({ ...objectOf(detail), type: 'cart' }));
          hooks.addAction(`${prefix}remove-item`, namespace, (detail) =>
            tell({ ...objectOf(detail), type: 'remove_from_cart' }),
          );
          undo.push(() => {
            hooks.removeAction(`${prefix}add-item`, namespace);
            hooks.removeAction(`${prefix}remove-item`, namespace);
          });
        }
        if (document.readyState === 'loading') return;
        for (const script of document.querySelectorAll(printed)) {
          if (attached.has(script)) continue;
          attached.add(script);
          try {
            tell(JSON.parse(script.textContent ?? ''));
          } catch {
            play(tracker, 'woocommerce', { calls: [], reasons: [`${printed} is not JSON`] });
          }
        }
      };

      listen(document, 'click', click, true);
      listen(document, 'wc-blocks_added_to_cart', confirmed);
      listen(globalThis as unknown as EventTarget, 'submit', submit);
      listen(document, 'DOMContentLoaded', attach);
      listen(globalThis as unknown as EventTarget, 'load', attach);
      if (category) {
        listen(document, 'wp_consent_type_defined', consent);
        listen(document, 'wp_listen_for_consent_change', consent);
      }
      attach();
      return () => {
        for (const end of undo) end();
      };
    },
  };
}
