import { envelope } from '../envelope.js';
import { clickIds, type TrackerError } from '../options.js';
import { objectOf } from '../plugins/adapter.js';
import { nextSession } from '../session.js';
import type { Product, StoredEvent, Who } from '../types.js';
import { version } from '../version.js';
import type { CustomerPrivacy, PixelApi, PixelOptions } from './api.js';
import { eventId } from './event-id.js';
import { bareId, listOf, mapShopify } from './map.js';
import { pageOf } from './page.js';

/** A page that does not answer by then has blocked its storage, or is going. Unit: ms. */
const storeTimeoutMs = 1000;
/** What earlier pages left is sent so long after this one starts: the last one's request may still be on its way. Unit: ms. */
const leftoversDelayMs = 1000;
/** Longest wait between attempts while the collector does not answer; the first is a second at most. Unit: s. */
const maxRetrySeconds = 60;
/** Whatever `Retry-After` says. Unit: s. */
const maxRetryAfterSeconds = 3600;
/** Most events in one request: their body stays below `mostKept` but for long orders. */
const maxEvents = 20;
/**
 * Largest body that may outlive the page, a third of the 64 KiB that all such requests share
 * (https://fetch.spec.whatwg.org/#http-network-or-cache-fetch): a character may take three bytes. Unit: UTF-16 code units.
 */
const mostKept = 20_000;
/** Most events that wait to be confirmed, of all pages of the shop in this browser: some 150 KB of its storage. */
const maxStored = 200;

/** Steps of an event: to be sent, in a request, and answered for. */
const ready = 1;
const sent = 2;
const done = 3;
/** Why there is something to do. */
const answer = 1;
const leftovers = 2;
/** What is filled in once it is an event's turn. */
type Mutable<T> = { -readonly [Field in keyof T]: T[Field] };
interface Sealed {
  readonly event_time: number;
  session_seq: number;
}

const idOf = ([, , { event_id }]: StoredEvent): string => event_id;

/**
 * Tracks from inside a pixel of Shopify's, app or custom: hears the standard events, and sends those that `mapShopify` reads.
 * Uses no page: no `window`, `document` or `navigator`. Throws nothing into the sandbox: what is wrong goes to `onError`.
 *
 * @param api What `register` gives an app pixel; `api` in a custom pixel.
 */
export function rastroPixel(api: PixelApi, { endpoint, key, currency, consent, onError }: PixelOptions): void {
  const tell = (error: TrackerError): void => {
    try {
      onError?.(error);
    } catch {}
  };
  const misuse = (error: unknown): void => tell({ code: 'misuse', message: `shopify: ${error}` });
  /** What the page's storage answers; nothing where it is silent, and no JSON where it is blocked or full. */
  const ask = async (method: 'getItem' | 'setItem' | 'removeItem', value?: string): Promise<unknown> => {
    try {
      return await Promise.race([
        api.browser.localStorage[method](`rastro_pixel/${key}`, value as string),
        new Promise((resolve) => setTimeout(resolve, storeTimeoutMs)),
      ]);
    } catch {
      return method;
    }
  };

  /** `undefined`: the visitor has not chosen. */
  let allowed: boolean | undefined;
  let customer: unknown;
  /** How far this page is with an event, by `event_id`: those of pages that may still be open are not in here. */
  const steps = new Map<string, number>();
  /** Events without a session yet. */
  let held: StoredEvent[] = [];
  /** Id of the session, its events so far, and the instant of the last. As stored, and for where that is not possible. */
  let session: readonly unknown[] = [];
  /** Events that no answer confirmed, of all pages, as they are stored, oldest first. */
  let waiting: StoredEvent[] = [];
  /** Requests that failed since the last that did not. While there are some, new events do not make it try again. */
  let failures = 0;
  let dropped = 0;
  /** Set where the last write failed: what is stored is older than what is in memory. */
  let full: unknown;

  let turn: Promise<unknown> = Promise.resolve();
  /**
   * Gives events their session, stores them, forgets what was confirmed, and only then sends what is ready. One after the
   * other: events come while the storage answers.
   *
   * @param why `answer`: some are confirmed. `leftovers`: sends also what earlier pages left. Otherwise: there are new ones.
   */
  const settle = (why?: typeof answer | typeof leftovers): void => {
    turn = turn
      .then(async () => {
        // Without consent nothing is read.
        if (!allowed || !(why || held[0])) return;
        const found = await ask('getItem');
        // Refused while the storage answered.
        if (!allowed) return;
        try {
          const [before, events] = JSON.parse((full || found) as string);
          session = listOf(before);
          waiting = listOf(events) as StoredEvent[];
        } catch {}
        waiting = waiting.filter((event) => listOf(event)[2] && steps.get(idOf(event)) !== done);
        if (why === leftovers) for (const id of waiting.map(idOf)) if (!steps.has(id)) steps.set(id, ready);
        for (const event of held.splice(0)) {
          const [who, , fields] = event as unknown as [Mutable<Who>, unknown, Sealed];
          const [id, seq] = nextSession(session as string[], fields.event_time, () => crypto.randomUUID());
          session = [id, seq, fields.event_time];
          who.session_id = id;
          // Without Shopify's id a device is as long as its session.
          who.device_id ||= id;
          fields.session_seq = seq;
          waiting.push(event);
        }
        // The oldest that is no purchase; where all are, the latest.
        for (; waiting.length > maxStored; dropped++)
          waiting.splice(
            waiting.findIndex(([, , { event_type }]) => event_type !== 'purchase'),
            1,
          );
        full = await ask('setItem', JSON.stringify([session, waiting]));
        if (!failures) void send();
      })
      .catch(misuse);
  };

  /** Sends one batch of what is ready, and after its answer the next. */
  const send = async (): Promise<void> => {
    const batch = waiting.filter((event) => steps.get(idOf(event)) === ready).slice(0, maxEvents);
    if (!allowed || !batch[0]) {
      failures = 0;
      return;
    }
    const mark = (step: number): void => {
      for (const event of batch) steps.set(idOf(event), step);
    };
    mark(sent);
    const body = envelope(batch, { v: 1, key, sent_at: Date.now(), sdk: `rastro-shopify/${version}`, dropped });
    let retryAfterSeconds: number | undefined;
    try {
      const response = await fetch(endpoint, {
        method: 'POST',
        // A string goes as text/plain: no preflight request.
        body,
        // The budget is shared: after a failure it is left to others.
        keepalive: body.length < mostKept && !failures,
      });
      retryAfterSeconds = +(response.headers.get('retry-after') as string);
      const { accepted, rejected, error } = await response.json();
      (rejected ?? [{ code: 'http', ...error, status: response.status }]).forEach(tell);
      // Somebody else (a login page, a proxy's error page) answers for nothing.
      if (/^\d/.test(accepted)) {
        failures = dropped = 0;
        mark(done);
        return settle(answer);
      }
    } catch (error) {
      tell({ code: 'network', message: `${error}` });
    }
    mark(ready);
    setTimeout(
      send,
      // Full jitter: clients that failed together do not come back together.
      1000 *
        Math.max(
          Math.min(retryAfterSeconds || 0, maxRetryAfterSeconds),
          Math.random() * Math.min(maxRetrySeconds, 2 ** failures++),
        ),
    );
  };

  const take = (event: unknown): void => {
    try {
      const { id, clientId, timestamp, context } = objectOf(event);
      const event_id = eventId(id);
      if (allowed === false || steps.has(event_id)) return;
      // What is replayed is taken once.
      steps.set(event_id, ready);
      const { calls, reasons } = mapShopify(event);
      reasons.forEach(misuse);
      for (const [method, argument] of calls) {
        if (method === 'identify') customer = argument;
        else
          held.push(
            // What is not said is left out here; what cannot be written is found out before it is with others.
            JSON.parse(
              JSON.stringify([
                { device_id: clientId, customer_id: customer },
                pageOf(objectOf(context), clickIds),
                {
                  ...(argument as object),
                  currency: (argument as Product).currency || currency,
                  event_id,
                  event_type: method === 'removeFromCart' ? 'remove_from_cart' : method,
                  event_time: Date.parse(timestamp as string) || Date.now(),
                },
              ]),
            ),
          );
      }
      settle();
    } catch (error) {
      misuse(error);
    }
  };

  const decide = (privacy: CustomerPrivacy | undefined, otherwise?: false): void => {
    allowed = consent === false || privacy?.analyticsProcessingAllowed || otherwise;
    if (allowed) {
      settle();
      setTimeout(settle, leftoversDelayMs, leftovers);
    } else if (allowed === false) {
      held = [];
      waiting = [];
      session = [];
      // After what is being written: that too is erased.
      turn = turn.then(() => ask('removeItem'));
    }
  };

  try {
    customer = bareId(api.init.data?.customer?.id ?? undefined);
    decide(api.init.customerPrivacy);
    api.customerPrivacy?.subscribe('visitorConsentCollected', (event) => decide(event?.customerPrivacy, false));
    api.analytics.subscribe('all_standard_events', take);
  } catch (error) {
    misuse(error);
  }
}
