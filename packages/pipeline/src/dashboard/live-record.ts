/** A record as the live feed tells it: what one line for people needs. Absent fields are left out. */
export interface LiveRecord {
  readonly event_time?: string;
  readonly event_type?: string;
  /** Its name, else its id. */
  readonly product?: string;
  /** `category_code`, else `category_id`. */
  readonly category?: string;
  readonly brand?: string;
  readonly price?: number | string;
  readonly currency?: string;
  readonly quantity?: number;
  /** Customer, else device, else session: the last six characters of it, which tell visitors apart and name nobody. */
  readonly user?: string;
  readonly site?: string;
  readonly is_bot?: boolean;
}

/** Longest text of a field. The feed is to be read, not to be kept. */
const longest = 128;
/** Ids made at the same time begin alike: the end tells them apart. */
const userLength = 6;

/** @param record As it is on the stream, or anything else: what is not of its type is left out. */
export function toLiveRecord(record: Readonly<Record<string, unknown>>): LiveRecord {
  const text = (...names: readonly string[]): string | undefined => {
    for (const name of names) {
      const value = record[name];
      if (typeof value === 'string' && value !== '')
        return value.length > longest ? `${value.slice(0, longest)}…` : value;
    }
    return undefined;
  };
  const { price, quantity, is_bot: isBot } = record;
  const id = text('customer_id', 'device_id', 'session_id');
  const fields: { [Name in keyof LiveRecord]: LiveRecord[Name] | undefined } = {
    event_time: text('event_time'),
    event_type: text('event_type'),
    product: text('product_name', 'product_id'),
    category: text('category_code', 'category_id'),
    brand: text('brand'),
    price: typeof price === 'number' ? price : text('price'),
    currency: text('currency'),
    quantity: typeof quantity === 'number' ? quantity : undefined,
    user: id !== undefined && id.length > userLength ? `…${id.slice(-userLength)}` : id,
    site: text('site'),
    is_bot: typeof isBot === 'boolean' ? isBot : undefined,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as LiveRecord;
}
