import { type Batch, takeBatch } from './batch.js';
import type { ResolvedOptions, TrackerError } from './options.js';
import type { Store } from './store.js';
import { keepaliveBytes, post } from './transport.js';
import type { StoredEvent } from './types.js';

/** First and longest wait between attempts while the collector does not answer. Unit: ms. */
const retry = { baseMs: 1000, maxMs: 60_000 };

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
  /** Events in a request whose answer is not here yet. */
  const inFlight = new Set<string>();
  let bytesInFlight = 0;
  let unstored: StoredEvent[] = [];
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let timerAt = 0;
  let sending: Promise<boolean> | undefined;
  let stopped = false;

  let storageReported = false;
  const storageFailed = (error: unknown): void => {
    if (!storageReported) report({ code: 'storage', message: String(error) });
    storageReported = true;
  };
  const report = (error: TrackerError): void => {
    try {
      onError(error);
    } catch {
      // The page's own callback: its failure is not ours to throw into the page.
    }
  };

  /** Writes the events of a task in one transaction. */
  const persist = (): Promise<void> => {
    const events = unstored;
    unstored = [];
    return events.length > 0 ? store.add(events).catch(storageFailed) : Promise.resolve();
  };

  const schedule = (delayMs: number): void => {
    const at = Date.now() + delayMs;
    if (stopped || (timer !== undefined && timerAt <= at)) return;
    clearTimeout(timer);
    timerAt = at;
    timer = setTimeout(() => {
      timer = undefined;
      void send();
    }, delayMs);
  };

  const dispatch = async (batch: Batch): Promise<boolean> => {
    const ids = batch.events.map((event) => event.event_id);
    for (const id of ids) inFlight.add(id);
    const keepalive = bytesInFlight + batch.bytes <= keepaliveBytes;
    if (keepalive) bytesInFlight += batch.bytes;
    const { done, retryAfterMs, errors } = await post(endpoint, batch.body, keepalive);
    if (keepalive) bytesInFlight -= batch.bytes;
    if (done) {
      failures = 0;
      for (const id of ids) waiting.delete(id);
      await store.remove(ids).catch(storageFailed);
    } else {
      const most = Math.min(retry.maxMs, retry.baseMs * 2 ** failures++);
      // Full jitter: clients that failed together do not come back together.
      schedule(Math.max(retryAfterMs, Math.random() * most));
    }
    for (const id of ids) inFlight.delete(id);
    errors.forEach(report);
    return done;
  };

  const drain = async (): Promise<boolean> => {
    for (;;) {
      await persist();
      const stored = await store.read(maxEvents + inFlight.size).catch(() => []);
      const known = new Map([...stored.map((event) => [event.event_id, event] as const), ...waiting]);
      const ready = [...known.values()].filter((event) => !inFlight.has(event.event_id));
      if (ready.length === 0) return inFlight.size === 0;
      ready.sort((a, b) => (a.event_id < b.event_id ? -1 : 1));
      if (!(await dispatch(takeBatch(ready, head(), maxEvents, maxBodyBytes)))) return false;
    }
  };

  const send = (): Promise<boolean> => {
    // One tab sends for all, so that what a tab confirms no other sends again. Insecure pages have no locks.
    sending ??= Promise.resolve(navigator.locks?.request(`rastro ${options.key}`, drain) ?? drain())
      // A sandboxed page may not ask for a lock.
      .catch(drain)
      .finally(() => {
        sending = undefined;
      });
    return sending;
  };

  return {
    push(event, urgent) {
      waiting.set(event.event_id, event);
      if (unstored.push(event) === 1) queueMicrotask(() => void persist());
      if (failures === 0) schedule(urgent || waiting.size >= maxEvents ? 0 : flushIntervalMs);
    },
    send,
    leave() {
      void persist();
      let ready = [...waiting.values()].filter((event) => !inFlight.has(event.event_id));
      while (ready.length > 0) {
        const room = Math.min(maxBodyBytes, keepaliveBytes - bytesInFlight);
        const batch = takeBatch(ready, head(), maxEvents, room);
        if (batch.bytes > room) break;
        void dispatch(batch);
        ready = ready.slice(batch.events.length);
      }
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
