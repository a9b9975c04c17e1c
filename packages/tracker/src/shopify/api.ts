import type { TrackerError } from '../options.js';

/** What is used of the storage of the page around the sandbox: each call is a message to that page. */
export interface AsyncStorage {
  getItem(key: string): Promise<string | null>;
  setItem(key: string, value: string): Promise<unknown>;
  removeItem(key: string): Promise<unknown>;
}

/** What is used of what `register` of `@shopify/web-pixels-extension` gives, and of `api` in a custom pixel. */
export interface PixelApi {
  readonly analytics: {
    // biome-ignore lint/suspicious/noExplicitAny: an event as it comes; Shopify's types are not ours.
    subscribe(name: 'all_standard_events', callback: (event: any) => void): unknown;
  };
  readonly browser: { readonly localStorage: AsyncStorage };
  readonly init: {
    readonly data?: { readonly customer?: { readonly id?: string | null } | null } | null;
    readonly customerPrivacy?: CustomerPrivacy;
  };
  readonly customerPrivacy?: {
    subscribe(
      name: 'visitorConsentCollected',
      callback: (event: { customerPrivacy: CustomerPrivacy }) => void,
    ): unknown;
  };
}

/** What the visitor allows. */
export interface CustomerPrivacy {
  readonly analyticsProcessingAllowed: boolean;
}

export interface PixelOptions {
  /** URL that takes the events, absolute: the sandbox has no address to start from. */
  endpoint: string;
  /** The site key: 1–64 characters. Its site lists the origin `null`, which is that of a custom pixel. */
  key: string;
  /** ISO 4217 code for events that name none. @default none */
  currency?: string | undefined;
  /** `false`: what the visitor allows is not asked, since Shopify loads the pixel only where it may run. @default true */
  consent?: boolean | undefined;
  /** Told of rejected events, failed requests, and what of an event could not be read. @default none */
  onError?: ((error: TrackerError) => void) | undefined;
}
