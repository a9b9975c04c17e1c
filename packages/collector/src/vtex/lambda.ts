import { createLog } from '../adapters/log.js';
import { quiet } from '../adapters/quiet-log.js';
import { createVtexHook, type VtexHook } from './hook.js';
import type { VtexOrders, VtexTotals } from './orders.js';
import { type Json, objectOf, textIn } from './read.js';
import { parseVtexSettings } from './settings.js';

/** The part we use of the context of an invocation. */
export interface LambdaContext {
  getRemainingTimeInMillis(): number;
}

export interface VtexHandlerOptions {
  orders: Pick<VtexOrders, 'run' | 'totals'>;
  /** Answers requests, where the function has an address: an HTTP API, a Function URL. @default requests are 404 */
  hook?: Pick<VtexHook, 'handle'> | undefined;
  /**
   * Time kept for the orders under way, and for their commit: a call of VTEX (15 s), one of Kinesis (6 s) and the commit (5 s).
   * The function needs a timeout well above. Unit: ms. @default 30_000
   */
  reserveMs?: number | undefined;
}

/** The answer to a request, as gateways take it. */
export interface VtexHttpResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Makes a Lambda handler: a request is a notification of the hook; anything else, such as an event of an EventBridge
 * schedule, reads the feed until it is empty or the time is nearly over.
 *
 * @returns For a schedule, sums since the instance of the function started.
 */
export function createVtexHandler({
  orders,
  hook,
  reserveMs = 30_000,
}: VtexHandlerOptions): (event: unknown, context: LambdaContext) => Promise<VtexHttpResult | VtexTotals> {
  return async (event, context) => {
    const request = requestOf(event);
    if (request) {
      const { status, body } = (await hook?.handle(request)) ?? { status: 404, body: '{"message":"no hook"}' };
      const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
      return { statusCode: status, headers, body };
    }
    const leftMs = context.getRemainingTimeInMillis() - reserveMs;
    if (leftMs <= 0)
      throw new Error(`the function has too little time: its timeout must be well above ${reserveMs} ms`);
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), leftMs);
    try {
      await orders.run(stop.signal, { untilEmpty: true });
    } finally {
      clearTimeout(timer);
    }
    return orders.totals();
  };
}

/** HTTP APIs and Function URLs (payload 2.0), REST APIs and load balancers. */
function requestOf(event: unknown): { method: string; headers: Record<string, string>; body: string } | undefined {
  const told: Json = objectOf(event);
  const http = objectOf(objectOf(told['requestContext'])['http']);
  const method = textIn(http['method']) ?? textIn(told['httpMethod']);
  if (method === undefined) return undefined;
  const multiple = Object.entries(objectOf(told['multiValueHeaders'])).map(
    ([name, values]) => [name, [values].flat()[0]] as const,
  );
  const all = [...multiple, ...Object.entries(objectOf(told['headers']))];
  const headers = all.flatMap(([name, value]) =>
    typeof value === 'string' ? [[name.toLowerCase(), value] as const] : [],
  );
  const body = textIn(told['body']) ?? '';
  return {
    method,
    headers: Object.fromEntries(headers),
    body: told['isBase64Encoded'] === true ? Buffer.from(body, 'base64').toString('utf8') : body,
  };
}

type Handler = ReturnType<typeof createVtexHandler>;
let started: Promise<Handler> | undefined;

/**
 * Ready-made Lambda handler, set up by the environment of the function: VTEX_ACCOUNT, VTEX_APP_KEY, VTEX_APP_TOKEN,
 * KINESIS_STREAM and RASTRO_KEYS; VTEX_HOOK_SECRET, and VTEX_HOOK_HEADER, when it takes the hook's notifications.
 */
export async function handler(event: unknown, context: LambdaContext): Promise<VtexHttpResult | VtexTotals> {
  started ??= start().catch((error: unknown) => {
    started = undefined;
    throw error;
  });
  return (await started)(event, context);
}

async function start(): Promise<Handler> {
  const log = quiet(createLog((line) => console.log(line)));
  const parsed = parseVtexSettings([], process.env, 'environment');
  if (!('settings' in parsed)) throw new TypeError('not a setting of a function');
  const { assembleVtex } = await import('./assemble.js');
  const { orders } = assembleVtex(parsed.settings, log, 0);
  const { VTEX_HOOK_SECRET: secret, VTEX_HOOK_HEADER: header } = process.env;
  const account = parsed.settings.vtex.account;
  return createVtexHandler({
    orders,
    hook: secret ? createVtexHook({ orders, secret, header: header || undefined, account, log }) : undefined,
  });
}
