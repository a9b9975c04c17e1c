// Generated from packages/schema/src/event.schema.ts by `npm run generate`.
/** An amount: a number, or its decimal text, which no arithmetic has touched. Never a comma. */
export type Decimal = number | `${number}`;
/** The shop’s own fields: flat, at most 32 keys and 1,024 bytes of JSON. */
export type Properties = Readonly<Record<string, string | number | boolean | null>>;
/** One line of an order. */
export interface Item {
  /**
   * The shop's id of the product.
   * Bounds: 1–128 characters.
   * @example "44600062"
   */
  readonly product_id: string;
  /**
   * The variant sold.
   * Bounds: 1–128 characters.
   * @example "44600062-RED-M"
   */
  readonly sku?: string | undefined;
  /**
   * Name of the product as shown.
   * Bounds: 1–256 characters.
   * @example "Matte lipstick"
   */
  readonly product_name?: string | undefined;
  /**
   * The deepest category of the product. First choice for the partition key.
   * Bounds: 1–128 characters.
   * @example "2053013552326770905"
   */
  readonly category_id?: string | undefined;
  /**
   * Path of the category, parts separated by dots.
   * Bounds: 1–128 characters.
   * @example "appliances.environment.water_heater"
   */
  readonly category_code?: string | undefined;
  /**
   * Brand of the product.
   * Bounds: 1–128 characters.
   * @example "shiseido"
   */
  readonly brand?: string | undefined;
  /**
   * Price charged for one unit, after discount. At most 6 decimals and 15 significant digits, so that a double holds it exactly.
   * Bounds: currency units (not cents); 0–64 characters; a number ≥ 0.
   * @example 35.79
   */
  readonly price?: Decimal | undefined;
  /**
   * Currency of every amount of the event.
   * Bounds: ISO 4217 code.
   * @example "BRL"
   * @example "USD"
   */
  readonly currency?: string | undefined;
  /**
   * Units of the product.
   * Bounds: count; ≥ 1 and ≤ 1,000,000.
   * @default 1
   * @example 2
   */
  readonly quantity?: number | undefined;
  /**
   * The shop's own fields: flat.
   * Bounds: at most 1,024 bytes of JSON; at most 32 keys.
   * @example {"gift":true,"list":"search"}
   */
  readonly properties?: Properties | undefined;
}
/** A product was looked at. */
export interface ViewEvent {
  /**
   * Identity of the event: readers count each `event_id` once. Made in the tracker (UUIDv7); for a line of an order the collector sets it from site, order, product, SKU and which occurrence of these it is (UUIDv5), so that a reloaded thank-you page is the same event.
   * Bounds: UUID, lower case.
   * @example "01936d2e-7c1a-7e3b-9f60-3a1f0c5d7e21"
   */
  readonly event_id: string;
  /**
   * What the visitor did, or what became of an order.
   * Bounds: one of `view`.
   * @example "cart"
   */
  readonly event_type: 'view';
  /**
   * When it happened. On the wire the visitor's clock in integer ms since the Unix epoch; in the record corrected by the collector when that clock is off.
   * Bounds: ms since the Unix epoch; ≥ 0 and ≤ 253,402,300,799,999.
   * @example 1795253400123
   */
  readonly event_time: number;
  /**
   * Position of the event in its session, from 1. Records of one session land on several shards: order them by this. Lines of one purchase share it.
   * Bounds: count; ≥ 1 and ≤ 2,147,483,647.
   * @example 3
   */
  readonly session_seq?: number | undefined;
  /**
   * The shop's id of the customer. Present only after `identify`.
   * Bounds: 1–128 characters.
   * @example "c-1042"
   * @example "541312140"
   */
  readonly customer_id?: string | undefined;
  /**
   * The browser: first-party id, kept 400 days.
   * Bounds: 1–128 characters.
   * @example "01936d2e-7c1a-7e3b-9f60-1b2c3d4e5f60"
   */
  readonly device_id?: string | undefined;
  /**
   * The visit: ends after 30 minutes without an event.
   * Bounds: 1–128 characters.
   * @example "01936d2e-7c1a-7e3b-9f60-aabbccddeeff"
   */
  readonly session_id?: string | undefined;
  /**
   * The shop's id of the product.
   * Bounds: 1–128 characters.
   * @example "44600062"
   */
  readonly product_id: string;
  /**
   * The variant sold.
   * Bounds: 1–128 characters.
   * @example "44600062-RED-M"
   */
  readonly sku?: string | undefined;
  /**
   * Name of the product as shown.
   * Bounds: 1–256 characters.
   * @example "Matte lipstick"
   */
  readonly product_name?: string | undefined;
  /**
   * The deepest category of the product. First choice for the partition key.
   * Bounds: 1–128 characters.
   * @example "2053013552326770905"
   */
  readonly category_id?: string | undefined;
  /**
   * Path of the category, parts separated by dots.
   * Bounds: 1–128 characters.
   * @example "appliances.environment.water_heater"
   */
  readonly category_code?: string | undefined;
  /**
   * Brand of the product.
   * Bounds: 1–128 characters.
   * @example "shiseido"
   */
  readonly brand?: string | undefined;
  /**
   * Price charged for one unit, after discount. At most 6 decimals and 15 significant digits, so that a double holds it exactly.
   * Bounds: currency units (not cents); 0–64 characters; a number ≥ 0.
   * @example 35.79
   */
  readonly price?: Decimal | undefined;
  /**
   * Currency of every amount of the event.
   * Bounds: ISO 4217 code.
   * @example "BRL"
   * @example "USD"
   */
  readonly currency?: string | undefined;
  /**
   * Units of the product.
   * Bounds: count; ≥ 1 and ≤ 1,000,000.
   * @default 1
   * @example 2
   */
  readonly quantity?: number | undefined;
  /**
   * The shop's own fields: flat.
   * Bounds: at most 1,024 bytes of JSON; at most 32 keys.
   * @example {"gift":true,"list":"search"}
   */
  readonly properties?: Properties | undefined;
  /**
   * The page, with only the allowed query parameters.
   * Bounds: 1–2048 characters.
   * @example "https://shop.example/p/44600062"
   */
  readonly page_url?: string | undefined;
  /**
   * The page before, with only the allowed query parameters.
   * Bounds: 1–2048 characters.
   * @example "https://www.google.com/"
   */
  readonly page_referrer?: string | undefined;
  /**
   * Title of the page.
   * Bounds: 1–256 characters.
   * @example "Matte lipstick | Shop"
   */
  readonly page_title?: string | undefined;
  /**
   * Campaign: source.
   * Bounds: 1–128 characters.
   * @example "newsletter"
   */
  readonly utm_source?: string | undefined;
  /**
   * Campaign: medium.
   * Bounds: 1–128 characters.
   * @example "email"
   */
  readonly utm_medium?: string | undefined;
  /**
   * Campaign: name.
   * Bounds: 1–128 characters.
   * @example "black-friday"
   */
  readonly utm_campaign?: string | undefined;
  /**
   * Campaign: paid term.
   * Bounds: 1–128 characters.
   * @example "lipstick"
   */
  readonly utm_term?: string | undefined;
  /**
   * Campaign: which link or advertisement.
   * Bounds: 1–128 characters.
   * @example "header"
   */
  readonly utm_content?: string | undefined;
  /**
   * Language of the browser.
   * Bounds: BCP 47 tag; 1–35 characters.
   * @example "pt-BR"
   */
  readonly language?: string | undefined;
  /**
   * Size of the window.
   * Bounds: CSS px, width x height; 1–11 characters.
   * @example "390x844"
   */
  readonly viewport?: string | undefined;
}
/** A product was put into the cart. */
export interface CartEvent {
  /**
   * Identity of the event: readers count each `event_id` once. Made in the tracker (UUIDv7); for a line of an order the collector sets it from site, order, product, SKU and which occurrence of these it is (UUIDv5), so that a reloaded thank-you page is the same event.
   * Bounds: UUID, lower case.
   * @example "01936d2e-7c1a-7e3b-9f60-3a1f0c5d7e21"
   */
  readonly event_id: string;
  /**
   * What the visitor did, or what became of an order.
   * Bounds: one of `cart`.
   * @example "cart"
   */
  readonly event_type: 'cart';
  /**
   * When it happened. On the wire the visitor's clock in integer ms since the Unix epoch; in the record corrected by the collector when that clock is off.
   * Bounds: ms since the Unix epoch; ≥ 0 and ≤ 253,402,300,799,999.
   * @example 1795253400123
   */
  readonly event_time: number;
  /**
   * Position of the event in its session, from 1. Records of one session land on several shards: order them by this. Lines of one purchase share it.
   * Bounds: count; ≥ 1 and ≤ 2,147,483,647.
   * @example 3
   */
  readonly session_seq?: number | undefined;
  /**
   * The shop's id of the customer. Present only after `identify`.
   * Bounds: 1–128 characters.
   * @example "c-1042"
   * @example "541312140"
   */
  readonly customer_id?: string | undefined;
  /**
   * The browser: first-party id, kept 400 days.
   * Bounds: 1–128 characters.
   * @example "01936d2e-7c1a-7e3b-9f60-1b2c3d4e5f60"
   */
  readonly device_id?: string | undefined;
  /**
   * The visit: ends after 30 minutes without an event.
   * Bounds: 1–128 characters.
   * @example "01936d2e-7c1a-7e3b-9f60-aabbccddeeff"
   */
  readonly session_id?: string | undefined;
  /**
   * The shop's id of the product.
   * Bounds: 1–128 characters.
   * @example "44600062"
   */
  readonly product_id: string;
  /**
   * The variant sold.
   * Bounds: 1–128 characters.
   * @example "44600062-RED-M"
   */
  readonly sku?: string | undefined;
  /**
   * Name of the product as shown.
   * Bounds: 1–256 characters.
   * @example "Matte lipstick"
   */
  readonly product_name?: string | undefined;
  /**
   * The deepest category of the product. First choice for the partition key.
   * Bounds: 1–128 characters.
   * @example "2053013552326770905"
   */
  readonly category_id?: string | undefined;
  /**
   * Path of the category, parts separated by dots.
   * Bounds: 1–128 characters.
   * @example "appliances.environment.water_heater"
   */
  readonly category_code?: string | undefined;
  /**
   * Brand of the product.
   * Bounds: 1–128 characters.
   * @example "shiseido"
   */
  readonly brand?: string | undefined;
  /**
   * Price charged for one unit, after discount. At most 6 decimals and 15 significant digits, so that a double holds it exactly.
   * Bounds: currency units (not cents); 0–64 characters; a number ≥ 0.
   * @example 35.79
   */
  readonly price?: Decimal | undefined;
  /**
   * Currency of every amount of the event.
   * Bounds: ISO 4217 code.
   * @example "BRL"
   * @example "USD"
   */
  readonly currency?: string | undefined;
  /**
   * Units of the product.
   * Bounds: count; ≥ 1 and ≤ 1,000,000.
   * @default 1
   * @example 2
   */
  readonly quantity?: number | undefined;
  /**
   * The shop's own fields: flat.
   * Bounds: at most 1,024 bytes of JSON; at most 32 keys.
   * @example {"gift":true,"list":"search"}
   */
  readonly properties?: Properties | undefined;
  /**
   * The page, with only the allowed query parameters.
   * Bounds: 1–2048 characters.
   * @example "https://shop.example/p/44600062"
   */
  readonly page_url?: string | undefined;
  /**
   * The page before, with only the allowed query parameters.
   * Bounds: 1–2048 characters.
   * @example "https://www.google.com/"
   */
  readonly page_referrer?: string | undefined;
  /**
   * Title of the page.
   * Bounds: 1–256 characters.
   * @example "Matte lipstick | Shop"
   */
  readonly page_title?: string | undefined;
  /**
   * Campaign: source.
   * Bounds: 1–128 characters.
   * @example "newsletter"
   */
  readonly utm_source?: string | undefined;
  /**
   * Campaign: medium.
   * Bounds: 1–128 characters.
   * @example "email"
   */
  readonly utm_medium?: string | undefined;
  /**
   * Campaign: name.
   * Bounds: 1–128 characters.
   * @example "black-friday"
   */
  readonly utm_campaign?: string | undefined;
  /**
   * Campaign: paid term.
   * Bounds: 1–128 characters.
   * @example "lipstick"
   */
  readonly utm_term?: string | undefined;
  /**
   * Campaign: which link or advertisement.
   * Bounds: 1–128 characters.
   * @example "header"
   */
  readonly utm_content?: string | undefined;
  /**
   * Language of the browser.
   * Bounds: BCP 47 tag; 1–35 characters.
   * @example "pt-BR"
   */
  readonly language?: string | undefined;
  /**
   * Size of the window.
   * Bounds: CSS px, width x height; 1–11 characters.
   * @example "390x844"
   */
  readonly viewport?: string | undefined;
}
/** A product was taken out of the cart. */
export interface RemoveFromCartEvent {
  /**
   * Identity of the event: readers count each `event_id` once. Made in the tracker (UUIDv7); for a line of an order the collector sets it from site, order, product, SKU and which occurrence of these it is (UUIDv5), so that a reloaded thank-you page is the same event.
   * Bounds: UUID, lower case.
   * @example "01936d2e-7c1a-7e3b-9f60-3a1f0c5d7e21"
   */
  readonly event_id: string;
  /**
   * What the visitor did, or what became of an order.
   * Bounds: one of `remove_from_cart`.
   * @example "cart"
   */
  readonly event_type: 'remove_from_cart';
  /**
   * When it happened. On the wire the visitor's clock in integer ms since the Unix epoch; in the record corrected by the collector when that clock is off.
   * Bounds: ms since the Unix epoch; ≥ 0 and ≤ 253,402,300,799,999.
   * @example 1795253400123
   */
  readonly event_time: number;
  /**
   * Position of the event in its session, from 1. Records of one session land on several shards: order them by this. Lines of one purchase share it.
   * Bounds: count; ≥ 1 and ≤ 2,147,483,647.
   * @example 3
   */
  readonly session_seq?: number | undefined;
  /**
   * The shop's id of the customer. Present only after `identify`.
   * Bounds: 1–128 characters.
   * @example "c-1042"
   * @example "541312140"
   */
  readonly customer_id?: string | undefined;
  /**
   * The browser: first-party id, kept 400 days.
   * Bounds: 1–128 characters.
   * @example "01936d2e-7c1a-7e3b-9f60-1b2c3d4e5f60"
   */
  readonly device_id?: string | undefined;
  /**
   * The visit: ends after 30 minutes without an event.
   * Bounds: 1–128 characters.
   * @example "01936d2e-7c1a-7e3b-9f60-aabbccddeeff"
   */
  readonly session_id?: string | undefined;
  /**
   * The shop's id of the product.
   * Bounds: 1–128 characters.
   * @example "44600062"
   */
  readonly product_id: string;
  /**
   * The variant sold.
   * Bounds: 1–128 characters.
   * @example "44600062-RED-M"
   */
  readonly sku?: string | undefined;
  /**
   * Name of the product as shown.
   * Bounds: 1–256 characters.
   * @example "Matte lipstick"
   */
  readonly product_name?: string | undefined;
  /**
   * The deepest category of the product. First choice for the partition key.
   * Bounds: 1–128 characters.
   * @example "2053013552326770905"
   */
  readonly category_id?: string | undefined;
  /**
   * Path of the category, parts separated by dots.
   * Bounds: 1–128 characters.
   * @example "appliances.environment.water_heater"
   */
  readonly category_code?: string | undefined;
  /**
   * Brand of the product.
   * Bounds: 1–128 characters.
   * @example "shiseido"
   */
  readonly brand?: string | undefined;
  /**
   * Price charged for one unit, after discount. At most 6 decimals and 15 significant digits, so that a double holds it exactly.
   * Bounds: currency units (not cents); 0–64 characters; a number ≥ 0.
   * @example 35.79
   */
  readonly price?: Decimal | undefined;
  /**
   * Currency of every amount of the event.
   * Bounds: ISO 4217 code.
   * @example "BRL"
   * @example "USD"
   */
  readonly currency?: string | undefined;
  /**
   * Units of the product.
   * Bounds: count; ≥ 1 and ≤ 1,000,000.
   * @default 1
   * @example 2
   */
  readonly quantity?: number | undefined;
  /**
   * The shop's own fields: flat.
   * Bounds: at most 1,024 bytes of JSON; at most 32 keys.
   * @example {"gift":true,"list":"search"}
   */
  readonly properties?: Properties | undefined;
  /**
   * The page, with only the allowed query parameters.
   * Bounds: 1–2048 characters.
   * @example "https://shop.example/p/44600062"
   */
  readonly page_url?: string | undefined;
  /**
   * The page before, with only the allowed query parameters.
   * Bounds: 1–2048 characters.
   * @example "https://www.google.com/"
   */
  readonly page_referrer?: string | undefined;
  /**
   * Title of the page.
   * Bounds: 1–256 characters.
   * @example "Matte lipstick | Shop"
   */
  readonly page_title?: string | undefined;
  /**
   * Campaign: source.
   * Bounds: 1–128 characters.
   * @example "newsletter"
   */
  readonly utm_source?: string | undefined;
  /**
   * Campaign: medium.
   * Bounds: 1–128 characters.
   * @example "email"
   */
  readonly utm_medium?: string | undefined;
  /**
   * Campaign: name.
   * Bounds: 1–128 characters.
   * @example "black-friday"
   */
  readonly utm_campaign?: string | undefined;
  /**
   * Campaign: paid term.
   * Bounds: 1–128 characters.
   * @example "lipstick"
   */
  readonly utm_term?: string | undefined;
  /**
   * Campaign: which link or advertisement.
   * Bounds: 1–128 characters.
   * @example "header"
   */
  readonly utm_content?: string | undefined;
  /**
   * Language of the browser.
   * Bounds: BCP 47 tag; 1–35 characters.
   * @example "pt-BR"
   */
  readonly language?: string | undefined;
  /**
   * Size of the window.
   * Bounds: CSS px, width x height; 1–11 characters.
   * @example "390x844"
   */
  readonly viewport?: string | undefined;
}
/** An order was placed: one event per order. The collector writes one record per line. */
export interface PurchaseEvent {
  /**
   * Identity of the event: readers count each `event_id` once. Made in the tracker (UUIDv7); for a line of an order the collector sets it from site, order, product, SKU and which occurrence of these it is (UUIDv5), so that a reloaded thank-you page is the same event.
   * Bounds: UUID, lower case.
   * @example "01936d2e-7c1a-7e3b-9f60-3a1f0c5d7e21"
   */
  readonly event_id: string;
  /**
   * What the visitor did, or what became of an order.
   * Bounds: one of `purchase`.
   * @example "cart"
   */
  readonly event_type: 'purchase';
  /**
   * When it happened. On the wire the visitor's clock in integer ms since the Unix epoch; in the record corrected by the collector when that clock is off.
   * Bounds: ms since the Unix epoch; ≥ 0 and ≤ 253,402,300,799,999.
   * @example 1795253400123
   */
  readonly event_time: number;
  /**
   * Position of the event in its session, from 1. Records of one session land on several shards: order them by this. Lines of one purchase share it.
   * Bounds: count; ≥ 1 and ≤ 2,147,483,647.
   * @example 3
   */
  readonly session_seq?: number | undefined;
  /**
   * The shop's id of the customer. Present only after `identify`.
   * Bounds: 1–128 characters.
   * @example "c-1042"
   * @example "541312140"
   */
  readonly customer_id?: string | undefined;
  /**
   * The browser: first-party id, kept 400 days.
   * Bounds: 1–128 characters.
   * @example "01936d2e-7c1a-7e3b-9f60-1b2c3d4e5f60"
   */
  readonly device_id?: string | undefined;
  /**
   * The visit: ends after 30 minutes without an event.
   * Bounds: 1–128 characters.
   * @example "01936d2e-7c1a-7e3b-9f60-aabbccddeeff"
   */
  readonly session_id?: string | undefined;
  /**
   * The order. One `purchase` call has one.
   * Bounds: 1–128 characters.
   * @example "A-10042"
   */
  readonly order_id: string;
  /**
   * Currency of every amount of the event.
   * Bounds: ISO 4217 code.
   * @example "BRL"
   * @example "USD"
   */
  readonly currency?: string | undefined;
  /**
   * What the customer pays for the whole order. In the record of line 1 only, so that sums are right. At most 6 decimals and 15 significant digits, so that a double holds it exactly.
   * Bounds: currency units (not cents); 0–64 characters; a number ≥ 0.
   * @example 129.9
   */
  readonly order_total?: Decimal | undefined;
  /**
   * Tax within `order_total`. In the record of line 1 only. At most 6 decimals and 15 significant digits, so that a double holds it exactly.
   * Bounds: currency units (not cents); 0–64 characters; a number ≥ 0.
   * @example 21.65
   */
  readonly tax?: Decimal | undefined;
  /**
   * Shipping within `order_total`. In the record of line 1 only. At most 6 decimals and 15 significant digits, so that a double holds it exactly.
   * Bounds: currency units (not cents); 0–64 characters; a number ≥ 0.
   * @example 9.9
   */
  readonly shipping?: Decimal | undefined;
  /**
   * Code of the voucher used. In every line.
   * Bounds: 1–128 characters.
   * @example "BLACKFRIDAY"
   */
  readonly coupon?: string | undefined;
  /**
   * The shop's own fields: flat.
   * Bounds: at most 1,024 bytes of JSON; at most 32 keys.
   * @example {"gift":true,"list":"search"}
   */
  readonly properties?: Properties | undefined;
  /**
   * The page, with only the allowed query parameters.
   * Bounds: 1–2048 characters.
   * @example "https://shop.example/p/44600062"
   */
  readonly page_url?: string | undefined;
  /**
   * The page before, with only the allowed query parameters.
   * Bounds: 1–2048 characters.
   * @example "https://www.google.com/"
   */
  readonly page_referrer?: string | undefined;
  /**
   * Title of the page.
   * Bounds: 1–256 characters.
   * @example "Matte lipstick | Shop"
   */
  readonly page_title?: string | undefined;
  /**
   * Campaign: source.
   * Bounds: 1–128 characters.
   * @example "newsletter"
   */
  readonly utm_source?: string | undefined;
  /**
   * Campaign: medium.
   * Bounds: 1–128 characters.
   * @example "email"
   */
  readonly utm_medium?: string | undefined;
  /**
   * Campaign: name.
   * Bounds: 1–128 characters.
   * @example "black-friday"
   */
  readonly utm_campaign?: string | undefined;
  /**
   * Campaign: paid term.
   * Bounds: 1–128 characters.
   * @example "lipstick"
   */
  readonly utm_term?: string | undefined;
  /**
   * Campaign: which link or advertisement.
   * Bounds: 1–128 characters.
   * @example "header"
   */
  readonly utm_content?: string | undefined;
  /**
   * Language of the browser.
   * Bounds: BCP 47 tag; 1–35 characters.
   * @example "pt-BR"
   */
  readonly language?: string | undefined;
  /**
   * Size of the window.
   * Bounds: CSS px, width x height; 1–11 characters.
   * @example "390x844"
   */
  readonly viewport?: string | undefined;
  /**
   * The lines of the order.
   * Bounds: 1–500 entries.
   */
  readonly items: readonly Item[];
}
/** A web vital of a page was measured. */
export interface WebVitalsEvent {
  /**
   * Identity of the event: readers count each `event_id` once. Made in the tracker (UUIDv7); for a line of an order the collector sets it from site, order, product, SKU and which occurrence of these it is (UUIDv5), so that a reloaded thank-you page is the same event.
   * Bounds: UUID, lower case.
   * @example "01936d2e-7c1a-7e3b-9f60-3a1f0c5d7e21"
   */
  readonly event_id: string;
  /**
   * What the visitor did, or what became of an order.
   * Bounds: one of `web_vitals`.
   * @example "cart"
   */
  readonly event_type: 'web_vitals';
  /**
   * When it happened. On the wire the visitor's clock in integer ms since the Unix epoch; in the record corrected by the collector when that clock is off.
   * Bounds: ms since the Unix epoch; ≥ 0 and ≤ 253,402,300,799,999.
   * @example 1795253400123
   */
  readonly event_time: number;
  /**
   * Position of the event in its session, from 1. Records of one session land on several shards: order them by this. Lines of one purchase share it.
   * Bounds: count; ≥ 1 and ≤ 2,147,483,647.
   * @example 3
   */
  readonly session_seq?: number | undefined;
  /**
   * The shop's id of the customer. Present only after `identify`.
   * Bounds: 1–128 characters.
   * @example "c-1042"
   * @example "541312140"
   */
  readonly customer_id?: string | undefined;
  /**
   * The browser: first-party id, kept 400 days.
   * Bounds: 1–128 characters.
   * @example "01936d2e-7c1a-7e3b-9f60-1b2c3d4e5f60"
   */
  readonly device_id?: string | undefined;
  /**
   * The visit: ends after 30 minutes without an event.
   * Bounds: 1–128 characters.
   * @example "01936d2e-7c1a-7e3b-9f60-aabbccddeeff"
   */
  readonly session_id?: string | undefined;
  /**
   * Which web vital was measured.
   * Bounds: one of `LCP`, `INP`, `CLS`, `FCP`, `TTFB`.
   * @example "LCP"
   */
  readonly metric: 'LCP' | 'INP' | 'CLS' | 'FCP' | 'TTFB';
  /**
   * The measured value.
   * Bounds: ms; CLS has no unit; ≥ 0 and ≤ 1,000,000,000.
   * @example 1834.5
   */
  readonly value: number;
  /**
   * The metric's published thresholds, applied to `value`.
   * Bounds: one of `good`, `needs-improvement`, `poor`.
   * @example "good"
   */
  readonly rating?: 'good' | 'needs-improvement' | 'poor' | undefined;
  /**
   * How the page was reached.
   * Bounds: one of `navigate`, `reload`, `back-forward`, `back-forward-cache`, `prerender`, `restore`, `soft-navigation`.
   * @example "navigate"
   */
  readonly navigation_type?:
    | 'navigate'
    | 'reload'
    | 'back-forward'
    | 'back-forward-cache'
    | 'prerender'
    | 'restore'
    | 'soft-navigation'
    | undefined;
  /**
   * CSS selector of the element that the metric is attributed to.
   * Bounds: 1–256 characters.
   * @example "main>img.hero"
   */
  readonly target?: string | undefined;
  /**
   * The shop's own fields: flat.
   * Bounds: at most 1,024 bytes of JSON; at most 32 keys.
   * @example {"gift":true,"list":"search"}
   */
  readonly properties?: Properties | undefined;
  /**
   * The page, with only the allowed query parameters.
   * Bounds: 1–2048 characters.
   * @example "https://shop.example/p/44600062"
   */
  readonly page_url?: string | undefined;
  /**
   * The page before, with only the allowed query parameters.
   * Bounds: 1–2048 characters.
   * @example "https://www.google.com/"
   */
  readonly page_referrer?: string | undefined;
  /**
   * Title of the page.
   * Bounds: 1–256 characters.
   * @example "Matte lipstick | Shop"
   */
  readonly page_title?: string | undefined;
  /**
   * Campaign: source.
   * Bounds: 1–128 characters.
   * @example "newsletter"
   */
  readonly utm_source?: string | undefined;
  /**
   * Campaign: medium.
   * Bounds: 1–128 characters.
   * @example "email"
   */
  readonly utm_medium?: string | undefined;
  /**
   * Campaign: name.
   * Bounds: 1–128 characters.
   * @example "black-friday"
   */
  readonly utm_campaign?: string | undefined;
  /**
   * Campaign: paid term.
   * Bounds: 1–128 characters.
   * @example "lipstick"
   */
  readonly utm_term?: string | undefined;
  /**
   * Campaign: which link or advertisement.
   * Bounds: 1–128 characters.
   * @example "header"
   */
  readonly utm_content?: string | undefined;
  /**
   * Language of the browser.
   * Bounds: BCP 47 tag; 1–35 characters.
   * @example "pt-BR"
   */
  readonly language?: string | undefined;
  /**
   * Size of the window.
   * Bounds: CSS px, width x height; 1–11 characters.
   * @example "390x844"
   */
  readonly viewport?: string | undefined;
}
/** An order, or a part of it, was cancelled. For sites with `orderChanges`; `order_total` is what is not paid, or paid back. */
export interface CancelEvent {
  /**
   * Identity of the event: readers count each `event_id` once. Made in the tracker (UUIDv7); for a line of an order the collector sets it from site, order, product, SKU and which occurrence of these it is (UUIDv5), so that a reloaded thank-you page is the same event.
   * Bounds: UUID, lower case.
   * @example "01936d2e-7c1a-7e3b-9f60-3a1f0c5d7e21"
   */
  readonly event_id: string;
  /**
   * What the visitor did, or what became of an order.
   * Bounds: one of `cancel`.
   * @example "cart"
   */
  readonly event_type: 'cancel';
  /**
   * When it happened. On the wire the visitor's clock in integer ms since the Unix epoch; in the record corrected by the collector when that clock is off.
   * Bounds: ms since the Unix epoch; ≥ 0 and ≤ 253,402,300,799,999.
   * @example 1795253400123
   */
  readonly event_time: number;
  /**
   * Position of the event in its session, from 1. Records of one session land on several shards: order them by this. Lines of one purchase share it.
   * Bounds: count; ≥ 1 and ≤ 2,147,483,647.
   * @example 3
   */
  readonly session_seq?: number | undefined;
  /**
   * The shop's id of the customer. Present only after `identify`.
   * Bounds: 1–128 characters.
   * @example "c-1042"
   * @example "541312140"
   */
  readonly customer_id?: string | undefined;
  /**
   * The browser: first-party id, kept 400 days.
   * Bounds: 1–128 characters.
   * @example "01936d2e-7c1a-7e3b-9f60-1b2c3d4e5f60"
   */
  readonly device_id?: string | undefined;
  /**
   * The visit: ends after 30 minutes without an event.
   * Bounds: 1–128 characters.
   * @example "01936d2e-7c1a-7e3b-9f60-aabbccddeeff"
   */
  readonly session_id?: string | undefined;
  /**
   * The order. One `purchase` call has one.
   * Bounds: 1–128 characters.
   * @example "A-10042"
   */
  readonly order_id: string;
  /**
   * Which cancellation or refund of the order: the part that was cancelled, the number of the return invoice. It tells several of one order apart.
   * Bounds: 1–128 characters.
   * @example "A-10042/24382"
   */
  readonly change_id: string;
  /**
   * Currency of every amount of the event.
   * Bounds: ISO 4217 code.
   * @example "BRL"
   * @example "USD"
   */
  readonly currency?: string | undefined;
  /**
   * What the customer pays for the whole order. In the record of line 1 only, so that sums are right. At most 6 decimals and 15 significant digits, so that a double holds it exactly.
   * Bounds: currency units (not cents); 0–64 characters; a number ≥ 0.
   * @example 129.9
   */
  readonly order_total?: Decimal | undefined;
  /**
   * Tax within `order_total`. In the record of line 1 only. At most 6 decimals and 15 significant digits, so that a double holds it exactly.
   * Bounds: currency units (not cents); 0–64 characters; a number ≥ 0.
   * @example 21.65
   */
  readonly tax?: Decimal | undefined;
  /**
   * Shipping within `order_total`. In the record of line 1 only. At most 6 decimals and 15 significant digits, so that a double holds it exactly.
   * Bounds: currency units (not cents); 0–64 characters; a number ≥ 0.
   * @example 9.9
   */
  readonly shipping?: Decimal | undefined;
  /**
   * The shop's own fields: flat.
   * Bounds: at most 1,024 bytes of JSON; at most 32 keys.
   * @example {"gift":true,"list":"search"}
   */
  readonly properties?: Properties | undefined;
  /**
   * The page, with only the allowed query parameters.
   * Bounds: 1–2048 characters.
   * @example "https://shop.example/p/44600062"
   */
  readonly page_url?: string | undefined;
  /**
   * The page before, with only the allowed query parameters.
   * Bounds: 1–2048 characters.
   * @example "https://www.google.com/"
   */
  readonly page_referrer?: string | undefined;
  /**
   * Title of the page.
   * Bounds: 1–256 characters.
   * @example "Matte lipstick | Shop"
   */
  readonly page_title?: string | undefined;
  /**
   * Campaign: source.
   * Bounds: 1–128 characters.
   * @example "newsletter"
   */
  readonly utm_source?: string | undefined;
  /**
   * Campaign: medium.
   * Bounds: 1–128 characters.
   * @example "email"
   */
  readonly utm_medium?: string | undefined;
  /**
   * Campaign: name.
   * Bounds: 1–128 characters.
   * @example "black-friday"
   */
  readonly utm_campaign?: string | undefined;
  /**
   * Campaign: paid term.
   * Bounds: 1–128 characters.
   * @example "lipstick"
   */
  readonly utm_term?: string | undefined;
  /**
   * Campaign: which link or advertisement.
   * Bounds: 1–128 characters.
   * @example "header"
   */
  readonly utm_content?: string | undefined;
  /**
   * Language of the browser.
   * Bounds: BCP 47 tag; 1–35 characters.
   * @example "pt-BR"
   */
  readonly language?: string | undefined;
  /**
   * Size of the window.
   * Bounds: CSS px, width x height; 1–11 characters.
   * @example "390x844"
   */
  readonly viewport?: string | undefined;
  /**
   * The lines that were cancelled.
   * Bounds: 1–500 entries.
   */
  readonly items: readonly Item[];
}
/** Lines of an order were returned. For sites with `orderChanges`; `order_total` is what is paid back. */
export interface RefundEvent {
  /**
   * Identity of the event: readers count each `event_id` once. Made in the tracker (UUIDv7); for a line of an order the collector sets it from site, order, product, SKU and which occurrence of these it is (UUIDv5), so that a reloaded thank-you page is the same event.
   * Bounds: UUID, lower case.
   * @example "01936d2e-7c1a-7e3b-9f60-3a1f0c5d7e21"
   */
  readonly event_id: string;
  /**
   * What the visitor did, or what became of an order.
   * Bounds: one of `refund`.
   * @example "cart"
   */
  readonly event_type: 'refund';
  /**
   * When it happened. On the wire the visitor's clock in integer ms since the Unix epoch; in the record corrected by the collector when that clock is off.
   * Bounds: ms since the Unix epoch; ≥ 0 and ≤ 253,402,300,799,999.
   * @example 1795253400123
   */
  readonly event_time: number;
  /**
   * Position of the event in its session, from 1. Records of one session land on several shards: order them by this. Lines of one purchase share it.
   * Bounds: count; ≥ 1 and ≤ 2,147,483,647.
   * @example 3
   */
  readonly session_seq?: number | undefined;
  /**
   * The shop's id of the customer. Present only after `identify`.
   * Bounds: 1–128 characters.
   * @example "c-1042"
   * @example "541312140"
   */
  readonly customer_id?: string | undefined;
  /**
   * The browser: first-party id, kept 400 days.
   * Bounds: 1–128 characters.
   * @example "01936d2e-7c1a-7e3b-9f60-1b2c3d4e5f60"
   */
  readonly device_id?: string | undefined;
  /**
   * The visit: ends after 30 minutes without an event.
   * Bounds: 1–128 characters.
   * @example "01936d2e-7c1a-7e3b-9f60-aabbccddeeff"
   */
  readonly session_id?: string | undefined;
  /**
   * The order. One `purchase` call has one.
   * Bounds: 1–128 characters.
   * @example "A-10042"
   */
  readonly order_id: string;
  /**
   * Which cancellation or refund of the order: the part that was cancelled, the number of the return invoice. It tells several of one order apart.
   * Bounds: 1–128 characters.
   * @example "A-10042/24382"
   */
  readonly change_id: string;
  /**
   * Currency of every amount of the event.
   * Bounds: ISO 4217 code.
   * @example "BRL"
   * @example "USD"
   */
  readonly currency?: string | undefined;
  /**
   * What the customer pays for the whole order. In the record of line 1 only, so that sums are right. At most 6 decimals and 15 significant digits, so that a double holds it exactly.
   * Bounds: currency units (not cents); 0–64 characters; a number ≥ 0.
   * @example 129.9
   */
  readonly order_total?: Decimal | undefined;
  /**
   * Tax within `order_total`. In the record of line 1 only. At most 6 decimals and 15 significant digits, so that a double holds it exactly.
   * Bounds: currency units (not cents); 0–64 characters; a number ≥ 0.
   * @example 21.65
   */
  readonly tax?: Decimal | undefined;
  /**
   * Shipping within `order_total`. In the record of line 1 only. At most 6 decimals and 15 significant digits, so that a double holds it exactly.
   * Bounds: currency units (not cents); 0–64 characters; a number ≥ 0.
   * @example 9.9
   */
  readonly shipping?: Decimal | undefined;
  /**
   * The shop's own fields: flat.
   * Bounds: at most 1,024 bytes of JSON; at most 32 keys.
   * @example {"gift":true,"list":"search"}
   */
  readonly properties?: Properties | undefined;
  /**
   * The page, with only the allowed query parameters.
   * Bounds: 1–2048 characters.
   * @example "https://shop.example/p/44600062"
   */
  readonly page_url?: string | undefined;
  /**
   * The page before, with only the allowed query parameters.
   * Bounds: 1–2048 characters.
   * @example "https://www.google.com/"
   */
  readonly page_referrer?: string | undefined;
  /**
   * Title of the page.
   * Bounds: 1–256 characters.
   * @example "Matte lipstick | Shop"
   */
  readonly page_title?: string | undefined;
  /**
   * Campaign: source.
   * Bounds: 1–128 characters.
   * @example "newsletter"
   */
  readonly utm_source?: string | undefined;
  /**
   * Campaign: medium.
   * Bounds: 1–128 characters.
   * @example "email"
   */
  readonly utm_medium?: string | undefined;
  /**
   * Campaign: name.
   * Bounds: 1–128 characters.
   * @example "black-friday"
   */
  readonly utm_campaign?: string | undefined;
  /**
   * Campaign: paid term.
   * Bounds: 1–128 characters.
   * @example "lipstick"
   */
  readonly utm_term?: string | undefined;
  /**
   * Campaign: which link or advertisement.
   * Bounds: 1–128 characters.
   * @example "header"
   */
  readonly utm_content?: string | undefined;
  /**
   * Language of the browser.
   * Bounds: BCP 47 tag; 1–35 characters.
   * @example "pt-BR"
   */
  readonly language?: string | undefined;
  /**
   * Size of the window.
   * Bounds: CSS px, width x height; 1–11 characters.
   * @example "390x844"
   */
  readonly viewport?: string | undefined;
  /**
   * The lines that were returned; `quantity` is how many of each.
   * Bounds: 1–500 entries.
   */
  readonly items: readonly Item[];
}
/** One event of a visitor, on the wire. */
export type Event = ViewEvent | CartEvent | RemoveFromCartEvent | PurchaseEvent | WebVitalsEvent;
/** What became of an order, on the wire: for servers, and sites that allow it. */
export type OrderChange = CancelEvent | RefundEvent;
/** One event on the wire. */
export type AnyEvent = Event | OrderChange;
/** The page, once for all events of the request. */
export interface Context {
  /**
   * The page, with only the allowed query parameters.
   * Bounds: 1–2048 characters.
   * @example "https://shop.example/p/44600062"
   */
  readonly page_url?: string | undefined;
  /**
   * The page before, with only the allowed query parameters.
   * Bounds: 1–2048 characters.
   * @example "https://www.google.com/"
   */
  readonly page_referrer?: string | undefined;
  /**
   * Title of the page.
   * Bounds: 1–256 characters.
   * @example "Matte lipstick | Shop"
   */
  readonly page_title?: string | undefined;
  /**
   * Campaign: source.
   * Bounds: 1–128 characters.
   * @example "newsletter"
   */
  readonly utm_source?: string | undefined;
  /**
   * Campaign: medium.
   * Bounds: 1–128 characters.
   * @example "email"
   */
  readonly utm_medium?: string | undefined;
  /**
   * Campaign: name.
   * Bounds: 1–128 characters.
   * @example "black-friday"
   */
  readonly utm_campaign?: string | undefined;
  /**
   * Campaign: paid term.
   * Bounds: 1–128 characters.
   * @example "lipstick"
   */
  readonly utm_term?: string | undefined;
  /**
   * Campaign: which link or advertisement.
   * Bounds: 1–128 characters.
   * @example "header"
   */
  readonly utm_content?: string | undefined;
  /**
   * Language of the browser.
   * Bounds: BCP 47 tag; 1–35 characters.
   * @example "pt-BR"
   */
  readonly language?: string | undefined;
  /**
   * Size of the window.
   * Bounds: CSS px, width x height; 1–11 characters.
   * @example "390x844"
   */
  readonly viewport?: string | undefined;
}
/** The body of a request: what its events share is written once. */
export interface Envelope {
  /**
   * Version of the envelope.
   * @example 1
   */
  readonly v: 1;
  /**
   * The site key.
   * Bounds: 1–64 characters.
   * @example "demo"
   */
  readonly key: string;
  /**
   * The visitor's clock when the request left: its distance from the collector's clock corrects `event_time`.
   * Bounds: ms since the Unix epoch; ≥ 0 and ≤ 253,402,300,799,999.
   * @example 1795253400900
   */
  readonly sent_at?: number | undefined;
  /**
   * Where the event was made: a browser, or an importer by its name.
   * Bounds: 1–32 characters.
   * @default "web"
   * @example "web"
   * @example "replay"
   */
  readonly source?: string | undefined;
  /**
   * Name and version of the library that sent it.
   * Bounds: 1–64 characters.
   * @example "rastro-js/0.1.0"
   */
  readonly sdk?: string | undefined;
  /**
   * True when a program drives the browser (`navigator.webdriver`).
   * @example true
   */
  readonly webdriver?: boolean | undefined;
  /**
   * Events that this browser dropped, unsent, since it last told: it may hold only so many.
   * Bounds: ≥ 0 and ≤ 1,000,000,000.
   * @example 12
   */
  readonly dropped?: number | undefined;
  /**
   * The shop's id of the customer. Present only after `identify`.
   * Bounds: 1–128 characters.
   * @example "c-1042"
   * @example "541312140"
   */
  readonly customer_id?: string | undefined;
  /**
   * The browser: first-party id, kept 400 days.
   * Bounds: 1–128 characters.
   * @example "01936d2e-7c1a-7e3b-9f60-1b2c3d4e5f60"
   */
  readonly device_id?: string | undefined;
  /**
   * The visit: ends after 30 minutes without an event.
   * Bounds: 1–128 characters.
   * @example "01936d2e-7c1a-7e3b-9f60-aabbccddeeff"
   */
  readonly session_id?: string | undefined;
  /** The page, once for all events of the request. */
  readonly context?: Context | undefined;
  /**
   * The events, oldest first.
   * Bounds: 1–500 entries.
   */
  readonly events: readonly AnyEvent[];
}
/** What readers of the stream get: one JSON object per record, absent fields left out. */
export interface StreamRecord {
  /**
   * Identity of the event: readers count each `event_id` once. Made in the tracker (UUIDv7); for a line of an order the collector sets it from site, order, product, SKU and which occurrence of these it is (UUIDv5), so that a reloaded thank-you page is the same event.
   * Bounds: UUID, lower case.
   * @example "01936d2e-7c1a-7e3b-9f60-3a1f0c5d7e21"
   */
  readonly event_id: string;
  /**
   * What the visitor did, or what became of an order.
   * Bounds: one of `view`, `cart`, `remove_from_cart`, `purchase`, `web_vitals`, `cancel`, `refund`.
   * @example "cart"
   */
  readonly event_type: 'view' | 'cart' | 'remove_from_cart' | 'purchase' | 'web_vitals' | 'cancel' | 'refund';
  /**
   * When it happened. On the wire the visitor's clock in integer ms since the Unix epoch; in the record corrected by the collector when that clock is off.
   * Bounds: ISO 8601 instant, UTC, milliseconds.
   * @example "2026-11-20T09:30:00.123Z"
   */
  readonly event_time: string;
  /**
   * `event_time` as the visitor's device gave it, before any correction.
   * Bounds: ms since the Unix epoch; ≥ 0 and ≤ 253,402,300,799,999.
   * @example 1795253400123
   */
  readonly event_time_raw: number;
  /**
   * When the collector received the request.
   * Bounds: ISO 8601 instant, UTC, milliseconds.
   * @example "2026-11-20T09:30:01.004Z"
   */
  readonly received_at: string;
  /**
   * When the collector put the record on the stream: the event-time column of a Flink table that never sees late events.
   * Bounds: ISO 8601 instant, UTC, milliseconds.
   * @example "2026-11-20T09:30:01.005Z"
   */
  readonly txn_timestamp: string;
  /**
   * The shop, from the site key of the request.
   * Bounds: 1–64 characters.
   * @example "demo"
   */
  readonly site: string;
  /**
   * Where the event was made: a browser, or an importer by its name.
   * Bounds: 1–32 characters.
   * @default "web"
   * @example "web"
   * @example "replay"
   */
  readonly source: string;
  /**
   * Name and version of the library that sent it.
   * Bounds: 1–64 characters.
   * @example "rastro-js/0.1.0"
   */
  readonly sdk?: string | undefined;
  /**
   * The shop's id of the customer. Present only after `identify`.
   * Bounds: 1–128 characters.
   * @example "c-1042"
   * @example "541312140"
   */
  readonly customer_id?: string | undefined;
  /**
   * The browser: first-party id, kept 400 days.
   * Bounds: 1–128 characters.
   * @example "01936d2e-7c1a-7e3b-9f60-1b2c3d4e5f60"
   */
  readonly device_id?: string | undefined;
  /**
   * The visit: ends after 30 minutes without an event.
   * Bounds: 1–128 characters.
   * @example "01936d2e-7c1a-7e3b-9f60-aabbccddeeff"
   */
  readonly session_id?: string | undefined;
  /**
   * Position of the event in its session, from 1. Records of one session land on several shards: order them by this. Lines of one purchase share it.
   * Bounds: count; ≥ 1 and ≤ 2,147,483,647.
   * @example 3
   */
  readonly session_seq?: number | undefined;
  /**
   * The shop's id of the product.
   * Bounds: 1–128 characters.
   * @example "44600062"
   */
  readonly product_id?: string | undefined;
  /**
   * The variant sold.
   * Bounds: 1–128 characters.
   * @example "44600062-RED-M"
   */
  readonly sku?: string | undefined;
  /**
   * Name of the product as shown.
   * Bounds: 1–256 characters.
   * @example "Matte lipstick"
   */
  readonly product_name?: string | undefined;
  /**
   * The deepest category of the product. First choice for the partition key.
   * Bounds: 1–128 characters.
   * @example "2053013552326770905"
   */
  readonly category_id?: string | undefined;
  /**
   * Path of the category, parts separated by dots.
   * Bounds: 1–128 characters.
   * @example "appliances.environment.water_heater"
   */
  readonly category_code?: string | undefined;
  /**
   * Brand of the product.
   * Bounds: 1–128 characters.
   * @example "shiseido"
   */
  readonly brand?: string | undefined;
  /**
   * Price charged for one unit, after discount. At most 6 decimals and 15 significant digits, so that a double holds it exactly.
   * Bounds: currency units (not cents); ≥ 0.
   * @example 35.79
   */
  readonly price?: number | undefined;
  /**
   * Currency of every amount of the event.
   * Bounds: ISO 4217 code.
   * @example "BRL"
   * @example "USD"
   */
  readonly currency?: string | undefined;
  /**
   * Units of the product.
   * Bounds: count; ≥ 1 and ≤ 1,000,000.
   * @default 1
   * @example 2
   */
  readonly quantity?: number | undefined;
  /**
   * The order. One `purchase` call has one.
   * Bounds: 1–128 characters.
   * @example "A-10042"
   */
  readonly order_id?: string | undefined;
  /**
   * Which cancellation or refund of the order: the part that was cancelled, the number of the return invoice. It tells several of one order apart.
   * Bounds: 1–128 characters.
   * @example "A-10042/24382"
   */
  readonly change_id?: string | undefined;
  /**
   * Number of the line, from 1: lines are sorted by product, SKU, price and quantity, so that whoever reports the order numbers them alike.
   * Bounds: count; ≥ 1 and ≤ 500.
   * @example 1
   */
  readonly line?: number | undefined;
  /**
   * Lines of the order: all records of the order have arrived when this many are there.
   * Bounds: count; ≥ 1 and ≤ 500.
   * @example 3
   */
  readonly lines?: number | undefined;
  /**
   * What the customer pays for the whole order. In the record of line 1 only, so that sums are right. At most 6 decimals and 15 significant digits, so that a double holds it exactly.
   * Bounds: currency units (not cents); ≥ 0.
   * @example 129.9
   */
  readonly order_total?: number | undefined;
  /**
   * Tax within `order_total`. In the record of line 1 only. At most 6 decimals and 15 significant digits, so that a double holds it exactly.
   * Bounds: currency units (not cents); ≥ 0.
   * @example 21.65
   */
  readonly tax?: number | undefined;
  /**
   * Shipping within `order_total`. In the record of line 1 only. At most 6 decimals and 15 significant digits, so that a double holds it exactly.
   * Bounds: currency units (not cents); ≥ 0.
   * @example 9.9
   */
  readonly shipping?: number | undefined;
  /**
   * Code of the voucher used. In every line.
   * Bounds: 1–128 characters.
   * @example "BLACKFRIDAY"
   */
  readonly coupon?: string | undefined;
  /**
   * Which web vital was measured.
   * Bounds: one of `LCP`, `INP`, `CLS`, `FCP`, `TTFB`.
   * @example "LCP"
   */
  readonly metric?: 'LCP' | 'INP' | 'CLS' | 'FCP' | 'TTFB' | undefined;
  /**
   * The measured value.
   * Bounds: ms; CLS has no unit; ≥ 0 and ≤ 1,000,000,000.
   * @example 1834.5
   */
  readonly value?: number | undefined;
  /**
   * The metric's published thresholds, applied to `value`.
   * Bounds: one of `good`, `needs-improvement`, `poor`.
   * @example "good"
   */
  readonly rating?: 'good' | 'needs-improvement' | 'poor' | undefined;
  /**
   * How the page was reached.
   * Bounds: one of `navigate`, `reload`, `back-forward`, `back-forward-cache`, `prerender`, `restore`, `soft-navigation`.
   * @example "navigate"
   */
  readonly navigation_type?:
    | 'navigate'
    | 'reload'
    | 'back-forward'
    | 'back-forward-cache'
    | 'prerender'
    | 'restore'
    | 'soft-navigation'
    | undefined;
  /**
   * CSS selector of the element that the metric is attributed to.
   * Bounds: 1–256 characters.
   * @example "main>img.hero"
   */
  readonly target?: string | undefined;
  /**
   * The page, with only the allowed query parameters.
   * Bounds: 1–2048 characters.
   * @example "https://shop.example/p/44600062"
   */
  readonly page_url?: string | undefined;
  /**
   * The page before, with only the allowed query parameters.
   * Bounds: 1–2048 characters.
   * @example "https://www.google.com/"
   */
  readonly page_referrer?: string | undefined;
  /**
   * Title of the page.
   * Bounds: 1–256 characters.
   * @example "Matte lipstick | Shop"
   */
  readonly page_title?: string | undefined;
  /**
   * Campaign: source.
   * Bounds: 1–128 characters.
   * @example "newsletter"
   */
  readonly utm_source?: string | undefined;
  /**
   * Campaign: medium.
   * Bounds: 1–128 characters.
   * @example "email"
   */
  readonly utm_medium?: string | undefined;
  /**
   * Campaign: name.
   * Bounds: 1–128 characters.
   * @example "black-friday"
   */
  readonly utm_campaign?: string | undefined;
  /**
   * Campaign: paid term.
   * Bounds: 1–128 characters.
   * @example "lipstick"
   */
  readonly utm_term?: string | undefined;
  /**
   * Campaign: which link or advertisement.
   * Bounds: 1–128 characters.
   * @example "header"
   */
  readonly utm_content?: string | undefined;
  /**
   * Language of the browser.
   * Bounds: BCP 47 tag; 1–35 characters.
   * @example "pt-BR"
   */
  readonly language?: string | undefined;
  /**
   * Size of the window.
   * Bounds: CSS px, width x height; 1–11 characters.
   * @example "390x844"
   */
  readonly viewport?: string | undefined;
  /**
   * The `User-Agent` header of the request, where `source` is `web`.
   * Bounds: 1–512 characters.
   * @example "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"
   */
  readonly user_agent?: string | undefined;
  /**
   * The user agent names a robot, or the browser says that a program drives it. Flagged, never dropped.
   * @example false
   */
  readonly is_bot: boolean;
  /**
   * Country of the visitor, when a CDN in front of the collector says so.
   * Bounds: ISO 3166-1 alpha-2 code.
   * @example "BR"
   */
  readonly country?: string | undefined;
  /**
   * Network of the visitor: IPv4 cut to 24 bits, IPv6 to 48. The full address is never stored.
   * Bounds: CIDR prefix; 0–22 characters.
   * @example "203.0.113.0/24"
   */
  readonly ip_prefix?: string | undefined;
  /**
   * The shop's own fields: flat.
   * Bounds: at most 1,024 bytes of JSON; at most 32 keys.
   * @example {"gift":true,"list":"search"}
   */
  readonly properties?: Properties | undefined;
  /**
   * What the collector noticed and accepted all the same; absent when it noticed nothing.
   * @example ["session_missing"]
   */
  readonly flags?: readonly ('session_missing' | 'clock_corrected' | 'context_dropped')[] | undefined;
}
/** What was rejected, whole, with the reasons: enough to mend it and send it again. */
export interface DeadLetter {
  /**
   * Derived from site and bytes (UUIDv5): the same event rejected again is the same dead letter.
   * Bounds: UUID, lower case.
   * @example "01936d2e-7c1a-7e3b-9f60-3a1f0c5d7e21"
   */
  readonly dead_letter_id: string;
  /**
   * The first reason; docs/errors.md lists all codes.
   * @example "id_precision_lost"
   */
  readonly code: string;
  /** All reasons. */
  readonly errors: readonly {
    /**
     * Error code.
     * @example "id_precision_lost"
     */
    readonly code: string;
    /**
     * Where, as a JSON Pointer into the event.
     * @example "/category_id"
     */
    readonly path: string;
    /** What is wrong and what to do. */
    readonly message: string;
  }[];
  /**
   * When the collector received the request.
   * Bounds: ISO 8601 instant, UTC, milliseconds.
   * @example "2026-11-20T09:30:01.004Z"
   */
  readonly received_at: string;
  /**
   * The shop, from the site key of the request.
   * Bounds: 1–64 characters.
   * @example "demo"
   */
  readonly site?: string | undefined;
  /**
   * Position of the event in its request, from 0; absent when the whole request was refused.
   * Bounds: count; ≥ 0.
   * @example 0
   */
  readonly index?: number | undefined;
  /**
   * The `event_id` it came with, if it had one.
   * @example "01936d2e-7c1a-7e3b-9f60-3a1f0c5d7e21"
   */
  readonly event_id?: string | undefined;
  /**
   * The `event_type` it came with, if it had one.
   * @example "view"
   */
  readonly event_type?: string | undefined;
  /**
   * The event (or the body, when it could not be read) exactly as it came.
   * @example "{\"event_type\":\"view\",\"category_id\":1.48e+18}"
   */
  readonly raw: string;
  /**
   * `base64` when the bytes are not UTF-8 text.
   * Bounds: one of `utf8`, `base64`.
   * @example "utf8"
   */
  readonly raw_encoding: 'utf8' | 'base64';
  /**
   * The envelope it came in, without its events and its key.
   * @example {"v":1,"device_id":"01936d2e-7c1a-7e3b-9f60-1b2c3d4e5f60"}
   */
  readonly envelope?: Readonly<Record<string, unknown>> | undefined;
  /**
   * The `User-Agent` header of the request, where `source` is `web`.
   * Bounds: 1–512 characters.
   * @example "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"
   */
  readonly user_agent?: string | undefined;
  /**
   * Network of the visitor: IPv4 cut to 24 bits, IPv6 to 48. The full address is never stored.
   * Bounds: CIDR prefix; 0–22 characters.
   * @example "203.0.113.0/24"
   */
  readonly ip_prefix?: string | undefined;
}
