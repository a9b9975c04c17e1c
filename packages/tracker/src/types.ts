import type { Item, Properties, PurchaseEvent } from '@rastro/schema';

/** What the tracker adds to every event itself. */
type Added = 'event_id' | 'event_type' | 'event_time' | 'session_seq' | 'customer_id' | 'device_id' | 'session_id';
type PageFields =
  | 'page_url'
  | 'page_referrer'
  | 'page_title'
  | 'utm_source'
  | 'utm_medium'
  | 'utm_campaign'
  | 'utm_term'
  | 'utm_content'
  | 'language'
  | 'viewport';

/** A product, as a page tells it: for `view`, `cart`, `removeFromCart`, and each line of a purchase. */
export interface Product<P extends Properties = Properties> extends Omit<Item, 'properties'> {
  /** The shop's own fields: flat, at most 32 keys and 1,024 bytes of JSON. */
  readonly properties?: P | undefined;
}

/** An order, as a page tells it. */
export interface Order<P extends Properties = Properties>
  extends Omit<PurchaseEvent, Added | PageFields | 'items' | 'properties'> {
  /** The lines of the order, 1–500. */
  readonly items: readonly Product<P>[];
  /** The shop's own fields: flat, at most 32 keys and 1,024 bytes of JSON. Lines without `properties` get these. */
  readonly properties?: P | undefined;
}

/** Tracks what happens in a shop. No method throws: failures go to `onError`. */
export interface Tracker<P extends Properties = Properties> {
  /** A product was looked at. */
  view(product: Product<P>): void;
  /** A product was put into the cart. */
  cart(product: Product<P>): void;
  /** A product was taken out of the cart. */
  removeFromCart(product: Product<P>): void;
  /** An order was placed. Call it on the thank-you page, as often as the page is shown: an order counts once. */
  purchase(order: Order<P>): void;
  /** Names the customer of the events that follow, on this and later pages; `null` ends it, as at logout. */
  identify(customerId: string | null): void;
  /** Sends what waits now. Resolves after the attempt: `true` when nothing is left to send. */
  flush(): Promise<boolean>;
  /** Ends timers and listeners. Unsent events stay in the store for the next page. */
  stop(): void;
}

/** An event as it waits in the store: flat, with everything the envelope will say of it. */
export type StoredEvent = { readonly event_id: string } & Readonly<Record<string, unknown>>;
export type { Properties };
