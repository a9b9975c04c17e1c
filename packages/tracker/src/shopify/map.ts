import { type Call, createReader, type Json, type Mapping, objectOf } from '../plugins/adapter.js';
import type { Product } from '../types.js';

/**
 * `gid://shopify/Product/123` is 123: the storefront writes ids bare, the checkout either way (an order's as
 * `gid://shopify/OrderIdentity/…`), Admin webhooks both ways. So one thing has one id everywhere.
 */
export const bareId = (id: unknown): unknown => (typeof id === 'string' ? id.replace(/^gid:.*\//, '') : id);

/** The list, or an empty one for anything else. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/**
 * A product variant, at the price it was charged at; none without an id.
 *
 * @param what Names the event and the place in it, in front of each reason.
 * @param total What all units together cost; where that is not said, the price is the variant's own, less
 * @param off what was taken off all units. @default 0
 */
function productsOf(reasons: string[], what: string, of: unknown, units: unknown, total: unknown, off = 0): Product[] {
  const reader = createReader(what, reasons);
  const { id, product, price } = objectOf(of);
  const { id: productId, title, vendor, type } = objectOf(product);
  const product_id = reader.id(bareId(productId), 'product.id');
  const quantity = reader.quantity(units, 'quantity') as number;
  const whole = quantity && reader.amount(objectOf(total)['amount'], 'total');
  const { amount, currencyCode } = objectOf(whole === undefined ? price : total);
  return product_id
    ? [
        {
          product_id,
          // Not `variant.sku`, which merchants leave empty, change, and give to several variants.
          sku: reader.id(bareId(id), 'id'),
          product_name: reader.text(title, 'title'),
          category_code: reader.category([type], 'type'),
          brand: reader.text(vendor, 'vendor', 128),
          // To 6 decimals: these times the quantity, rounded as the currency is, are the total again.
          price: reader.amount(
            whole === undefined ? (off === 0 ? amount : (amount as number) - off / quantity) : whole / quantity,
            'price',
          ),
          currency: reader.currency(currencyCode, 'currencyCode'),
          quantity,
        },
      ]
    : (reader.refuse('', 'no product id') ?? []);
}

function purchaseOf(reasons: string[], what: string, checkout: Json): Call[] {
  const reader = createReader(what, reasons);
  const { currencyCode, delivery, discountApplications, lineItems, order, shippingLine, token } = checkout;
  const { id, customer } = objectOf(order);
  // More lines than the collector takes are not looked at: there are too many.
  const items = listOf(lineItems)
    .slice(0, 501)
    .flatMap((line, at) => {
      const { variant, quantity, finalLinePrice, discountAllocations } = objectOf(line);
      const off = listOf(discountAllocations).reduce(
        (sum: number, each) => sum + (objectOf(objectOf(each)['amount'])['amount'] as number),
        0,
      );
      return productsOf(reasons, `${what}: lineItems[${at}]`, variant, quantity, finalLinePrice, off);
    });
  const money = (value: unknown, path: string): number | undefined => reader.amount(objectOf(value)['amount'], path);
  const [option, another] = listOf(objectOf(delivery)['selectedDeliveryOptions']);
  const codes = listOf(discountApplications)
    .map(objectOf)
    // `code` until 2024.
    .flatMap(({ type, title }) => (/code$/i.test(type as string) ? title : []));
  const customerId = reader.id(bareId(objectOf(customer)['id']), 'order.customer.id');
  const calls = reader.purchase({
    order_id: reader.id(bareId(id || token), 'order.id'),
    items,
    currency: reader.currency(currencyCode, 'currencyCode'),
    order_total: money(checkout['totalPrice'], 'totalPrice'),
    tax: money(checkout['totalTax'], 'totalTax'),
    shipping: money(
      // What a code for free shipping took off is not within the total.
      (!another && objectOf(option)['costAfterDiscounts']) || objectOf(shippingLine)['price'],
      'shippingLine.price',
    ),
    // Several as Shopify's own links have them.
    coupon: reader.text(codes.join(), 'discountApplications', 128),
  });
  return customerId && calls[0] ? [['identify', customerId], ...calls] : calls;
}

/**
 * What a standard event of Shopify's Web Pixels API tells. Never throws.
 *
 * @param event `{ name, data, … }`, as `analytics.subscribe` gives it.
 */
export function mapShopify(event: unknown): Mapping {
  const reasons: string[] = [];
  let calls: Call[] = [];
  try {
    const { name, data } = objectOf(event);
    const { productVariant, cartLine, checkout } = objectOf(data);
    const { merchandise, quantity, cost } = objectOf(cartLine);
    const products = (of: unknown): Product[] =>
      productsOf(reasons, `${name}`, of, quantity, objectOf(cost)['totalAmount']);
    if (name === 'product_viewed') calls = products(productVariant).map((product) => ['view', product]);
    if (name === 'product_added_to_cart') calls = products(merchandise).map((product) => ['cart', product]);
    if (name === 'product_removed_from_cart')
      calls = products(merchandise).map((product) => ['removeFromCart', product]);
    if (name === 'checkout_completed') calls = purchaseOf(reasons, name, objectOf(checkout));
  } catch {
    reasons.push('cannot be read');
  }
  return { calls, reasons };
}
