import type { Event, Item, Properties, PurchaseEvent } from '@rastro/schema';
import type { TrackerError } from './options.js';

/** What the tracker adds to every event itself. */
type Added = 'event_id' | 'event_type' | 'event_time' | 'session_seq' | 'customer_id' | 'device_id' | 'session_id';
export type EventType = Event['event_type'];
/** What a caller tells of an event of that type; the tracker adds the rest. */
export type EventFields<T extends EventType> = Omit<Extract<Event, { event_type: T }>, Added>;
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
  /** What the shopper decided, from now on. Overrides the option and Global Privacy Control. */
  consent(decision: Consent): void;
  /**
   * Forgets who this is: the next event begins a session of another device, with no customer. Events that wait keep their ids.
   *
   * @param deviceId Id of that device, 1–128 letters, digits, `_` and `-`, such as one handed over from another domain. @default a new one
   */
  reset(deviceId?: string): void;
  /** Adds a plugin. */
  use(plugin: Plugin<P>): void;
  /** Ends sending and plugins, as when the page is left; later calls do nothing. Unsent events stay in the store for the next page. */
  stop(): void;
}

/** `pending`: held in memory. `granted`: sent. `denied`: ignored, and erased. */
export type Consent = 'pending' | 'granted' | 'denied';

/** What plugins hear of: name and detail of each notice. */
export interface Notices {
  /**
   * Something was tracked. The object gets its `event_id`, `event_time` and `session_seq` once it is its turn: soon, or when
   * there is consent. It is the third part of a stored event.
   */
  event: { readonly event_type: string; readonly event_id?: string } & Readonly<Record<string, unknown>>;
  /** A request left, with these. */
  request: readonly StoredEvent[];
  /** It was answered, or failed. `done`: the collector answered for the events, and they are forgotten. `errors`: rejected ones too. */
  answer: {
    readonly events: readonly StoredEvent[];
    readonly done: boolean | undefined;
    readonly errors: readonly TrackerError[];
  };
  /** A call failed. */
  error: TrackerError;
  /** Told at once to a new listener, too. */
  consent: Consent;
}
export type Tell = <Name extends keyof Notices>(type: Name, detail: Notices[Name]) => void;
export type Listener = (
  ...notice: { [Name in keyof Notices]: [type: Name, detail: Notices[Name]] }[keyof Notices]
) => void;

/** What a plugin adds to a tracker. */
export interface Plugin<P extends Properties = Properties> {
  /** Called by `use`. Returns its clean-up, which `stop` calls. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a method without `return` must do.
  setup(tracker: PluginTracker<P>): void | (() => void);
}

/** The tracker as plugins see it. */
export interface PluginTracker<P extends Properties = Properties> extends Tracker<P> {
  /** Tracks an event of any type. Fields of the page given here win over what the page is now; they are sent as they are. */
  track<T extends EventType>(event_type: T, fields: EventFields<T>): void;
  /** Hears of what happens from now on. */
  on(listener: Listener): void;
  /** Fields of the page as it is now, its URLs cleaned. */
  page(): Context;
}

/** Fields of the page. */
export type Context = Readonly<Record<string, string | undefined>>;

/** Whose an event is. */
export interface Who {
  readonly device_id: string;
  readonly session_id: string;
  /** Empty when there is none. */
  readonly customer_id: string;
}

/** An event as it waits in the store: whose, where, and what. */
export type StoredEvent = readonly [
  who: Who,
  page: Context,
  fields: { readonly event_id: string; readonly event_type: string } & Readonly<Record<string, unknown>>,
];
export type { Event, Properties };
