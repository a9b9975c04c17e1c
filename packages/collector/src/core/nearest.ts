/** Longer than any name of the contract: what is longer is no slip of the pen, and comparing it would cost time. */
export const maxLength = 64;

/**
 * What other libraries call our fields, written as `squash` writes them. Sources: GA4
 * (https://developers.google.com/analytics/devguides/collection/ga4/reference/events) and Segment
 * (https://segment.com/docs/connections/spec/ecommerce/v2/).
 */
const fieldAliases: Readonly<Record<string, string>> = {
  itemid: 'product_id',
  itemname: 'product_name',
  name: 'product_name',
  itembrand: 'brand',
  itemcategory: 'category_code',
  itemvariant: 'sku',
  variant: 'sku',
  unitprice: 'price',
  qty: 'quantity',
  products: 'items',
  lineitems: 'items',
  transactionid: 'order_id',
  total: 'order_total',
  revenue: 'order_total',
  value: 'order_total',
  userid: 'customer_id',
  anonymousid: 'device_id',
  clientid: 'device_id',
  timestamp: 'event_time',
  event: 'event_type',
  type: 'event_type',
  url: 'page_url',
  referrer: 'page_referrer',
  title: 'page_title',
};

/**
 * What other libraries call our event types: GA4, Segment, and the pixels of Meta
 * (https://developers.facebook.com/docs/meta-pixel/reference) and Shopify
 * (https://shopify.dev/docs/api/web-pixels-api/standard-events).
 */
const typeAliases: Readonly<Record<string, string>> = {
  pageview: 'view',
  page: 'view',
  viewitem: 'view',
  viewproduct: 'view',
  productview: 'view',
  productviewed: 'view',
  viewcontent: 'view',
  addtocart: 'cart',
  add: 'cart',
  productadded: 'cart',
  productaddedtocart: 'cart',
  remove: 'remove_from_cart',
  productremoved: 'remove_from_cart',
  productremovedfromcart: 'remove_from_cart',
  order: 'purchase',
  ordercompleted: 'purchase',
  checkoutcompleted: 'purchase',
  transaction: 'purchase',
  buy: 'purchase',
};

/**
 * The field that was meant by a name that is none.
 *
 * @param properties The fields that are allowed there, by name. Keep the object: what is derived from it is kept with it.
 */
export function nearestField(name: string, properties: Readonly<Record<string, unknown>>): string | undefined {
  return nearest(name, namesOf(properties), fieldAliases);
}

/** The event type that was meant by a value that is none. @param types All types there are. */
export function nearestEventType(value: unknown, types: readonly string[]): string | undefined {
  return typeof value === 'string' ? nearest(value, types.map(toName), typeAliases) : undefined;
}

/** A sentence to add to a message, with a blank before it; nothing when there is no suggestion. */
export const didYouMean = (suggestion: string | undefined): string =>
  suggestion === undefined ? '' : ` Did you mean ${suggestion}?`;

interface Name {
  readonly name: string;
  readonly squashed: string;
  /** Which letters it has: one bit each. */
  readonly letters: number;
}
/** Case and separators are how languages differ: `productId`, `Product-ID` and `product_id` are one name. */
const squash = (name: string): string => name.toLowerCase().replace(/[\s_.-]/g, '');
const toName = (name: string): Name => {
  const squashed = squash(name);
  return { name, squashed, letters: lettersOf(squashed) };
};

function lettersOf(text: string): number {
  let letters = 0;
  for (let at = 0; at < text.length; at++) letters |= 1 << (text.charCodeAt(at) & 31);
  return letters;
}
function countBits(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count++;
  return count;
}

/** A hostile event has thousands of unknown fields: the names of a schema are prepared once. */
const prepared = new WeakMap<object, readonly Name[]>();
function namesOf(properties: Readonly<Record<string, unknown>>): readonly Name[] {
  let names = prepared.get(properties);
  if (!names) {
    names = Object.keys(properties).map(toName);
    prepared.set(properties, names);
  }
  return names;
}

function nearest(given: string, names: readonly Name[], aliases: Readonly<Record<string, string>>): string | undefined {
  if (given.length > maxLength) return undefined;
  const wanted = squash(given);
  if (wanted === '') return undefined;
  const alias = Object.hasOwn(aliases, wanted) ? aliases[wanted] : undefined;
  const letters = lettersOf(wanted);
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of names) {
    const { name, squashed } = candidate;
    if (squashed === wanted) return name;
    // A third of the letters, at most three: beyond that, two names are two names.
    const most = Math.min(3, Math.floor(Math.max(squashed.length, wanted.length) / 3), least - 1);
    let found = 0;
    if (name !== alias) {
      // Each letter that only one of them has takes a step. That settles nearly all, and is a fraction of the work.
      if (Math.abs(squashed.length - wanted.length) > most) continue;
      if (countBits(letters & ~candidate.letters) > most || countBits(candidate.letters & ~letters) > most) continue;
      found = distance(wanted, squashed, most);
    }
    if (found <= most) {
      best = name;
      least = found;
    }
  }
  return best;
}

/** Rows of the table below, used again and again; they are as long as a name of ours. */
const rows = [new Uint8Array(maxLength + 1), new Uint8Array(maxLength + 1), new Uint8Array(maxLength + 1)] as const;

/**
 * How many letters to insert, remove, replace or swap with their neighbour to make one text of the other (optimal string
 * alignment).
 *
 * @param b At most `maxLength` characters.
 * @param most Distances above it are not told apart.
 * @returns More than `most` where it takes more.
 */
export function distance(a: string, b: string, most: number): number {
  let [before, previous, current] = rows;
  for (let column = 0; column <= b.length; column++) previous[column] = column;
  for (let row = 1; row <= a.length; row++) {
    current[0] = row;
    let least = row;
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = (previous[column - 1] as number) + (same ? 0 : 1);
      cost = Math.min(cost, (previous[column] as number) + 1, (current[column - 1] as number) + 1);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, (before[column - 2] as number) + 1);
      }
      current[column] = cost;
      if (cost < least) least = cost;
    }
    // A swap looks two rows back; the least of a row is at most one above that of the row before it.
    if (least > most + 1) return most + 1;
    [before, previous, current] = [previous, current, before];
  }
  return previous[b.length] as number;
}
