// One closure for all that has state, where the project elsewhere has one file for each idea: every border between two
// parts of it costs each page view some 25 bytes. What is pure stands in files of its own.

import { cleanUrl } from './context.js';
import { envelope } from './envelope.js';
import { clickIds, defaultOptions, type StartOptions, type TrackerError } from './options.js';
import { nextSession } from './session.js';
import type { Context, EventType, Listener, Plugin, PluginTracker, Properties, StoredEvent, Tell } from './types.js';
import { uuid7 } from './uuid.js';
import { version } from './version.js';

/** 400 days: the longest that browsers keep a cookie (https://developer.chrome.com/blog/cookie-max-age-expires). Unit: s. */
const maxAgeSeconds = 34_560_000;
/** A database that does not answer by then is treated as blocked. Unit: ms. */
const storeTimeoutMs = 3000;
/** Longest wait between attempts while the collector does not answer; the first is a second at most. Unit: s. */
const maxRetrySeconds = 60;
/** Whatever `Retry-After` says. Unit: s. */
const maxRetryAfterSeconds = 3600;
/** A tab that holds the lease longer is gone: no request takes as long. Unit: ms. */
const leaseMs = 30_000;
/**
 * Largest request, and all that are in flight together. Requests that may outlive the page share 64 KiB
 * (https://fetch.spec.whatwg.org/#http-network-or-cache-fetch): some of it is left to the page's own. Unit: bytes.
 */
const mostBytes = 60_000;
/** Longer than any collector takes to answer; the other tabs wait so long at most. Unit: ms. */
const answerTimeoutMs = 30_000;
/** With less room than this in the keepalive budget no further request is tried: most events would not fit. Unit: bytes. */
const leastRoom = 2000;
/** Most calls that get their ids in one task: about 4 ms of a slow phone's time. */
const sealedAtOnce = 100;

declare global {
  interface Document {
    prerendering?: boolean;
  }
  interface Navigator {
    readonly globalPrivacyControl?: boolean;
  }
}

/** The result, or nothing: browsers block storage and cookies at every step, their names included. */
const attempt = <T>(act: () => T): T | undefined => {
  try {
    return act();
  } catch {}
  return;
};

/** Starts tracking with options that are known to be right. */
export function start<P extends Properties>({
  endpoint,
  key,
  currency,
  queryParams = clickIds,
  flushIntervalMs = defaultOptions.flushIntervalMs,
  maxEvents = defaultOptions.maxEvents,
  maxStored = defaultOptions.maxStored,
  consent = defaultOptions.consent,
  ignoreGpc,
  cookieless,
  cookieDomain = defaultOptions.cookieDomain,
  now = Date.now,
}: StartOptions): PluginTracker<P> {
  /** Of the database and the lock, and before the keys of events in the storage. */
  const name = `rastro/${key}/`;
  const listeners: Listener[] = [];
  const ends: ReturnType<Plugin['setup']>[] = [];
  // A listener's failure is not ours to throw into the page.
  const tell: Tell = (type, detail) => {
    for (const listener of listeners) attempt(() => listener(type, detail as never));
  };

  // Small values by name: in localStorage, or in memory where that is blocked, full, absent or not wanted.
  const memory: Record<string, string | number> = {};
  const disk: typeof memory = cookieless ? memory : (attempt(() => localStorage) ?? memory);
  const read = (item: string): string => (memory[`rastro_${item}`] ?? disk[`rastro_${item}`] ?? '') as string;
  /** Nothing (`''`, 0, `undefined`) removes it. */
  const write = (item: string, value?: string | number): void => {
    const name = `rastro_${item}`;
    delete memory[name];
    if (!value) delete disk[name];
    else if (!attempt(() => (disk[name] = value))) memory[name] = value;
  };
  /** Names that begin so. */
  const names = (prefix: string): string[] =>
    Object.keys({ ...disk, ...memory }).flatMap((item) => item.split(`rastro_${prefix}`).slice(1));

  // Who: the device's id in a first-party cookie, mirrored in the storage for when either is cleared.
  const jar = cookieless ? { cookie: '' } : document;
  let renewed = false;
  const keep = (deviceId: string): void => {
    write('id', deviceId);
    attempt(() => {
      jar.cookie = `rastro_id=${deviceId};path=/;max-age=${deviceId ? maxAgeSeconds : 0};samesite=lax;domain=${cookieDomain}${isSecureContext ? ';secure' : ''}`;
    });
  };

  // Events that wait to be confirmed: in IndexedDB, each under its own key, so that tabs cannot overwrite one another. A
  // write is on the disk within milliseconds, while localStorage loses the last seconds when the browser is killed.
  let opened: Promise<IDBDatabase> | undefined;
  const settled = (target: Record<string, unknown>, event: 'onsuccess' | 'oncomplete'): Promise<unknown> =>
    new Promise((resolve, reject) => {
      target[event] = resolve;
      target['onerror'] = target['onabort'] = reject;
      setTimeout(reject, storeTimeoutMs);
    });
  const open = async (): Promise<IDBDatabase> => {
    const request = (cookieless ? (null as never) : indexedDB).open(name);
    request.onupgradeneeded = () => request.result.createObjectStore('e');
    await settled(request as never, 'onsuccess');
    // Deleted by the shopper: not held, and opened anew when it is needed.
    request.result.onversionchange = () => request.result.close();
    return request.result;
  };
  /** One transaction; `undefined` where IndexedDB is blocked, full or broken. */
  // biome-ignore lint/suspicious/noConfusingVoidType: to end without a result is shorter than to return none.
  const transact = async <T>(act: (events: IDBObjectStore) => IDBRequest<T>[]): Promise<T[] | void> => {
    try {
      opened ??= open();
      const transaction = (await opened).transaction('e', 'readwrite');
      const requests = act(transaction.objectStore('e'));
      // At once, not when the page's next task lets it: that one may be the last.
      transaction.commit?.();
      await settled(transaction as never, 'oncomplete');
      return requests.map((request) => request.result);
    } catch {
      opened = undefined;
    }
  };

  /** Events of this page that no answer confirmed. */
  const waiting = new Map<string, StoredEvent>();
  /** Events, of pages gone too, in a request whose answer is not here yet. */
  const inFlight = new Set<string>();
  let bytesInFlight = 0;
  /** Requests that failed since the last that did not. While there are some, new events do not make it try again. */
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let sending: Promise<boolean> | undefined;
  let release: (() => void) | undefined;

  let allowed = (): boolean => consent === 'granted' && !document.prerendering;
  const schedule = (delayMs: number): void => {
    clearTimeout(timer);
    timer = setTimeout(send, delayMs);
  };
  const discard = async (keys: readonly string[]): Promise<void> => {
    for (const key of keys) {
      waiting.delete(key);
      // Until it is deleted: read from the store once more, it would be sent, or dropped, twice.
      inFlight.add(key);
      write(name + key);
    }
    // What cannot be deleted stays in flight: read from the store again, it would be sent without end.
    if (await transact((store) => keys.map((key) => store.delete(key)))) for (const key of keys) inFlight.delete(key);
  };

  /** Drops what is too much. Gives the rest that is not on its way, what matters most first, then oldest first. */
  const select = (all: Iterable<string>): string[] => {
    const keys = [...all].filter((key) => !inFlight.has(key)).sort();
    const dropped = keys.splice(0, keys.length - maxStored);
    if (dropped[0]) {
      void discard(dropped);
      write('dropped', +read('dropped') + dropped.length);
    }
    return keys.sort((a, b) => (b[0] as never) - (a[0] as never));
  };

  /**
   * Sends the first of these that fit a request, and takes them from the list. Resolves to `false` when that failed.
   *
   * @param from Where they are; when it is not given, this page, which is being left.
   */
  const dispatch = async (keys: string[], from?: ReadonlyMap<string, StoredEvent>): Promise<false | undefined> => {
    const leaving = !from;
    from ??= waiting;
    const room = mostBytes - bytesInFlight;
    const dropped = +read('dropped');
    const head = { v: 1, key, sent_at: now(), sdk: `rastro-js/${version}`, webdriver: navigator.webdriver, dropped };
    let count = Math.min(keys.length, maxEvents);
    let body: string;
    let bytes: number;
    // The first is always taken, even when it alone is larger.
    for (; ; count = Math.ceil(count / 2)) {
      body = envelope(
        keys.slice(0, count).map((key) => from?.get(key) as StoredEvent),
        head,
      );
      bytes = new Blob([body]).size;
      if (bytes <= room || count < 2) break;
    }
    const taken = keys.splice(0, count);
    if (leaving && bytes > room) return;
    const events = taken.map((key) => {
      inFlight.add(key);
      return from.get(key) as StoredEvent;
    });
    bytesInFlight += bytes;
    // Told once, whatever else is on its way.
    write('dropped');
    tell('request', events);
    let done: boolean | undefined;
    let errors: TrackerError[];
    let retryAfterSeconds: number | undefined;
    try {
      const response = await fetch(endpoint, {
        method: 'POST',
        // A string goes as text/plain: no preflight request.
        body,
        // The budget is shared with the page's own requests: after a failure it is left to them.
        keepalive: leaving || (bytes <= room && !failures),
        // Safari before 16 has no AbortSignal.timeout.
        signal: AbortSignal.timeout?.(answerTimeoutMs) as AbortSignal,
      });
      retryAfterSeconds = +(response.headers.get('retry-after') as string);
      const { accepted, rejected, error } = await response.json();
      // Somebody else (a login page, a proxy's error page) answers for nothing.
      done = /^\d/.test(accepted);
      errors = rejected ?? [{ code: 'http', ...error, status: response.status }];
    } catch (error) {
      errors = [{ code: 'network', message: `${error}` }];
    }
    bytesInFlight -= bytes;
    if (done) {
      failures = 0;
      // Those that were erased meanwhile are not touched again.
      if (inFlight.has(taken[0] as string)) await discard(taken);
    } else {
      for (const key of taken) inFlight.delete(key);
      if (allowed()) write('dropped', +read('dropped') + dropped);
      // Full jitter: clients that failed together do not come back together.
      schedule(
        1000 *
          Math.max(
            Math.min(retryAfterSeconds || 0, maxRetryAfterSeconds),
            Math.random() * Math.min(maxRetrySeconds, 2 ** failures++),
          ),
      );
    }
    tell('answer', { events, done, errors });
    return done ? undefined : false;
  };

  /** Sends one batch. `true`: nothing is left, `false`: it failed, `undefined`: go on. */
  const step = async (): Promise<boolean | undefined> => {
    const before = [...waiting.keys()];
    const there = new Set([
      ...(((await transact((store) => [store.getAllKeys()])) ?? [before])[0] as string[]),
      ...names(name),
    ]);
    // Stored, and gone from the store: another tab has it confirmed.
    for (const key of before) if (!there.has(key)) waiting.delete(key);
    const keys = select(new Set([...there, ...waiting.keys()])).slice(0, maxEvents);
    // Those of pages gone are read; what this page has itself is not.
    const found = await transact((store) => keys.map((key) => (waiting.has(key) ? ({} as never) : store.get(key))));
    const from = new Map<string, StoredEvent>();
    keys.forEach((key, at) => {
      const event = waiting.get(key) ?? found?.[at] ?? attempt(() => JSON.parse(read(name + key)));
      // What is no event was not written by this version of the tracker.
      if (event?.[2] && !inFlight.has(key)) from.set(key, event);
    });
    return from.size && allowed() ? dispatch([...from.keys()], from) : !waiting.size;
  };

  /** Sends batch after batch, one page of all tabs at a time. */
  const drain = async (): Promise<boolean> => {
    if (!allowed()) return false;
    const race = (): Promise<boolean | undefined> =>
      Promise.race([
        allowed() && step(),
        new Promise<boolean>((resolve) => {
          release = () => resolve(false);
        }),
      ]);
    let result: boolean | undefined;
    try {
      result = await navigator.locks.request(name, race);
    } catch {
      // Insecure pages have no locks, and a sandboxed page may not ask for one: a lease in the storage.
      if (Math.abs(now() - (read('lease') as never)) < leaseMs) {
        schedule(flushIntervalMs);
        return false;
      }
      write('lease', now());
      result = await race();
      write('lease');
    }
    return result ?? drain();
  };

  const send = (): Promise<boolean> => {
    seal();
    clearTimeout(timer);
    timer = undefined;
    sending ??= drain().then((done) => {
      sending = undefined;
      // What came in the last moment found it still sending.
      if (waiting.size && !timer && allowed()) schedule(flushIntervalMs);
      return done;
    });
    return sending;
  };
  const leave = (): void => {
    seal(Infinity);
    // A page that is closed the next moment may take its last write with it.
    spill(pending);
    const keys = allowed() ? select(waiting.keys()) : [];
    while (keys[0] && bytesInFlight < mostBytes - leastRoom) void dispatch(keys);
    // The page may stand still from now on: another one may send.
    release?.();
  };

  /** Calls without ids yet: those of this task, and all while consent is pending or the page prerendered. */
  let held: ((events: Map<string, StoredEvent>) => void)[] = [];
  /** Events on their way into the store. */
  const pending = new Map<string, StoredEvent>();
  /** Into the storage, for the next page. */
  const spill = (events: ReadonlyMap<string, StoredEvent>): void => {
    if (allowed())
      events.forEach((event, key) => {
        write(name + key, JSON.stringify(event));
      });
  };
  /** Its id, events so far, and the instant of the last: what the tabs share, while a task's calls get their ids. */
  let session: string;
  const later = (call: (events: Map<string, StoredEvent>) => void): void => {
    if (consent === 'denied') return;
    if (held.push(call) < 2) queueMicrotask(seal);
    if (!allowed() && held.length > maxStored) held.shift();
  };
  /**
   * Gives calls their ids, and stores them with one write; what is called while that lasts waits for the next. A burst takes
   * several, so that none is long; but for `flush()` and a page that is left, which wait for nothing.
   */
  const seal = (most = 0): void => {
    if (!held[0] || !allowed() || (pending.size && !most)) return;
    const events = new Map<string, StoredEvent>();
    session = read('session');
    for (const call of held.splice(0, most || sealedAtOnce)) call(events);
    write('session', session);
    for (const [key, event] of events) {
      waiting.set(key, event);
      pending.set(key, event);
    }
    void transact((store) => [...events].map(([key, event]) => store.put(event, key))).then((stored) => {
      if (!stored) spill(pending);
      events.forEach((_, key) => {
        pending.delete(key);
      });
      seal();
    });
    if (waiting.size > maxStored) select(waiting.keys());
    if (failures) return;
    if (document.hidden) leave();
    else if (waiting.size >= maxEvents || [...events.keys()].some((key) => key > '2')) void send();
    else if (!timer) schedule(flushIntervalMs);
  };

  let context: Context;
  let seen: string;
  /** The page as it is now. Made anew when its address or title has changed, so that asking costs next to nothing. */
  const page = (): Context => {
    const { title, referrer } = document;
    const { href } = location;
    if (seen !== href + title) {
      seen = href + title;
      context = {
        page_url: cleanUrl(href, queryParams),
        page_referrer: cleanUrl(referrer, queryParams),
        page_title: title,
        language: navigator.language,
        viewport: `${innerWidth}x${innerHeight}`,
      };
    }
    return context;
  };
  const track = (event_type: EventType, fields: object): void => {
    // A copy: what the page does to its objects later does not change what happened. `undefined` is left out.
    const event = { currency, ...JSON.parse(JSON.stringify(fields)), event_type };
    const where = page();
    // What a prerendered page does happens when somebody sees it.
    const calledAt = document.prerendering ? 0 : now();
    tell('event', event);
    later((events) => {
      const event_time = calledAt || now();
      const newId = (): string => uuid7(event_time, 0);
      const id = read('id');
      // A server may have renewed the cookie for longer than a browser keeps what a script wrote: it counts.
      if (!renewed || !id)
        keep(attempt(() => (/(^|; )rastro_id=([\w-]{1,128})/.exec(jar.cookie) as string[])[2]) || id || newId());
      renewed = true;
      const [session_id, session_seq] = nextSession(session.split(' '), event_time, newId);
      session = `${session_id} ${session_seq} ${event_time}`;
      Object.assign(event, { event_id: uuid7(event_time, session_seq), event_time, session_seq });
      // Keys sort in the order in which events are dropped when there are too many: purchases last, then by time.
      events.set((event_type === 'purchase' ? 2 : +/cart/.test(event_type)) + event.event_id, [
        { device_id: read('id'), session_id, customer_id: read('customer') },
        where,
        event,
      ]);
    });
  };
  const guard =
    <A extends unknown[]>(act: (...args: A) => void): ((...args: A) => void) =>
    (...args) => {
      try {
        act(...args);
      } catch (error) {
        tell('error', { code: 'misuse', message: `${error}` });
      }
    };
  const tracks = (event_type: EventType): ((fields: object) => void) => guard((fields) => track(event_type, fields));

  const tracker: PluginTracker<P> = {
    view: tracks('view'),
    cart: tracks('cart'),
    removeFromCart: tracks('remove_from_cart'),
    purchase: tracks('purchase'),
    identify: guard((customerId) => {
      const id = customerId?.trim();
      later(() => write('customer', id));
    }),
    consent(decision) {
      consent = decision;
      tell('consent', decision);
      if (decision === 'denied') {
        held = [];
        waiting.clear();
        pending.clear();
        inFlight.clear();
        keep('');
        for (const name of names('')) write(name);
        attempt(() => indexedDB.deleteDatabase(name));
      }
      seal();
      // Opens the database: the first event does not wait for it.
      if (allowed()) void transact(() => []);
      // Also what an earlier page left; not at once, the page has better to do.
      schedule(flushIntervalMs);
    },
    reset: (deviceId = '') =>
      later(() => {
        keep(deviceId);
        session = '';
        write('customer');
      }),
    flush() {
      seal(Infinity);
      return send();
    },
    use: guard((plugin) => {
      ends.push(plugin.setup(tracker));
    }),
    stop() {
      leave();
      consent = 'denied';
      allowed = () => false;
      for (const end of ends) attempt(end as () => void);
    },
    track: guard(track) as PluginTracker<P>['track'],
    on(listener) {
      listeners.push(listener);
      listener('consent', consent);
    },
    page,
  };
  tracker.consent(navigator.globalPrivacyControl && ignoreGpc == null ? 'denied' : consent);
  // Hidden is the last that a discarded mobile tab says; `unload` would cost the back/forward cache.
  for (const type of ['visibilitychange', 'pagehide', 'online', 'prerenderingchange'])
    addEventListener(
      type,
      () => {
        if (document.hidden || type === 'pagehide') leave();
        // Not at once: the tab that was left a moment ago waits for its answers.
        else schedule(flushIntervalMs);
      },
      true,
    );
  return tracker;
}
