import type { Plugin, Product, Properties } from '../types.js';
import { type Call, createReader, listOf, type Mapping, nothing, objectOf, play, type Reader } from './adapter.js';

export type { Call, Mapping } from './adapter.js';

export interface SalesforceOptions {
  /**
   * Whether an activity's `userId` tells who the customer is. `false`: the shop calls `identify` itself.
   *
   * @default true
   */
  identify?: boolean | undefined;
}

/** `POST {host}/v3/activities/{site}/{activity}`, at Einstein's host or through a proxy of the shop's own. */
const activityUrl = /\/v3\/activities\/[^/?#]+\/(\w+)\/?(?:[?#]|$)/;
/** A cart that tells of more at once is no shopper's. */
const maxLines = 500;

/** @param masters Ids of products by those of their variants: Einstein's cart knows variants alone. */
function productOf(
  reader: Reader,
  value: unknown,
  at: string,
  masters: ReadonlyMap<string, string> | undefined,
): Product | undefined {
  const product = objectOf(value);
  const id = reader.id(product['id'], `${at}.id`);
  if (!id) return reader.refuse(at, ': no id');
  const master = masters?.get(id);
  return {
    product_id: master ?? id,
    sku: reader.id(product['sku'], `${at}.sku`) ?? (master && id),
    price: reader.amount(product['price'], `${at}.price`),
    quantity: reader.quantity(product['quantity'], `${at}.quantity`),
  };
}

function callsOf(
  activity: unknown,
  body: ReturnType<typeof objectOf>,
  reader: Reader,
  masters: ReadonlyMap<string, string> | undefined,
): Call[] {
  if (activity === 'viewProduct') {
    const product = productOf(reader, body['product'], 'product', undefined);
    return product ? [['view', product]] : [];
  }
  const found = listOf(body['products']);
  if (!found.length) reader.refuse('', 'no products');
  if (found.length <= maxLines)
    return found.flatMap((item, at): Call[] => {
      const product = productOf(reader, item, `products[${at}]`, masters);
      return product ? [['cart', product]] : [];
    });
  reader.refuse('products', `: more than ${maxLines} lines`);
  return [];
}

/**
 * What one activity that is sent to Einstein tells.
 *
 * @param payload `{ activity, body }`: the last part of the request's path, and its JSON body, read.
 * @param masters Ids of products by those of their variants, as views told them: a line of the cart that names a variant
 *   gets its product's id.
 */
export function mapSalesforce(payload: unknown, masters?: ReadonlyMap<string, string>): Mapping {
  const reasons: string[] = [];
  try {
    const { activity, body } = objectOf(payload);
    if (activity !== 'viewProduct' && activity !== 'addToCart') return nothing;
    const reader = createReader(activity, reasons);
    const fields = objectOf(body);
    const calls = callsOf(activity, fields, reader, masters);
    const customer = calls[0] && reader.id(fields['userId'], 'userId');
    if (!customer) return { calls, reasons };
    if (!customer.includes('@')) return { calls: [['identify', customer], ...calls], reasons };
    // It names a person to whoever reads the stream, and Einstein's documentation forbids it.
    reader.refuse('userId', ': an e-mail address is no id');
    return { calls, reasons };
  } catch {
    return { calls: [], reasons: [...reasons, 'the activity cannot be read'] };
  }
}

/** Tracks the activities that a storefront of the PWA Kit sends to Einstein, by watching `fetch`. */
export function salesforce<P extends Properties = Properties>({ identify = true }: SalesforceOptions = {}): Plugin<P> {
  return {
    setup(tracker) {
      const masters = new Map<string, string>();
      let stopped = false;
      const original = window.fetch;

      const hear = (input: unknown, body: unknown): void => {
        const [, activity] = activityUrl.exec(`${input}`) ?? [];
        if (stopped || !activity || typeof body !== 'string') return;
        const { calls, reasons } = mapSalesforce({ activity, body: JSON.parse(body) }, masters);
        for (const [method, { product_id, sku }] of calls as [string, Partial<Product>][])
          if (method === 'view' && sku) masters.set(sku, product_id as string);
        play(tracker, 'salesforce', { calls: calls.filter(([method]) => identify || method !== 'identify'), reasons });
      };
      const observed: typeof fetch = function (this: unknown, ...request) {
        // The request leaves first, as it is: nothing here delays or changes it.
        const answer = original.apply(this as typeof globalThis, request);
        try {
          hear(request[0], request[1]?.body);
        } catch {
          // Whatever cannot be read is no activity.
        }
        return answer;
      };
      window.fetch = observed;
      return () => {
        stopped = true;
        // Somebody else may have wrapped it since: then ours stays below theirs, and only passes on.
        if (window.fetch === observed) window.fetch = original;
      };
    },
  };
}
