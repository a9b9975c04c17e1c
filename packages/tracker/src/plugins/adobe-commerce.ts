import type { Plugin, Product, Properties } from '../types.js';
import {
  type Call,
  createReader,
  type Json,
  listOf,
  type Mapping,
  nothing,
  objectOf,
  play,
  type Reader,
} from './adapter.js';

export type { Call, Mapping } from './adapter.js';

export interface AdobeCommerceOptions {
  /**
   * Holds events in memory while the cookie `mg_dnt` is there, which Adobe's data services set until the shopper has
   * accepted cookies. `false`: consent is told by other means.
   *
   * @default true
   */
  consent?: boolean;
}

/** The part of https://github.com/adobe/adobe-client-data-layer that is used. */
interface DataLayer {
  push(item: unknown): unknown;
  addEventListener(type: string, listener: (event: unknown) => void): void;
  removeEventListener(type: string, listener: (event: unknown) => void): void;
  getState(): unknown;
}

const ours = /^(product-page-view|add-to-cart|remove-from-cart|place-order|sign-in|create-account|sign-out)$/;
/** Lines that are read of one event: one more than an order may have, so that it is refused. */
const maxLines = 501;

/**
 * @param item A line of a cart. A product that is looked at stands in no cart: then without `prices`.
 * @param at Path of the product.
 */
function productOf(reader: Reader, item: Json, at: string, currency: string | undefined): Product | undefined {
  const product = objectOf(item['product']);
  const sku = reader.id(product['sku'], `${at}.sku`);
  const product_id =
    reader.id(product['topLevelSku'], `${at}.topLevelSku`) ?? sku ?? reader.id(product['productId'], `${at}.productId`);
  if (!product_id) return reader.refuse(at, ': neither topLevelSku nor sku');
  // A line's price is what it costs there; a product's own price is what it costs elsewhere.
  const paid = objectOf(objectOf(item['prices'])['price']);
  const pricing = objectOf(product['pricing']);
  const [price, code] =
    paid['value'] == null
      ? [pricing['specialPrice'] ?? pricing['regularPrice'], pricing['currencyCode']]
      : [paid['value'], paid['currency']];
  const named = reader.currency(code, `${at}: currency`);
  const categories = listOf(product['categories']);
  return {
    product_id,
    sku,
    product_name: reader.text(product['name'], `${at}.name`),
    // In no order: which of several is the deepest, nothing tells.
    category_id: categories.length === 1 ? reader.id(categories[0], `${at}.categories[0]`) : undefined,
    // A price in a currency that cannot be read is none.
    price: code && !named ? undefined : reader.amount(price, `${at}: price`),
    currency: named ?? (code ? undefined : currency),
    quantity: reader.quantity(item['quantity'], `${at}: quantity`),
  };
}

function linesOf(reader: Reader, context: Json, path: string, currency: string | undefined): Product[] {
  return listOf(context['items'])
    .slice(0, maxLines)
    .flatMap((item, at) => productOf(reader, objectOf(item), `${path}.items[${at}].product`, currency) ?? []);
}

function callsOf(event: unknown, info: Json, reader: Reader): Call[] {
  const currency = reader.currency(
    objectOf(info['storefrontInstanceContext'])['storeViewCurrencyCode'],
    'storefrontInstanceContext.storeViewCurrencyCode',
  );
  switch (event) {
    case 'product-page-view': {
      const product = productOf(reader, { product: info['productContext'] }, 'productContext', currency);
      return product ? [['view', product]] : [];
    }
    case 'add-to-cart':
    case 'remove-from-cart': {
      // shoppingCartContext is the whole cart, not what was added.
      const lines = linesOf(reader, objectOf(info['changedProductsContext']), 'changedProductsContext', currency);
      if (!lines[0]) reader.refuse('changedProductsContext.items', ': no product');
      return lines.map((line) => [event === 'add-to-cart' ? 'cart' : 'removeFromCart', line]);
    }
    case 'place-order': {
      const order = objectOf(info['orderContext']);
      const items = linesOf(reader, objectOf(info['shoppingCartContext']), 'shoppingCartContext', currency);
      const [line] = items;
      // The collector takes no order in another currency than its lines.
      const known = !line?.currency || !currency || line.currency === currency;
      if (!known) reader.refuse('orderContext', `: amounts in ${currency}, lines in ${line?.currency}`);
      const amount = (value: unknown, name: string): number | undefined =>
        known ? reader.amount(value, `orderContext.${name}`) : undefined;
      const taxes = [amount(order['salesTax'], 'salesTax'), amount(order['otherTax'], 'otherTax')];
      return reader.purchase({
        order_id: reader.id(order['orderId'], 'orderContext.orderId'),
        order_total: amount(order['grandTotal'], 'grandTotal'),
        tax:
          amount(order['taxAmount'], 'taxAmount') ??
          (taxes[0] === undefined ? undefined : +(taxes[0] + (taxes[1] ?? 0)).toFixed(6)),
        shipping: amount(objectOf(order['shipping'])['shippingAmount'], 'shipping.shippingAmount'),
        coupon: reader.id(order['appliedCouponCode'], 'orderContext.appliedCouponCode'),
        currency: line?.currency ?? currency,
        items,
      });
    }
    default:
      return [];
  }
}

/** Who the event says the shopper is: the shop's own id of the account, never an e-mail address. */
function customerOf(event: unknown, info: Json, reader: Reader): Call[] {
  if (event === 'sign-out') return [['identify', null]];
  // After a sign-out the account may still stand in the data layer.
  const known =
    /^(sign-in|create-account)$/.test(String(event)) || objectOf(info['shopperContext'])['shopperId'] === 'logged-in';
  const id = known && reader.id(objectOf(info['accountContext'])['accountId'], 'accountContext.accountId');
  if (!id) return [];
  if (!id.includes('@')) return [['identify', id]];
  reader.refuse('accountContext.accountId', ': is an e-mail address');
  return [];
}

/**
 * Calls for an event of the Adobe Commerce storefront events SDK
 * (https://github.com/adobe/commerce-events/tree/main/packages/storefront-events-sdk).
 *
 * @param payload `{ event, eventInfo }`, as the SDK pushes it to the Adobe Client Data Layer, with all contexts in `eventInfo`.
 */
export function mapAdobeCommerce(payload: unknown): Mapping {
  const reasons: string[] = [];
  try {
    const { event, eventInfo } = objectOf(payload);
    if (!ours.test(`${event}`)) return nothing;
    const reader = createReader(`${event}`, reasons);
    const info = objectOf(eventInfo);
    return { calls: [...customerOf(event, info, reader), ...callsOf(event, info, reader)], reasons };
  } catch {
    return { calls: [], reasons: [...reasons, 'adobe-commerce: an event that cannot be read'] };
  }
}

/** The SDK is not in the page yet, or never: what is pushed to the list is called once the data layer is there. */
const dataLayer = (): DataLayer => {
  const page = globalThis as { adobeDataLayer?: unknown };
  page.adobeDataLayer ??= [];
  return page.adobeDataLayer as DataLayer;
};

/**
 * Tells what the storefront events SDK of Adobe Commerce tells, from `window.adobeDataLayer`: what was pushed before, too.
 */
export function adobeCommerce<P extends Properties = Properties>({
  consent = true,
}: AdobeCommerceOptions = {}): Plugin<P> {
  return {
    setup(tracker) {
      let layer: DataLayer | undefined;
      let stopped = false;
      /** Events of before: the contexts of now are not theirs. */
      let past = true;
      let customer: unknown;
      let state: string | undefined;
      let held = false;

      /** Only what Adobe's cookie holds back is let go when the cookie is gone. */
      const check = (): void => {
        if (!consent) return;
        const restricted = /(^|; )mg_dnt=/.test(document.cookie);
        if (restricted && state === 'granted') {
          held = true;
          tracker.consent('pending');
        } else if (!restricted && held) {
          held = false;
          if (state === 'pending') tracker.consent('granted');
        }
      };
      const hear = (pushed: unknown): void => {
        const { event, eventInfo } = objectOf(pushed);
        check();
        if (stopped || !ours.test(`${event}`)) return;
        const { storefrontInstanceContext, ...contexts } = objectOf(layer?.getState?.());
        const mapping = mapAdobeCommerce({
          event,
          // The SDK gives each event all contexts; a page that pushes by itself may not.
          eventInfo: { storefrontInstanceContext, ...(past ? {} : contexts), ...objectOf(eventInfo) },
        });
        play(tracker, 'adobe-commerce', {
          ...mapping,
          calls: mapping.calls.filter(([method, id]) => method !== 'identify' || id !== customer),
        });
        for (const [method, id] of mapping.calls) if (method === 'identify') customer = id;
      };

      tracker.on((type, detail) => {
        if (type === 'consent') state = detail;
      });
      check();
      document.addEventListener('visibilitychange', check);
      dataLayer().push((found: DataLayer) => {
        if (stopped) return;
        layer = found;
        // One listener for all events hears those of before in their order.
        layer.addEventListener('adobeDataLayer:event', hear);
        past = false;
      });
      return () => {
        stopped = true;
        document.removeEventListener('visibilitychange', check);
        layer?.removeEventListener('adobeDataLayer:event', hear);
      };
    },
  };
}
