/** What went wrong on the way of an event. Never thrown into the page. */
export interface TrackerError {
  /**
   * Code of the collector's answer (docs/errors.md), or `network` (no answer), `http` (an answer without a code), `storage`
   * (events are kept in memory only), `misuse` (a call failed).
   */
  readonly code: string;
  readonly message: string;
  /** The rejected event, when it concerns one. */
  readonly event_id?: string | undefined;
  /** Where in the event, as a JSON Pointer. */
  readonly path?: string | undefined;
  /** HTTP status of the answer. */
  readonly status?: number | undefined;
}

export interface TrackerOptions {
  /** URL that takes the events, absolute or relative to the page. First-party paths pass ad blockers and cookie rules best. */
  endpoint: string;
  /** The site key: 1–64 characters. */
  key: string;
  /** ISO 4217 code for events that name none. @default none */
  currency?: string | undefined;
  /** Query parameters of page URLs that are kept beside `utm_*`; all others are cut off. @default `defaultOptions.queryParams` */
  queryParams?: readonly string[] | undefined;
  /** Longest wait before events are sent; a purchase never waits. Unit: ms, 0–60,000. @default 1000 */
  flushIntervalMs?: number | undefined;
  /** Most events in one request, 1–500: the collector's bound. @default 100 */
  maxEvents?: number | undefined;
  /**
   * Largest request body, 1,000–60,000 bytes of UTF-8 JSON: the keepalive requests of a page share 64 KiB
   * (https://fetch.spec.whatwg.org/#http-network-or-cache-fetch). One larger event still goes, alone. @default 60_000
   */
  maxBodyBytes?: number | undefined;
  /** Told of rejected events and failed requests. @default none */
  onError?: ((error: TrackerError) => void) | undefined;
  /** Clock, ms since the Unix epoch. @default Date.now */
  now?: (() => number) | undefined;
}

export type ResolvedOptions = {
  readonly [Name in keyof Omit<TrackerOptions, 'currency'>]-?: Exclude<TrackerOptions[Name], undefined>;
} & { readonly currency: string | undefined };

export const defaultOptions = {
  /** Click ids of advertisers. */
  queryParams: ['gclid', 'gbraid', 'wbraid', 'fbclid', 'msclkid', 'ttclid'],
  flushIntervalMs: 1000,
  maxEvents: 100,
  maxBodyBytes: 60_000,
} as const;

/** @throws {TypeError} If an option is missing or out of its bounds; the message names it. */
export function resolveOptions(options: TrackerOptions): ResolvedOptions {
  const check = (name: 'flushIntervalMs' | 'maxEvents' | 'maxBodyBytes', least: number, most: number): number => {
    const value = options[name] ?? defaultOptions[name];
    if (!(value >= least && value <= most))
      throw new TypeError(`rastro: ${name} must be ${least}–${most}, got ${value}`);
    return value;
  };
  for (const name of ['endpoint', 'key'] as const) {
    if (typeof options[name] !== 'string' || !options[name]) throw new TypeError(`rastro: ${name} is missing`);
  }
  return {
    endpoint: options.endpoint,
    key: options.key,
    currency: options.currency,
    queryParams: options.queryParams ?? defaultOptions.queryParams,
    flushIntervalMs: check('flushIntervalMs', 0, 60_000),
    maxEvents: check('maxEvents', 1, 500),
    maxBodyBytes: check('maxBodyBytes', 1000, 60_000),
    onError: options.onError ?? (() => {}),
    now: options.now ?? Date.now,
  };
}
