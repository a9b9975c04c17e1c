// Events of GA4's ecommerce, as the dataLayer, gtag() and FastStore tell them: a name, parameters, and a list of items.
// https://developers.google.com/analytics/devguides/collection/ga4/reference/events

import type { Product } from '../types.js';
import { type Call, createReader, type Json, listOf, type Mapping, objectOf } from './adapter.js';

export interface Ga4ItemOptions {
  /** Decimal separator of amounts that are text. With `,` they may have dots between thousands. @default '.' */
  decimal?: '.' | ',' | undefined;
  /** Name of the item's parameter that is its SKU, such as `item_variant`. @default none: GA4 has none */
  sku?: string | undefined;
  /**
   * Name of the purchase's parameter that is all the customer pays, taxes and shipping included: `value` where the shop fills
   * it so. Google's `value` is without both. @default none
   */
  total?: string | undefined;
}

/** Names of the events that are tracked. A map: names come from the page, and an object knows `constructor`. */
export const methods: ReadonlyMap<unknown, 'view' | 'cart' | 'removeFromCart' | 'purchase'> = new Map([
  ['view_item', 'view'],
  ['add_to_cart', 'cart'],
  ['remove_from_cart', 'removeFromCart'],
  ['purchase', 'purchase'],
]);

/** The adapters' own bound of lines; Google takes 200. */
const maxItems = 500;

/**
 * The calls of one event.
 *
 * @param what Name of the event, for reasons.
 * @param at Gives a parameter of the event by its name in GA4; it may throw.
 * @param list Name of the list of items: items of Universal Analytics have other names for the same, and are read too.
 */
export function mapEvent(
  what: string,
  method: 'view' | 'cart' | 'removeFromCart' | 'purchase',
  at: (name: string) => unknown,
  { decimal, sku, total }: Ga4ItemOptions = {},
  list = 'items',
): Mapping {
  const reasons: string[] = [];
  const reader = createReader(what, reasons);
  const { id, text, refuse } = reader;
  const amount = (value: unknown, path: string): number | undefined => {
    if (decimal !== ',' || typeof value !== 'string' || !value) return reader.amount(value, path);
    return /^\s*(\d+|\d{1,3}(\.\d{3})+)(,\d+)?\s*$/.test(value)
      ? reader.amount(value.replaceAll('.', '').replace(',', '.'), path)
      : refuse(path, `: "${value.slice(0, 60)}" is not a number with a decimal comma`);
  };
  const assumesOne = method !== 'view' && list === 'items';
  const product = (item: Json, path: string): Product | undefined => {
    const name = item['item_name'] ?? item['name'];
    // Google asks for one of id and name: a product without an id is known by its name.
    const product_id = id(item['item_id'] || item['id'] || name, `${path}.item_id`);
    if (!product_id) return refuse(path, ': no product id');
    const code = item['currency'] || at('currency');
    const paidIn = item['currency'] ? reader.currency(code, `${path}.currency`) : currency;
    return {
      product_id,
      sku: sku && id(item[sku], `${path}.${sku}`),
      product_name: text(name, `${path}.item_name`),
      brand: text(item['item_brand'] ?? item['brand'], `${path}.item_brand`, 128),
      category_id: id(item['item_category_id'], `${path}.item_category_id`),
      category_code: reader.category(
        item['item_category'] || typeof item['category'] !== 'string'
          ? ['', 2, 3, 4, 5].map((level) => item[`item_category${level}`])
          : item['category'].split('/'),
        `${path}.item_category`,
      ),
      // A price in a currency that cannot be read is none.
      price: code && !paidIn ? undefined : amount(item['price'], `${path}.price`),
      currency: paidIn ?? currency,
      // "If not set, quantity is set to 1", in GA4.
      quantity: reader.quantity(item['quantity'] ?? (assumesOne ? 1 : undefined), `${path}.quantity`),
    };
  };
  let calls: Call[] = [];
  let currency: string | undefined;
  try {
    currency = reader.currency(at('currency'), 'currency');
    const items = listOf(at('items'));
    const products = items.slice(0, maxItems + 1).flatMap((item, index) => {
      const path = `${list}[${index}]`;
      try {
        return product(objectOf(item), path) ?? [];
      } catch {
        return refuse(path, ' cannot be read') ?? [];
      }
    });
    if (method === 'purchase') {
      // Of the lines, where they say another than the order: what is paid for all of it is then in one nobody knows.
      const orderCurrency = products[0]?.currency;
      const same = currency === orderCurrency || !currency || !orderCurrency;
      if (!same) refuse('currency', `: is ${currency}, that of the ${list} is ${orderCurrency}`);
      const paid = (name: string | undefined) => (name && same ? amount(at(name), name) : undefined);
      calls = reader.purchase({
        order_id: id(at('transaction_id'), 'transaction_id'),
        currency: orderCurrency,
        items: products,
        order_total: paid(total),
        tax: paid('tax'),
        shipping: paid('shipping'),
        coupon: text(at('coupon'), 'coupon', 128),
      });
    } else if (!items[0]) refuse('', `no ${list}`);
    else if (items.length > maxItems) refuse('', `more than ${maxItems} ${list}`);
    else calls = products.map((item) => [method, item] as const);
  } catch {
    refuse('', 'cannot be read');
  }
  return { calls, reasons };
}
