import type { BrowserContext, Frame, Request, Response, Route } from '@playwright/test';
import { type AgentAnswer, type AgentMessage, installAgent, look, type PageLook } from './agent.js';
import { isEnvelope, matcherOf, type UrlPattern } from './envelope.js';
import type { Ledger } from './ledger.js';
import { type Observed, passedText, strangerText } from './report.js';
import { createScripts, type LostScript, lostText } from './scripts.js';

/** Makes browser contexts send to a ledger, and sees what their pages do. */
export interface Watch {
  readonly observed: Observed;
  /** Forgets what the pages have done. */
  clear(): void;
  /**
   * Events of this context's pages go to the ledger from now on, and no longer to one that it was attached to before. The
   * first time, call it before a page is opened.
   */
  attach(context: BrowserContext): Promise<void>;
  /** Has the trackers send what waits, and does not wait for it. */
  prod(): void;
  /** How the pages stand. */
  looks(limitMs: number): Promise<readonly PageLook[]>;
  /**
   * Waits until nothing can be on its way any more.
   *
   * @returns Why that cannot be told when the time is over; nothing when it can.
   */
  settle(limitMs: number): Promise<string | undefined>;
  /** Has the trackers send what waits once more, for what a test that ends has left. */
  finish(): Promise<void>;
}

export interface WatchOptions {
  readonly endpoint?: UrlPattern | undefined;
  readonly script?: UrlPattern | undefined;
  readonly quietMs: number;
  /** Where the collector is a server. */
  readonly serverUrl: string;
}

const binding = '__rastroKit';
interface Handlers {
  onRequest(request: Request): void;
  onEnd(request: Request): void;
  onFailed(request: Request): void;
  onResponse(response: Response): void;
  onMessage(frame: Frame, message: AgentMessage): Promise<AgentAnswer | undefined>;
  onRoute(route: Route, request: Request): Promise<void>;
  onScript(route: Route, request: Request): Promise<void>;
  isEndpoint(url: URL): boolean;
  isScript(url: URL): boolean;
}
/** Whose a context is: of the test that attached it last, where several tests use the same. */
const homes = new WeakMap<BrowserContext, { current: Handlers }>();
/** What a page's own requests are waited for, with those that they lead to: some never end. Unit: ms. */
const longestFetchMs = 2_000;
/** What a call of the tracker may wait for: data, a module that is loaded late, a popup's or a frame's document. */
const awaited = /^(fetch|xhr|script|document)$/;
/** With every tracker asked, only answers on their way are left to come. Unit: ms. */
const shortQuietMs = 100;
const stepMs = 50;
/** What a test's end takes at most. Unit: ms. */
const finishMs = 1_000;

export function createWatch(ledger: Ledger, { endpoint, script, quietMs, serverUrl }: WatchOptions): Watch {
  const contexts = new Set<BrowserContext>();
  const isEndpoint = endpoint === undefined ? undefined : matcherOf(endpoint);
  const scripts = createScripts(script, ledger.plugins);
  const fetches = new Set<Request>();
  /** When one of these last began or ended. Unit: ms of the performance clock. */
  let fetchAt = 0;
  /** Requests with events that no route has brought here yet. */
  const sent = new Set<Request>();
  /** What pages have not got, by address, and how many trackers there were then. */
  const failed = new Map<string, { readonly why: string; readonly trackers: number }>();
  const tags = new Set<string>();
  const observed: Changing<Observed> = {
    ...createObserved(),
    get lost(): LostScript[] {
      return (
        [...failed]
          .filter(([url]) => tags.has(url) || scripts.isNamed(url) || scripts.gives(new URL(url)))
          .map(([url, { why, trackers }]) => ({ ...scripts.lost(url, why), trackers }))
          // Where a tracker came after all, only what a plugin would have told is missing.
          .filter(({ plugin, trackers }) => plugin !== undefined || trackers === observed.trackers)
      );
    },
  };

  const isOurs = (url: string, body: string | null): boolean =>
    isEndpoint ? isEndpoint(new URL(url)) : isEnvelope(body);

  const fulfill = async (route: Route, request: Parameters<Ledger['handle']>[0]): Promise<void> => {
    const reply = await ledger.handle(request);
    // The page may be gone by now: its events are here all the same.
    const done = reply
      ? route.fulfill({
          status: reply.status,
          headers: { ...reply.headers },
          body: typeof reply.body === 'string' ? reply.body : Buffer.from(reply.body),
        })
      : route.abort('internetdisconnected');
    await done.catch(() => undefined);
  };

  const onRoute = async (route: Route, request: Request): Promise<void> => {
    const method = request.method();
    const events = method === 'POST' && isOurs(request.url(), request.postData());
    if (!events && !(method === 'OPTIONS' && isEndpoint)) return route.fallback();
    sent.delete(request);
    const body = request.postDataBuffer() ?? Buffer.alloc(0);
    return fulfill(route, { method, path: '/e', headers: request.headers(), body });
  };

  const onScript = async (route: Route, request: Request): Promise<void> => {
    const path = scripts.take(request.url());
    // Not compressed: what a route answers with is not decompressed by the browser.
    const { 'accept-encoding': _, ...headers } = request.headers();
    return fulfill(route, { method: 'GET', path, headers, body: Buffer.alloc(0) });
  };

  const onMessage = async (frame: Frame, message: AgentMessage): Promise<AgentAnswer | undefined> => {
    if (message.kind === 'tracker') observed.trackers++;
    else if (message.kind === 'called') observed.called.set(message.type, (observed.called.get(message.type) ?? 0) + 1);
    else if (message.kind === 'misuse') observed.misuses.push({ message: message.message, page_url: frame.url() });
    else if (message.kind === 'failed') observed.failures.push(message.message);
    else if (message.kind === 'blocked') observed.blocked.push(`${message.directive}: ${message.url}`);
    else return onLeaving(frame, message.url, message.body);
    return undefined;
  };

  const onLeaving = async (frame: Frame, url: string, body: string): Promise<AgentAnswer> => {
    if (!isOurs(url, body)) {
      observed.strangers.add(url);
      return null;
    }
    const origin = originOf(frame.url());
    const headers = { 'content-type': 'text/plain;charset=UTF-8', ...(origin ? { origin } : {}) };
    const reply = await ledger.handle({ method: 'POST', path: '/e', headers, body: Buffer.from(body) });
    return reply ? { status: reply.status, headers: { ...reply.headers }, body: String(reply.body) } : null;
  };

  const onRequest = (request: Request): void => {
    const url = request.url();
    if (awaited.test(request.resourceType())) {
      fetches.add(request);
      fetchAt = performance.now();
    }
    if (request.method() !== 'POST' || !isEnvelope(request.postData())) return;
    // What a page sends to this collector by its address needs no route.
    if (url.startsWith(serverUrl)) return;
    if (isOurs(url, request.postData())) sent.add(request);
    else observed.strangers.add(url);
  };
  const ended = (request: Request): void => {
    if (fetches.delete(request)) fetchAt = performance.now();
  };
  const onEnd = (request: Request): void => {
    ended(request);
    if (sent.delete(request)) observed.passed.add(request.url());
  };
  const onFailed = (request: Request): void => {
    const { errorText = '' } = request.failure() ?? {};
    // A page that is being left breaks off what it loads.
    if (isScriptOf(request) && !/abort|cancel/i.test(errorText)) lose(request.url(), `failed (${errorText})`);
    ended(request);
    sent.delete(request);
  };
  const onResponse = (response: Response): void => {
    const request = response.request();
    // The worker's own request is another one.
    if (response.fromServiceWorker()) sent.delete(request);
    if (!isScriptOf(request)) return;
    const type = response.headers()['content-type'] ?? '';
    if (response.status() >= 400) lose(request.url(), `was answered ${response.status()}`);
    // A server that has a page for every address.
    else if (/html/.test(type)) lose(request.url(), `was answered with ${type.replace(/;.*/, '')}`);
  };
  const lose = (url: string, why: string): void => void failed.set(url, { why, trackers: observed.trackers });

  const lookAll = async (flush: boolean, limitMs: number): Promise<(PageLook | undefined)[]> => {
    const pages = [...contexts].flatMap((context) => context.pages());
    const frames = pages.flatMap((page) =>
      page.frames().filter((frame) => !/^(about|chrome-error|data):/.test(frame.url())),
    );
    const all = await Promise.all(
      frames.map(async (frame) => {
        const seen = await within(limitMs, frame.evaluate(look, flush));
        // A frame of others (an advertisement) that does not answer is none of ours.
        return seen || frame.parentFrame() === null ? [seen] : [];
      }),
    );
    for (const tag of all.flat().flatMap((each) => each?.tags ?? [])) tags.add(tag);
    return all.flat();
  };
  /** What keeps events of the pages from here, whatever their trackers say. @param soon Whether a tracker may come yet. */
  const missing = (soon: boolean): string | undefined =>
    [
      ...observed.lost.filter(({ plugin }) => plugin !== undefined || !soon).map(lostText),
      ...[...observed.strangers].map(strangerText),
      ...[...observed.passed].map(passedText),
    ][0]?.replace(/\.$/, '');

  const settle = async (limitMs: number): Promise<string | undefined> => {
    const startAt = performance.now();
    const left = (): number => limitMs - (performance.now() - startAt);
    const fetchesEndAt = startAt + longestFetchMs;
    let why: string | undefined;
    do {
      const { fault } = ledger;
      const lacks = missing(true);
      if (lacks) return lacks;
      // What waits has been tried, and nothing can arrive.
      if (fault && fault.kind !== 'slow' && ledger.faulted > 0 && ledger.active === 0) return missing(false);
      const looks = await lookAll(true, Math.max(left(), stepMs));
      // Asked after the pages: by then it is known what they had set going before.
      const fetching = fetches.size > 0 && performance.now() < fetchesEndAt;
      why =
        missing(false) ??
        looks.map(whyNot).find(Boolean) ??
        (ledger.active > 0 ? 'a request is being answered' : undefined) ??
        (fetching ? 'a page waits for the answer to a request of its own' : undefined);
      const quiet = looks.every((each) => each?.tracker === 'ready' || each?.waiting !== undefined)
        ? shortQuietMs
        : quietMs;
      // A page has read an answer a moment after that has come, and may send the next request then.
      const fetchedAt = Math.min(fetchAt, fetchesEndAt) + shortQuietMs;
      const restMs = Math.max(Math.max(ledger.lastAt, startAt) + quiet, fetchedAt) - performance.now();
      if (!why && restMs <= 0) return undefined;
      await sleep(why ? stepMs : Math.min(restMs, Math.max(left(), 0)) + 1);
    } while (left() > 0);
    return why ?? `requests with events kept coming, or ${quietMs} ms (quietMs) are more than there was time for`;
  };

  const handlers: Handlers = {
    onRequest,
    onEnd,
    onFailed,
    onResponse,
    onMessage,
    onRoute,
    onScript,
    isEndpoint: isEndpoint ?? (() => true),
    isScript: (url) => script !== undefined && scripts.gives(url),
  };

  return {
    observed,
    clear() {
      observed.called.clear();
      observed.misuses.length = 0;
      observed.strangers.clear();
      observed.passed.clear();
      failed.clear();
    },
    async attach(context) {
      if (contexts.has(context)) return;
      contexts.add(context);
      context.once('close', () => contexts.delete(context));
      const known = homes.get(context);
      if (known) {
        known.current = handlers;
        return;
      }
      const home = { current: handlers };
      homes.set(context, home);
      context.on('request', (request) => home.current.onRequest(request));
      context.on('requestfinished', (request) => home.current.onEnd(request));
      context.on('requestfailed', (request) => home.current.onFailed(request));
      context.on('response', (response) => home.current.onResponse(response));
      await context.exposeBinding(binding, ({ frame }, message: AgentMessage) =>
        home.current.onMessage(frame, message),
      );
      await context.addInitScript(installAgent, binding);
      await context.route(
        (url) => home.current.isEndpoint(url),
        (route, request) => home.current.onRoute(route, request),
      );
      await context.route(
        (url) => home.current.isScript(url),
        (route, request) => home.current.onScript(route, request),
      );
    },
    prod() {
      if (ledger.fault) return;
      void lookAll(true, 1_000);
    },
    async looks(limitMs) {
      return (await lookAll(false, limitMs)).filter((each) => each !== undefined);
    },
    settle,
    async finish() {
      if (ledger.fault) return;
      await lookAll(true, finishMs);
      for (const startAt = performance.now(); ledger.active > 0 && performance.now() - startAt < finishMs; )
        await sleep(stepMs);
    },
  };
}

function whyNot(seen: PageLook | undefined): string | undefined {
  if (!seen) return 'a page does not answer: it is on its way to another address, or a dialog is open';
  const { url, tracker, consent = 'granted', flushed, waiting = 0 } = seen;
  if (tracker === 'stub') return `the tracker's script has not arrived at ${url}`;
  if (consent !== 'granted' || flushed) return undefined;
  if (waiting > 0) return `${waiting === 1 ? '1 event waits' : `${waiting} events wait`} in the browser at ${url}`;
  return flushed === false ? `the tracker at ${url} could not send` : undefined;
}

type Changing<Type> = { -readonly [Name in keyof Type]: Type[Name] };

function createObserved(): Omit<Changing<Observed>, 'lost'> {
  return {
    trackers: 0,
    called: new Map(),
    misuses: [],
    failures: [],
    blocked: [],
    strangers: new Set(),
    passed: new Set(),
  };
}

const isScriptOf = (request: Request): boolean => request.resourceType() === 'script' && !request.serviceWorker();

function originOf(url: string): string | undefined {
  const { origin } = URL.canParse(url) ? new URL(url) : { origin: 'null' };
  return origin === 'null' ? undefined : origin;
}

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Nothing when it fails, or takes longer. */
async function within<T>(limitMs: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((done) => {
    timer = setTimeout(() => done(undefined), limitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
