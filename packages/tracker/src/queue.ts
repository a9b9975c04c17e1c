import { type Batch, takeBatch } from './batch.js';
import type { ResolvedOptions } from './options.js';
import type { Store } from './store.js';
import { keepaliveBytes, post } from './transport.js';
import type { StoredEvent } from './types.js';

/** First and longest wait between attempts while the collector does not answer. Unit: ms. */
const retry = { baseMs: 1000, maxMs: 60_000 };
/** Whatever `Retry-After` says. Unit: ms. */
const maxRetryAfterMs = 3_600_000;

export interface Queue {
  /** Keeps an event and sees to it that it is sent; `urgent`: at once. */
  push(event: StoredEvent, urgent: boolean): void;
  /** Sends all that waits, of this page and of pages gone. Resolves after the attempt: `true` when nothing is left. */
  send(): Promise<boolean>;
  /** Sends what fits into requests that outlive the page. The rest is in the store. */
  leave(): void;
  stop(): void;
}

/** Holds events until the collector has answered for them: first in the store, then on the way. */
export function createQueue(options: ResolvedOptions, store: Store, head: () => Record<string, unknown>): Queue {
  const { endpoint, flushIntervalMs, maxEvents, maxBodyBytes, onError } = options;
  /** Events of this page that no answer confirmed; what the store refuses lives here alone. */
  const waiting = new Map<string, StoredEvent>();
  /** Of these, what the store has. */
  const stored = new Set<string>();
  /** Events in a request whose answer is not here yet. */
  const inFlight = new Set<string>();
  let bytesInFlight = 0;
  let unstored: StoredEvent[] = [];
  let failures = 0;
  /** Instants of `performance.now()`, which no change of the clock moves. */
  let notBefore = 0;
  let timerAt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let sending: Promise<boolean> | undefined;
  let stopped = false;
  let storageReported = false;

  const storageFailed = (error: unknown): void => {
    if (!storageReported) onError({ code: 'storage', message: String(error) });
    storageReported = true;
  };

  /** Writes the events of a task in one transaction. */
  const persist = async (): Promise<void> => {
    const events = unstored;
    unstored = [];
    if (events.length > 0) {
      await store.add(events).then(() => {
        for (const { event_id } of events) stored.add(event_id);
      }, storageFailed);
    }
  };

  const schedule = (delayMs: number): void => {
    const now = performance.now();
    const at = Math.max(now + delayMs, notBefore);
    if (stopped || (timer !== undefined && timerAt <= at)) return;
    clearTimeout(timer);
    timerAt = at;
    timer = setTimeout(() => {
      timer = undefined;
      void send();
    }, at - now);
  };

  const dispatch = async ({ events, body, bytes }: Batch): Promise<boolean> => {
    const ids = events.map((event) => event.event_id);
    const release = (): void => {
      for (const id of ids) inFlight.delete(id);
    };
    for (const id of ids) inFlight.add(id);
    const keepalive = bytesInFlight + bytes <= keepaliveBytes;
    if (keepalive) bytesInFlight += bytes;
    const { done, retryAfterMs, errors } = await post(endpoint, body, keepalive);
    if (keepalive) bytesInFlight -= bytes;
    if (done) {
      failures = notBefore = 0;
      for (const id of ids) {
        waiting.delete(id);
        stored.delete(id);
      }
      // What cannot be deleted stays in flight: read from the store again, it would be sent without end.
      await store.remove(ids).then(release, storageFailed);
    } else {
      const now = performance.now();
      // Requests that fail together are one failure.
      const most = Math.min(retry.maxMs, retry.baseMs * 2 ** (now < notBefore ? failures : failures++));
      // Full jitter: clients that failed together do not come back together.
      const waitMs = Math.max(Math.min(retryAfterMs, maxRetryAfterMs), Math.random() * most);
      notBefore = Math.max(notBefore, now + waitMs);
      clearTimeout(timer);
      timer = undefined;
      release();
      schedule(0);
    }
    errors.forEach(onError);
    return done;
  };

  const drain = async (): Promise<boolean> => {
    for (;;) {
      await persist();
      const most = maxEvents + inFlight.size;
      const known = new Map(waiting);
      const found = await store.read(most).catch(() => undefined);
      if (found) {
        const there = new Set(found.map((event) => event.event_id));
        const end = found[most - 1]?.event_id ?? '~';
        // Stored, and gone from the store: another tab has it confirmed. What was stored since was not yet told.
        for (const id of stored) {
          if (id <= end && !there.has(id) && !inFlight.has(id)) {
            stored.delete(id);
            waiting.delete(id);
            known.delete(id);
          }
        }
        for (const event of found) known.set(event.event_id, event);
      }
      const ready = [...known.values()].filter((event) => !inFlight.has(event.event_id));
      if (ready.length === 0) return inFlight.size === 0;
      ready.sort((a, b) => (a.event_id < b.event_id ? -1 : 1));
      if (!(await dispatch(takeBatch(ready, head(), maxEvents, maxBodyBytes)))) return false;
    }
  };

  const send = (): Promise<boolean> => {
    // One tab sends for all. Insecure pages have no locks, and a sandboxed page may not ask for one.
    sending ??= Promise.resolve(navigator.locks?.request(`rastro ${options.key}`, drain) ?? drain())
      .catch(drain)
      .catch((error: unknown) => {
        onError({ code: 'misuse', message: String(error) });
        return false;
      })
      .finally(() => {
        sending = undefined;
      });
    return sending;
  };

  return {
    push(event, urgent) {
      waiting.set(event.event_id, event);
      if (unstored.push(event) === 1) queueMicrotask(() => void persist());
      schedule(urgent || waiting.size >= maxEvents ? 0 : flushIntervalMs);
    },
    send,
    leave() {
      void persist();
      let ready = [...waiting.values()].filter((event) => !inFlight.has(event.event_id));
      while (ready.length > 0) {
        const room = Math.min(maxBodyBytes, keepaliveBytes - bytesInFlight);
        const batch = takeBatch(ready, head(), maxEvents, room);
        // One that is too large does not hold up those behind it.
        if (batch.bytes <= room) void dispatch(batch);
        ready = ready.slice(batch.events.length);
      }
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
