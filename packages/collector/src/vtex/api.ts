import type { Logger } from '../core/types.js';
import { StoppedError, VtexSetupError, VtexUnavailableError, VtexUnreadableError } from './errors.js';
import { type Json, listOf, objectOf, textIn } from './read.js';
import { type BackOff, backOffMs, pause, retryAfterMs } from './waiting.js';

/** An update of an order, as the feed lists it. */
export interface FeedItem {
  /** Names the item when it is committed. */
  readonly handle: string;
  readonly orderId: string | undefined;
  /** Status that the order came into. */
  readonly state: string | undefined;
  /** When it did. Unit: ms since the Unix epoch. */
  readonly changedAt: number | undefined;
}

export interface VtexApiOptions {
  /** Name of the account: orders are read from `https://{account}.vtexcommercestable.com.br`. */
  account?: string | undefined;
  /** Another address in place of the account's. `https`, or a server on this machine. */
  baseUrl?: string | undefined;
  /** `X-VTEX-API-AppKey`. One feed belongs to one key. */
  appKey: string;
  /** `X-VTEX-API-AppToken`. A secret: it is sent to VTEX and written nowhere. */
  appToken: string;
  /** Longest time for one call, its answer included. Unit: ms. @default 15_000 */
  timeoutMs?: number | undefined;
  /** Tries of a call that fails with 5xx, a time-out or no connection. @default 5 */
  maxAttempts?: number | undefined;
  /** Waits between them. @default 500 ms, at most 30 s */
  backOff?: BackOff | undefined;
  /**
   * Wait after a 429 without `Retry-After`; up to a tenth more is added, so that not all come back at once. VTEX recommends
   * a minute: https://developers.vtex.com/docs/guides/orders-feed. Unit: ms. @default 60_000
   */
  throttledMs?: number | undefined;
  log?: Logger | undefined;
  /** 0 up to 1. @default Math.random */
  random?: (() => number) | undefined;
}

/** Numbers of what was asked and answered, for logs. */
export interface VtexCounts {
  requests: number;
  throttled: number;
  failed: number;
}

export interface VtexApi {
  readonly counts: VtexCounts;
  /** At most ten updates that nobody committed. @throws {VtexSetupError} When the key has no feed. */
  feed(signal?: AbortSignal): Promise<readonly FeedItem[]>;
  /**
   * Takes updates out of the feed.
   *
   * @param signal Ends it at once, under way or not.
   * @throws {VtexUnreadableError} When VTEX refuses one of them, and so perhaps all.
   */
  commit(handles: readonly string[], signal?: AbortSignal): Promise<void>;
  /** One order, as it is now. @throws {VtexUnreadableError} When there is none, or none that can be read. */
  order(orderId: string, signal?: AbortSignal): Promise<Json>;
  /** All orders of a group; empty when VTEX knows none. */
  orderGroup(orderGroup: string, signal?: AbortSignal): Promise<readonly Json[]>;
  /** How the feed of this key is configured, and how long it is. */
  feedConfig(signal?: AbortSignal): Promise<Json>;
}

/**
 * Calls VTEX: waits where it says so, tries again where that can help.
 *
 * @throws {TypeError} If an option is wrong; the message names it.
 */
export function createVtexApi(options: VtexApiOptions): VtexApi {
  const base = baseOf(options);
  const { appKey, appToken, timeoutMs = 15_000, maxAttempts = 5, throttledMs = 60_000, log } = options;
  const { backOff = { baseMs: 500, maxMs: 30_000 }, random = Math.random } = options;
  for (const [name, value] of Object.entries({ appKey, appToken }))
    if (!/^[\x21-\x7e]{1,4096}$/.test(value ?? '')) throw new TypeError(`${name}: text without blanks is needed`);
  const counts: VtexCounts = { requests: 0, throttled: 0, failed: 0 };
  const headers = {
    accept: 'application/json',
    'content-type': 'application/json',
    'x-vtex-api-appkey': appKey,
    'x-vtex-api-apptoken': appToken,
  };

  const once = async (
    path: string,
    body: string | undefined,
    cut: AbortSignal | undefined,
  ): Promise<{ status: number; text: string; wait: number }> => {
    counts.requests++;
    const response = await fetch(`${base}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers,
      ...(body === undefined ? {} : { body }),
      // The keys are for this host alone.
      redirect: 'error',
      // A call that is under way is brought to its end: it is bounded, and what it gets need not be asked for again.
      signal: cut ? AbortSignal.any([cut, AbortSignal.timeout(timeoutMs)]) : AbortSignal.timeout(timeoutMs),
    });
    const { status } = response;
    const asked = retryAfterMs(response.headers.get('retry-after'), Date.now());
    return { status, text: await response.text(), wait: Math.min(asked ?? throttledMs, longestWaitMs) };
  };

  /** @param cut Ends a call that is under way, too. @returns The answer's text for 200; nothing for 404. */
  const call = async (
    what: string,
    path: string,
    body?: string,
    signal?: AbortSignal,
    cut?: AbortSignal,
  ): Promise<string | undefined> => {
    let failures = 0;
    let throttled = 0;
    for (;;) {
      if (signal?.aborted) throw new StoppedError(`${what}: stopped`);
      let problem: string;
      try {
        const { status, text, wait } = await once(path, body, cut);
        if (status >= 200 && status < 300) return text;
        if (status === 404) return undefined;
        if (status === 401 || status === 403) throw new VtexSetupError(status, refusal(what, status));
        if (status === 429) {
          counts.throttled++;
          // Whatever it asks: an answer of 0 seconds, or a date that a wrong clock has passed, is believed once.
          const leastMs = throttled++ === 0 ? 0 : backOffMs(backOff, throttled - 2, 1);
          const waitMs = Math.round(Math.max(wait, leastMs) * (1 + random() / 10));
          log?.warn({ waitMs }, 'VTEX asks to wait');
          await pause(waitMs, signal);
          continue;
        }
        if (status < 500 && status !== 408) throw new VtexUnreadableError(`${what}: VTEX answers ${status}`);
        problem = `VTEX answers ${status}`;
      } catch (error) {
        if (error instanceof VtexSetupError || error instanceof VtexUnreadableError || error instanceof StoppedError)
          throw error;
        problem = reasonOf(error as Error, timeoutMs);
      }
      counts.failed++;
      failures++;
      if (failures >= maxAttempts) throw new VtexUnavailableError(`${what}: ${problem}, ${failures} times, at ${base}`);
      await pause(backOffMs(backOff, failures - 1, random()), signal);
    }
  };

  const read = (what: string, text: string): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      throw new VtexUnreadableError(`${what}: the answer is not JSON`);
    }
  };

  return {
    counts,
    async feed(signal) {
      const what = 'read the feed';
      try {
        const text = await call(what, '/api/orders/feed?maxlot=10', undefined, signal);
        if (text === undefined) throw new VtexSetupError(404, noFeed);
        return listOf(read(what, text || '[]'))
          .map(toFeedItem)
          .filter(hasHandle);
      } catch (error) {
        // No order is at fault: there is nothing to be done without, but to ask again.
        if (error instanceof VtexUnreadableError) throw new VtexUnavailableError(error.message, { cause: error });
        throw error;
      }
    },
    async commit(handles, signal) {
      const body = JSON.stringify({ handles });
      const text = await call('commit to the feed', '/api/orders/feed', body, signal, signal);
      if (text === undefined) throw new VtexSetupError(404, noFeed);
    },
    async order(orderId, signal) {
      const what = 'get an order';
      const text = await call(what, `/api/oms/pvt/orders/${partOf(orderId)}`, undefined, signal);
      if (text === undefined) throw new VtexUnreadableError('VTEX knows no such order (404)');
      const order = objectOf(read(what, text));
      if (!textIn(order['orderId'])) throw new VtexUnreadableError(`${what}: the answer is no order`);
      return order;
    },
    async orderGroup(orderGroup, signal) {
      const what = 'get an order group';
      const text = await call(what, `/api/oms/pvt/orders/order-group/${partOf(orderGroup)}`, undefined, signal);
      return text === undefined ? [] : listOf(read(what, text)).map(objectOf);
    },
    async feedConfig(signal) {
      const what = 'read the configuration of the feed';
      const text = await call(what, '/api/orders/feed/config', undefined, signal);
      if (text === undefined) throw new VtexSetupError(404, noFeed);
      return objectOf(read(what, text));
    },
  };
}

/** An id as one part of a path. @throws {VtexUnreadableError} When it can be none: half a character, or a step up. */
function partOf(id: string): string {
  try {
    if (!/^\.{1,2}$/.test(id)) return encodeURIComponent(id);
  } catch {
    // Half of a surrogate pair.
  }
  throw new VtexUnreadableError('the id is none that VTEX can be asked for');
}

/** Whatever `Retry-After` says: a wrong clock, or a wrong unit, must not stop it for days. */
const longestWaitMs = 600_000;

const noFeed =
  'VTEX has no feed for this app key (404). Configure one: POST /api/orders/feed/config, see docs/vtex-orders.md. VTEX removes a feed that gets no updates.';

function refusal(what: string, status: number): string {
  const why =
    status === 401
      ? 'VTEX does not know the app key or its token (401). Check VTEX_APP_KEY and VTEX_APP_TOKEN, and that they are of this account.'
      : 'The app key may not do this (403). Its role needs the OMS resources "Feed v3 and Hook Admin" and "View order".';
  return `${what}: ${why}`;
}

function reasonOf(error: Error, timeoutMs: number): string {
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  const { code } = (error.cause ?? {}) as { code?: unknown };
  return typeof code === 'string' ? `the connection failed (${code})` : 'the connection failed';
}

function baseOf({ account, baseUrl }: VtexApiOptions): string {
  if (baseUrl === undefined) {
    if (!/^[a-z0-9][a-z0-9-]{0,62}$/i.test(account ?? ''))
      throw new TypeError(`account: the name of a VTEX account is needed, got ${JSON.stringify(account)}`);
    return `https://${account}.vtexcommercestable.com.br`;
  }
  const { protocol, hostname, username } = URL.canParse(baseUrl) ? new URL(baseUrl) : new URL('none:');
  const local = protocol === 'http:' && /^(127\.0\.0\.1|localhost|\[::1\])$/.test(hostname);
  if ((protocol !== 'https:' && !local) || username)
    throw new TypeError(`baseUrl: an https address without credentials is needed`);
  return baseUrl.replace(/\/+$/, '');
}

function toFeedItem(value: unknown): FeedItem & { readonly handle: string } {
  const { handle, orderId, state, currentChange } = objectOf(value);
  const changedAt = Date.parse(textIn(currentChange) ?? '');
  return {
    handle: textIn(handle) ?? '',
    orderId: textIn(orderId),
    state: textIn(state),
    changedAt: Number.isNaN(changedAt) ? undefined : changedAt,
  };
}
const hasHandle = ({ handle }: FeedItem): boolean => handle !== '';
