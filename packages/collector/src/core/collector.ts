import { v5 as uuidV5 } from 'uuid';
import { json, refuse } from './answers.js';
import { type CollectDeps, collect } from './collect.js';
import { corsHeaders, type OriginRules, readOrigins } from './cors.js';
import { createDeviceCookie, type DeviceCookieOptions } from './device-cookie.js';
import type { RequestErrorCode } from './errors.js';
import { type Observer, type Route, silentObserver } from './observer.js';
import { clientOf, createRateLimit, type RateLimit } from './rate-limit.js';
import { createScripts, type Script } from './script.js';
import { alwaysHeaders, documentHeaders, operationHeaders } from './security-headers.js';
import type { CollectRequest, CollectResponse, Logger, Sink, Site } from './types.js';

export type { DeviceCookieOptions } from './device-cookie.js';
export type { Script } from './script.js';

export interface CollectorOptions {
  /** Shops by site key. A key is public: it names a shop, it protects nothing. */
  sites: Readonly<Record<string, SiteOptions>>;
  /** Where accepted records become durable. */
  sink: Sink;
  /** Where rejected events become durable, with their reasons. */
  deadLetters: Sink;
  /** Path that takes events. @default '/e' */
  path?: string | undefined;
  /** Path that serves the tracker's script. @default '/rastro.js' */
  scriptPath?: string | undefined;
  /** The tracker's script for the script tag; without it `scriptPath` is 404. */
  script?: Script | undefined;
  /** The tracker's plugins for the script tag by name, served beside the script: `rastro/debug.js`. @default none */
  plugins?: Readonly<Record<string, Script>> | undefined;
  /**
   * Largest body, before and after decompression. Unit: bytes, at most 600,000: a dead letter holds the whole body, at
   * worst as base64, in one record of 1 MiB. @default 500_000
   */
  maxBodyBytes?: number | undefined;
  /**
   * Keys over which the records of one category are spread, by session; 0 keeps a category on one shard, in order. More
   * than 0 only when one category brings more than a shard takes. @default 0
   */
  salt?: number | undefined;
  /** What `Retry-After` says when nothing is durable. Unit: s. @default 5 */
  retryAfterSeconds?: number | undefined;
  /** Renews the tracker's cookie in answers, for browsers that keep a script's cookies for days only. @default off */
  deviceCookie?: DeviceCookieOptions | undefined;
  /**
   * Most requests with events of one client, an IPv4 address or a /64 of IPv6; twice as many at once after a rest. A shop's
   * customers may share an address: a proxy, a mobile network, an office. Unit: requests/s; may be a fraction; at most
   * 1,000,000. @default 0, no limit
   */
  rateLimitPerClient?: number | undefined;
  /** Most requests with events for one site key, else as `rateLimitPerClient`. @default 0, no limit */
  rateLimitPerKey?: number | undefined;
  /** Whether events can be made durable now, for `/readyz`. @default always ready */
  ready?: (() => Promise<Readiness>) | undefined;
  /** What `/metrics` answers; without it that path is 404. @default none */
  metrics?: (() => Promise<{ readonly contentType: string; readonly body: string }>) | undefined;
  /** Told what happens, as numbers. @default nobody */
  observer?: Observer | undefined;
  /** Structured log of what an operator must know. @default none */
  log?: Logger | undefined;
  /** Clock, ms since the Unix epoch. @default Date.now */
  now?: (() => number) | undefined;
}
export interface Readiness {
  readonly ready: boolean;
  /** One line per thing that was tried, for people. */
  readonly checks: Readonly<Record<string, string>>;
}
export interface SiteOptions {
  /** Name of the shop in the records. @default the site key */
  name?: string | undefined;
  /**
   * Origins of pages that may send: `https://shop.example`; `https://*.shop.example`, its subdomains; `*`, any page that has
   * an origin; `null`, pages that have none, such as sandboxed frames. @default '*'
   */
  origins?: readonly string[] | '*' | undefined;
  /**
   * Whether events `cancel` and `refund` are taken. The site key is public: whoever knows it could cancel orders in your
   * numbers, so give servers a key of their own. @default false
   */
  orderChanges?: boolean | undefined;
}

export interface Collector {
  readonly path: string;
  readonly scriptPath: string;
  /** Paths of the tracker's plugins, without hashes. */
  readonly pluginPaths: readonly string[];
  /** All paths of scripts: the tracker's and its plugins', with and without hashes, and their list. */
  readonly scriptPaths: readonly string[];
  readonly maxBodyBytes: number;
  /** Answers a request; never throws. */
  handle(request: CollectRequest): Promise<CollectResponse>;
  /** Answers a request that the server refused before it reached `handle`. */
  refuse(code: RequestErrorCode, headers: CollectRequest['headers']): CollectResponse;
  /** Paths for operators: `/healthz`, `/readyz` and, when there are metrics, `/metrics`. */
  readonly operationPaths: readonly string[];
  /** Replaces the shops: requests from now on are judged by these. @throws {TypeError} If one is wrong; nothing changes then. */
  setSites(sites: CollectorOptions['sites']): void;
  /** Ends the sinks. */
  close(): Promise<void>;
}

/** Namespace of the ids that the collector derives, drawn once. docs/wire.md names it: others can derive the same ids. */
export const namespace = '5c1f2a5e-3f0b-4d8e-9a47-0d6b1c8e7f32';
const silent: Logger = { info() {}, warn() {}, error() {} };

/**
 * Makes a collector: what answers requests, whatever server brings them.
 *
 * @throws {TypeError} If an option is wrong; the message names it.
 */
export function createCollector(options: CollectorOptions): Collector {
  const path = checkPath('path', options.path ?? '/e');
  const scriptPath = checkPath('scriptPath', options.scriptPath ?? '/rastro.js');
  const scripts = createScripts({ path: scriptPath, script: options.script, plugins: options.plugins ?? {} });
  const maxBodyBytes = checkPositive('maxBodyBytes', options.maxBodyBytes ?? 500_000);
  if (maxBodyBytes > 600_000) throw new TypeError(`maxBodyBytes: at most 600000, got ${maxBodyBytes}`);
  const log = options.log ?? silent;
  const now = options.now ?? Date.now;
  const observer = options.observer ?? silentObserver;
  let sites = checkSites(options.sites);
  let origins = originsOf(sites);
  const clientLimit = limitOf('rateLimitPerClient', options.rateLimitPerClient);
  const keyLimit = limitOf('rateLimitPerKey', options.rateLimitPerKey);
  const deviceCookie = options.deviceCookie && createDeviceCookie(options.deviceCookie);
  const operationPaths = ['/healthz', '/readyz', ...(options.metrics ? ['/metrics'] : [])];
  const deps: CollectDeps = {
    site: (key) => sites.get(key),
    observer,
    sink: options.sink,
    deadLetters: options.deadLetters,
    now,
    lineId: (...parts) => uuidV5(JSON.stringify(parts), namespace),
    textId: (text) => uuidV5(text, namespace),
    log,
    maxBodyBytes,
    salt: options.salt ?? 0,
    retryAfterSeconds: checkPositive('retryAfterSeconds', options.retryAfterSeconds ?? 5),
    keyWaitSeconds: (key) => keyLimit?.(key, now()) ?? 0,
    answerHeaders: (request, envelope) => deviceCookie?.(request, envelope),
  };

  const routes = new Map<string, Route>([
    ...scripts.paths.map((each) => [each, 'script'] as const),
    ...operationPaths.map((each) => [each, 'operations'] as const),
    [path, 'events'],
  ]);
  const answer = async (route: Route, request: CollectRequest): Promise<CollectResponse> => {
    const { method, ip } = request;
    if (route === 'events') {
      if (method === 'POST') {
        const waitSeconds = ip === undefined ? 0 : (clientLimit?.(clientOf(ip), now()) ?? 0);
        return waitSeconds > 0 ? refuse('rate_limited', { retryAfterSeconds: waitSeconds }) : collect(request, deps);
      }
      if (method === 'OPTIONS') return { status: 204, headers: preflightHeaders, body: '' };
      return refuse('method_not_allowed', deps, undefined, { ...documentHeaders, allow: 'POST, OPTIONS' });
    }
    if (method === 'GET' || method === 'HEAD') {
      if (route === 'script') return scripts.serve(request);
      if (route === 'operations') return operate(request);
    }
    return refuse('not_found', deps, undefined, documentHeaders);
  };

  const operate = async ({ path: asked, headers }: CollectRequest): Promise<CollectResponse> => {
    if (asked === '/healthz') return json(200, { status: 'ok' }, operationHeaders);
    // Probes and scrapers come directly. Whatever came through a proxy came from outside: names of streams and a shop's
    // numbers are not for everybody.
    const forwarded = proxyHeaders.some((name) => headers[name] !== undefined);
    if (asked === '/readyz') {
      const { ready, checks } = (await options.ready?.()) ?? { ready: true, checks: {} };
      const status = { status: ready ? 'ready' : 'not ready', ...(forwarded ? {} : { checks }) };
      return json(ready ? 200 : 503, status, operationHeaders);
    }
    const metrics = forwarded ? undefined : await options.metrics?.();
    if (!metrics) return refuse('not_found', deps, undefined, documentHeaders);
    return {
      status: 200,
      headers: { ...operationHeaders, 'content-type': metrics.contentType, 'cache-control': 'no-store' },
      body: metrics.body,
    };
  };

  const finish = (response: CollectResponse, origin: string | undefined, preflight = false): CollectResponse => {
    if (response.code) observer.refused(response.code);
    const cors = corsHeaders(origins, origin, preflight, response.headers['retry-after'] !== undefined);
    return { ...response, headers: { ...response.headers, ...alwaysHeaders, ...cors } };
  };

  return {
    path,
    scriptPath,
    pluginPaths: scripts.pluginPaths,
    scriptPaths: scripts.paths,
    operationPaths,
    maxBodyBytes,
    setSites(given) {
      const checked = checkSites(given);
      sites = checked;
      origins = originsOf(checked);
    },
    async handle(request) {
      const startedAt = performance.now();
      const route = routes.get(request.path) ?? 'other';
      let response: CollectResponse;
      try {
        response = await answer(route, request);
      } catch (error) {
        log.error({ err: error }, 'request failed');
        response = refuse('unavailable', deps);
      }
      // What scripts and operations answer has all its headers, unless it is a refusal.
      if (response.code || route === 'events') {
        response = finish(response, request.headers['origin'], request.method === 'OPTIONS');
      }
      observer.answered(route, response.status, performance.now() - startedAt);
      return response;
    },
    refuse(code, headers) {
      const response = finish(refuse(code, deps), headers['origin']);
      observer.answered(code === 'not_found' ? 'other' : 'events', response.status, 0);
      return response;
    },
    async close() {
      await Promise.all([options.sink.close?.(), options.deadLetters.close?.()]);
    },
  };
}

/** What proxies and CDNs add to a request. */
const proxyHeaders = [
  ...['x-forwarded-for', 'forwarded', 'via', 'x-real-ip', 'x-forwarded-proto', 'x-forwarded-host', 'x-forwarded-port'],
  ...['cf-connecting-ip', 'x-amz-cf-id', 'x-amzn-trace-id'],
];
const preflightHeaders = {
  'access-control-allow-methods': 'POST',
  'access-control-allow-headers': 'content-type, content-encoding',
  // What Chromium keeps at most: https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Access-Control-Max-Age
  'access-control-max-age': '7200',
};

function checkSites(sites: CollectorOptions['sites']): ReadonlyMap<string, Site> {
  const entries = Object.entries(sites);
  if (entries.length === 0) throw new TypeError('sites: at least one site key is needed');
  return new Map(
    entries.map(([key, { name = key, origins = '*', orderChanges = false }]) => {
      for (const [what, text] of Object.entries({ key, name })) {
        if (!/^[^\p{Cc}\p{Cs}]{1,64}$/u.test(text)) {
          throw new TypeError(`sites: a ${what} has 1–64 printable characters, got ${JSON.stringify(text)}`);
        }
      }
      const { allows } = readOrigins(`sites.${key}.origins`, origins);
      return [key, { name, origins, allows, orderChanges }];
    }),
  );
}

/** What any of the sites knows: the site stands in the body, which a preflight request does not have. */
function originsOf(sites: ReadonlyMap<string, Site>): OriginRules {
  return readOrigins(
    'sites',
    [...sites.values()].flatMap(({ origins }) => origins),
  );
}

function checkPath(option: string, path: string): string {
  if (!/^\/[\w.~/-]*$/.test(path))
    throw new TypeError(`${option}: a path starting with / is needed, got ${JSON.stringify(path)}`);
  return path;
}

function checkPositive(option: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1)
    throw new TypeError(`${option}: a positive integer is needed, got ${value}`);
  return value;
}

function limitOf(option: string, perSecond = 0): RateLimit | undefined {
  if (!(perSecond >= 0 && perSecond <= 1_000_000)) {
    throw new TypeError(`${option}: a number of requests per second from 0 to 1000000 is needed, got ${perSecond}`);
  }
  return perSecond > 0 ? createRateLimit({ perSecond }) : undefined;
}
