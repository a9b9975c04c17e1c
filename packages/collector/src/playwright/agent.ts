// Runs in the page: each function is sent there as its source, and can use nothing from outside of itself.

/** What the page tells the test. */
export type AgentMessage =
  | { readonly kind: 'tracker' }
  | { readonly kind: 'called'; readonly type: string }
  | { readonly kind: 'misuse'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'blocked'; readonly directive: string; readonly url: string }
  /** A request of a page that is being left, or hidden: the browser lets nobody stop it on its way. */
  | { readonly kind: 'leaving'; readonly url: string; readonly body: string };

/** The answer to `leaving`; `null` is a network error. */
export type AgentAnswer = {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
} | null;

/** How a page stands, with or without having asked its tracker to send. */
export interface PageLook {
  readonly url: string;
  /** `none`: `window.rastro` is no tracker, though there may be one without that name. */
  readonly tracker: 'none' | 'stub' | 'ready';
  /** `stopped`: its `stop()` was called. */
  readonly consent?: 'granted' | 'pending' | 'denied' | 'stopped';
  readonly gpc: boolean;
  /** What `flush()` came to. */
  readonly flushed?: boolean;
  /** Events in the browser's storage that no answer has confirmed; absent where no tracker has stored any. */
  readonly waiting?: number;
  /** Where the page's tags ask for the tracker. */
  readonly tags?: readonly string[];
}

interface Plugin {
  setup(tracker: { on(listener: (type: string, detail: Detail) => void): void }): () => void;
}
interface Detail {
  readonly event_type?: string;
  readonly code?: string;
  readonly message?: string;
  readonly errors?: readonly { readonly code: string; readonly message: string }[];
}
interface PageTracker {
  q?: unknown[] | object;
  use?(plugin: Plugin): void;
  flush?(): Promise<boolean>;
}
interface Channel {
  readonly port1: { onmessage?: () => void; close(): void };
  readonly port2: { postMessage(message: unknown): void };
}
type Fetch = (this: unknown, input: unknown, init?: { method?: string; body?: unknown }) => Promise<unknown>;
interface PageGlobals {
  rastro?: PageTracker;
  fetch: Fetch;
  readonly document: {
    readonly hidden: boolean;
    readonly baseURI: string;
    querySelectorAll(selector: string): Iterable<{ readonly src: string }>;
  };
  readonly location: { readonly href: string };
  readonly navigator: { readonly globalPrivacyControl?: boolean };
  readonly localStorage: object;
  readonly indexedDB: {
    databases(): Promise<{ name: string }[]>;
    open(name: string): Record<string, unknown>;
  };
  addEventListener(type: string, listener: (event: never) => void, capture: boolean): void;
}

/** Installed before any script of the page: listens to its tracker, and takes what it sends while it is left. */
export function installAgent(binding: string): void {
  const page = globalThis as unknown as PageGlobals & Record<symbol, { consent?: unknown }>;
  const send = (page as unknown as Record<string, (message: AgentMessage) => Promise<AgentAnswer>>)[binding];
  if (!send) return;
  const tell = (message: AgentMessage): void => void send(message).catch(() => undefined);
  const state: { consent?: unknown } = {};
  Object.defineProperty(page, Symbol.for('rastro.kit'), { value: state });

  const plugin: Plugin = {
    setup(tracker) {
      tell({ kind: 'tracker' });
      tracker.on((type, detail) => {
        if (type === 'consent') state.consent = detail;
        if (type === 'event') tell({ kind: 'called', type: String(detail.event_type) });
        if (type === 'error' && detail.code === 'misuse') tell({ kind: 'misuse', message: String(detail.message) });
        const failure = type === 'answer' ? detail.errors?.find(({ code }) => code === 'network') : undefined;
        if (failure) tell({ kind: 'failed', message: failure.message });
      });
      return () => {
        state.consent = 'stopped';
      };
    },
  };
  let own: PageTracker | undefined;
  // Until the page sets it; then it is a property like any other.
  Object.defineProperty(page, 'rastro', {
    configurable: true,
    get: () => own,
    set(value: PageTracker | undefined) {
      own = value;
      Object.defineProperty(page, 'rastro', { value, configurable: true, enumerable: true, writable: true });
      try {
        if (Array.isArray(value?.q)) value.q.push(['use', [plugin], Date.now()]);
        else value?.use?.(plugin);
      } catch {}
    },
  });

  const usual = page.fetch;
  const swapped: Fetch = async function (this: unknown, input, init) {
    const body = init?.body;
    if (typeof body !== 'string' || !body.includes('"events"') || !body.includes('"key"'))
      return usual.call(page, input, init);
    const answer = await send({ kind: 'leaving', url: new URL(String(input), page.document.baseURI).href, body });
    if (answer === null) throw new TypeError('Failed to fetch');
    return new Response(answer.body, { status: answer.status, headers: answer.headers });
  };
  const leave = (leaving: boolean): void => {
    if (leaving) page.fetch = swapped;
    else if (page.fetch === swapped) page.fetch = usual;
  };
  page.addEventListener('pagehide', () => leave(true), true);
  page.addEventListener('pageshow', () => leave(false), true);
  page.addEventListener('visibilitychange', () => leave(page.document.hidden), true);
  page.addEventListener(
    'securitypolicyviolation',
    ({ effectiveDirective, blockedURI }: { effectiveDirective: string; blockedURI: string }) =>
      tell({ kind: 'blocked', directive: effectiveDirective, url: blockedURI }),
    true,
  );
}

/** Looks at the page's tracker. @param flush Whether it shall send what waits, and be waited for. */
export async function look(flush: boolean): Promise<PageLook> {
  const page = globalThis as unknown as PageGlobals & Record<symbol, { consent?: PageLook['consent'] } | undefined>;
  // What the page has already set going comes first. Its timers may be a test's, and stand still.
  await new Promise<void>((done) => {
    const { port1, port2 } = new MessageChannel() as unknown as Channel;
    port1.onmessage = () => {
      port1.close();
      done();
    };
    port2.postMessage(0);
  });
  const { rastro } = page;
  const state = typeof rastro?.flush !== 'function' ? 'none' : Array.isArray(rastro.q) ? 'stub' : 'ready';
  const consent = page[Symbol.for('rastro.kit')]?.consent;
  const flushed = flush && state === 'ready' ? await rastro?.flush?.() : undefined;

  const settled = (request: Record<string, unknown>): Promise<unknown> =>
    new Promise((done, fail) => {
      request['onsuccess'] = () => done(request['result']);
      request['onerror'] = request['onblocked'] = fail;
      // It was deleted meanwhile: it must not be made anew, without what the tracker puts into it.
      request['onupgradeneeded'] = () => (request['transaction'] as { abort(): void }).abort();
    });
  let waiting: number | undefined;
  try {
    for (const { name } of await page.indexedDB.databases()) {
      if (!name.startsWith('rastro/')) continue;
      const database = (await settled(page.indexedDB.open(name))) as {
        transaction(store: string): { objectStore(store: string): { count(): Record<string, unknown> } };
        close(): void;
      };
      try {
        const count = await settled(database.transaction('e').objectStore('e').count());
        waiting = (waiting ?? 0) + Number(count);
      } finally {
        database.close();
      }
    }
  } catch {}
  try {
    const spilled = Object.keys(page.localStorage).filter((name) => name.startsWith('rastro_rastro/')).length;
    if (spilled > 0) waiting = (waiting ?? 0) + spilled;
  } catch {}
  return {
    url: page.location.href,
    tags: [...page.document.querySelectorAll('script[data-key][src]')].map(({ src }) => src),
    tracker: state,
    gpc: page.navigator.globalPrivacyControl === true,
    ...(consent === undefined ? {} : { consent }),
    ...(flushed === undefined ? {} : { flushed }),
    ...(waiting === undefined ? {} : { waiting }),
  };
}
