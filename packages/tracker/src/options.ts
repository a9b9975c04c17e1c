import type { Consent } from './types.js';

/** What went wrong on the way of an event. Never thrown into the page. */
export interface TrackerError {
  /**
   * Code of the collector's answer (docs/errors.md), or `network` (no answer, or one that is not JSON), `http` (JSON, but not
   * the collector's), `misuse` (a call failed).
   */
  readonly code: string;
  /** None with `http`: there is the status. */
  readonly message?: string | undefined;
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
   * Most events that wait to be confirmed, of all pages of the shop in this browser, 100–20,000. Beyond it the oldest views
   * and web vitals are dropped first, then the oldest cart events, purchases last; how many is sent along. @default 5000
   */
  maxStored?: number | undefined;
  /**
   * `pending`: events wait in memory, without ids, and nothing is stored. `denied`: events are ignored, and all that is stored
   * is erased. The tracker does not remember the answer: give it on every page, or call `consent()`. @default 'granted'
   */
  consent?: Consent | undefined;
  /** Start as consented although the browser sends Global Privacy Control, which otherwise means `denied`. @default false */
  ignoreGpc?: boolean | undefined;
  /** Nothing is stored in the browser: ids, and events not yet sent, live as long as the page. @default false */
  cookieless?: boolean | undefined;
  /** Parent domain of the cookie, such as `shop.example` for all its subdomains. @default this host only */
  cookieDomain?: string | undefined;
  /** Told of rejected events and failed requests. @default none */
  onError?: ((error: TrackerError) => void) | undefined;
  /** Clock, ms since the Unix epoch. @default Date.now */
  now?: (() => number) | undefined;
}

/** Options as the core takes them: known to be right, and the query parameters as one pattern. */
export interface StartOptions extends Omit<TrackerOptions, 'queryParams' | 'ignoreGpc'> {
  /** Names separated by `|`. */
  queryParams?: string | undefined;
  /** Anything but nothing: an attribute without a value is an empty text. */
  ignoreGpc?: unknown;
}

/** Click ids of advertisers. */
export const clickIds = 'gclid|gbraid|wbraid|fbclid|msclkid|ttclid';

export const defaultOptions = {
  queryParams: clickIds.split('|') as readonly string[],
  flushIntervalMs: 1000,
  maxEvents: 100,
  maxStored: 5000,
  consent: 'granted',
  ignoreGpc: false,
  cookieless: false,
  cookieDomain: '',
} as const;

/** @throws {TypeError} If an option is missing or out of its bounds; the message names it. */
export function resolveOptions(options: TrackerOptions): StartOptions {
  const fail = (what: string): never => {
    throw new TypeError(`rastro: ${what}`);
  };
  const bounds = { flushIntervalMs: [0, 60_000], maxEvents: [1, 500], maxStored: [100, 20_000] };
  for (const [name, [least = 0, most = 0]] of Object.entries(bounds)) {
    const value = options[name as keyof typeof bounds] ?? least;
    if (!(value >= least && value <= most)) fail(`${name} must be ${least}–${most}, got ${value}`);
  }
  for (const name of ['endpoint', 'key'] as const) {
    if (typeof options[name] !== 'string' || !options[name]) fail(`${name} is missing`);
  }
  const { consent, queryParams, now } = options;
  if (options.key.length > 64) fail(`key must have at most 64 characters, got ${options.key.length}`);
  if (consent !== undefined && !/^(pending|granted|denied)$/.test(consent))
    fail(`consent must be pending, granted or denied, got ${consent}`);
  return {
    ...options,
    ignoreGpc: options.ignoreGpc || undefined,
    // A name is text, not a pattern.
    queryParams: queryParams?.map((name) => name.replace(/\W/g, '\\$&')).join('|'),
    now: now && (() => Math.floor(now())),
  };
}
