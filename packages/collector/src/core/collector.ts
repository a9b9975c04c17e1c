import { v5 as uuidV5 } from 'uuid';
import { json, refuse } from './answers.js';
import { type CollectDeps, collect } from './collect.js';
import type { RequestErrorCode } from './errors.js';
import type { CollectRequest, CollectResponse, Logger, Sink, Site } from './types.js';

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
  /** What `Retry-After` says when nothing is durable. Unit: s. @default 5 */
  retryAfterSeconds?: number | undefined;
  /** Structured log of what an operator must know. @default none */
  log?: Logger | undefined;
  /** Clock, ms since the Unix epoch. @default Date.now */
  now?: (() => number) | undefined;
}
export interface SiteOptions {
  /** Name of the shop in the records. @default the site key */
  name?: string | undefined;
  /** Origins of pages that may send, such as `https://shop.example`. @default '*', any page */
  origins?: readonly string[] | '*' | undefined;
}
export interface Script {
  readonly body: Uint8Array;
  /** Changes with the body, quoted as an entity tag. */
  readonly etag: string;
}

export interface Collector {
  readonly path: string;
  readonly scriptPath: string;
  /** Paths of the tracker's plugins. */
  readonly pluginPaths: readonly string[];
  readonly maxBodyBytes: number;
  /** Answers a request; never throws. */
  handle(request: CollectRequest): Promise<CollectResponse>;
  /** Answers a request that the server refused before it reached `handle`. */
  refuse(code: RequestErrorCode, headers: CollectRequest['headers']): CollectResponse;
  /** Ends the sinks. */
  close(): Promise<void>;
}

/** Namespace of the ids that the collector derives, drawn once. docs/wire.md names it: others can derive the same ids. */
const namespace = '5c1f2a5e-3f0b-4d8e-9a47-0d6b1c8e7f32';
const silent: Logger = { info() {}, warn() {}, error() {} };

/**
 * Makes a collector: what answers requests, whatever server brings them.
 *
 * @throws {TypeError} If an option is wrong; the message names it.
 */
export function createCollector(options: CollectorOptions): Collector {
  const path = checkPath('path', options.path ?? '/e');
  const scriptPath = checkPath('scriptPath', options.scriptPath ?? '/rastro.js');
  const pluginFolder = `${scriptPath.slice(0, scriptPath.lastIndexOf('/') + 1)}rastro/`;
  const scripts = new Map(
    Object.entries(options.plugins ?? {}).map(([name, plugin]) => [`${pluginFolder}${name}.js`, plugin]),
  );
  const pluginPaths = [...scripts.keys()];
  if (options.script) scripts.set(scriptPath, options.script);
  const maxBodyBytes = checkPositive('maxBodyBytes', options.maxBodyBytes ?? 500_000);
  if (maxBodyBytes > 600_000) throw new TypeError(`maxBodyBytes: at most 600000, got ${maxBodyBytes}`);
  const log = options.log ?? silent;
  const deps: CollectDeps = {
    sites: checkSites(options.sites),
    sink: options.sink,
    deadLetters: options.deadLetters,
    now: options.now ?? Date.now,
    lineId: (...parts) => uuidV5(JSON.stringify(parts), namespace),
    textId: (text) => uuidV5(text, namespace),
    log,
    maxBodyBytes,
    retryAfterSeconds: checkPositive('retryAfterSeconds', options.retryAfterSeconds ?? 5),
  };
  const origins = new Set([...deps.sites.values()].flatMap((site) => site.origins));

  const route = async (request: CollectRequest): Promise<CollectResponse> => {
    if (request.path === path) {
      if (request.method === 'POST') return collect(request, deps);
      if (request.method === 'OPTIONS') return { status: 204, headers: preflightHeaders, body: '' };
      return refuse('method_not_allowed', deps, undefined, { allow: 'POST, OPTIONS' });
    }
    const reads = request.method === 'GET' || request.method === 'HEAD';
    const script = scripts.get(request.path);
    if (script && reads) return serveScript(request, script);
    if (request.path === '/healthz' && reads) return json(200, { status: 'ok' });
    return refuse('not_found', deps);
  };

  const finish = (response: CollectResponse, origin: string | undefined, preflight = false): CollectResponse => {
    const headers: Record<string, string> = {
      ...response.headers,
      vary: 'origin',
      'x-content-type-options': 'nosniff',
    };
    // Any page may read an answer: only so does it learn that it is refused, or when to come again. Nothing in it is
    // secret, and no credentials are taken.
    if (origin !== undefined && (!preflight || origins.has('*') || origins.has(origin))) {
      headers['access-control-allow-origin'] = origin;
      headers['access-control-expose-headers'] = 'retry-after';
    }
    return { ...response, headers };
  };

  return {
    path,
    scriptPath,
    pluginPaths,
    maxBodyBytes,
    async handle(request) {
      let response: CollectResponse;
      try {
        response = await route(request);
      } catch (error) {
        log.error({ err: error }, 'request failed');
        response = refuse('unavailable', deps);
      }
      return finish(response, request.headers['origin'], request.method === 'OPTIONS');
    },
    refuse: (code, headers) => finish(refuse(code, deps), headers['origin']),
    async close() {
      await Promise.all([options.sink.close?.(), options.deadLetters.close?.()]);
    },
  };
}

const preflightHeaders = {
  'access-control-allow-methods': 'POST',
  'access-control-allow-headers': 'content-type, content-encoding',
  // What Chromium keeps at most: https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Access-Control-Max-Age
  'access-control-max-age': '7200',
};

function serveScript(request: CollectRequest, { body, etag }: Script): CollectResponse {
  const headers = {
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=3600',
    'cross-origin-resource-policy': 'cross-origin',
    etag,
  };
  const known = (request.headers['if-none-match'] ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (known.includes(etag)) return { status: 304, headers, body: '' };
  return { status: 200, headers, body: request.method === 'HEAD' ? '' : body };
}

function checkSites(sites: CollectorOptions['sites']): ReadonlyMap<string, Site> {
  const entries = Object.entries(sites);
  if (entries.length === 0) throw new TypeError('sites: at least one site key is needed');
  return new Map(
    entries.map(([key, { name = key, origins = '*' }]) => {
      for (const [what, text] of Object.entries({ key, name })) {
        if (!/^[^\p{Cc}\p{Cs}]{1,64}$/u.test(text)) {
          throw new TypeError(`sites: a ${what} has 1–64 printable characters, got ${JSON.stringify(text)}`);
        }
      }
      for (const origin of origins === '*' ? [] : origins) {
        if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
          throw new TypeError(
            `sites.${key}.origins: ${JSON.stringify(origin)} is not an origin such as https://shop.example`,
          );
        }
      }
      return [key, { name, origins }];
    }),
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
