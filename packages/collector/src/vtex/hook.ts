import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../core/types.js';
import { VtexSetupError } from './errors.js';
import type { VtexOrders } from './orders.js';
import { objectOf, textIn } from './read.js';

export interface VtexHookOptions {
  /** Carries the order of a notification: `createVtexOrders`. */
  orders: Pick<VtexOrders, 'carry'>;
  /** The header that the hook is configured to send, in lower case. @default 'key' */
  header?: string | undefined;
  /** Its value. A secret of at least 16 characters: whoever knows it may have orders read. */
  secret: string;
  /** Account that notifications must come from; others are refused. @default any */
  account?: string | undefined;
  /**
   * Longest time until an answer: VTEX takes none for a failure after 5 s, and comes again. The order is carried on with
   * meanwhile. Unit: ms. @default 4_500
   */
  timeoutMs?: number | undefined;
  /** Orders that are carried at a time; more are answered 503, and come again. @default 50 */
  maxPending?: number | undefined;
  log?: Logger | undefined;
}

export interface HookRequest {
  /** Upper case. */
  readonly method: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** JSON text, or what was read from it. */
  readonly body: unknown;
}

export interface HookAnswer {
  readonly status: number;
  /** JSON text. */
  readonly body: string;
}

export interface VtexHook {
  /** Answers one notification; never throws. 200 only when the order's lines are durable: VTEX comes again otherwise. */
  handle(request: HookRequest): Promise<HookAnswer>;
  /** The same for `node:http`. */
  listener(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** Notifications have some 300 bytes. */
const maxBodyBytes = 65_536;

/**
 * Makes the receiver of VTEX's order hook.
 *
 * @throws {TypeError} If an option is wrong; the message names it.
 */
export function createVtexHook(options: VtexHookOptions): VtexHook {
  const { orders, header = 'key', secret, account, timeoutMs = 4_500, maxPending = 50, log } = options;
  let pending = 0;
  if (!/^.{16,}$/s.test(secret ?? '')) throw new TypeError('secret: at least 16 characters are needed');
  const name = header.toLowerCase();
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const expected = digest(secret);
  const answer = (status: number, message: string): HookAnswer => ({ status, body: JSON.stringify({ message }) });

  const handle: VtexHook['handle'] = async ({ method, headers, body }) => {
    if (method !== 'POST') return answer(405, 'notifications are sent with POST');
    const given = headers[name];
    // Of equal length whatever is sent, so that the time to compare tells nothing.
    if (typeof given !== 'string' || !timingSafeEqual(digest(given), expected))
      return answer(401, `wrong header ${name}`);
    let told: unknown = body;
    try {
      if (typeof body === 'string') told = JSON.parse(body);
    } catch {
      return answer(400, 'not JSON');
    }
    const { hookConfig, OrderId, State, Origin } = objectOf(told);
    // VTEX tries the address when the hook is configured.
    if (hookConfig === 'ping') return answer(200, 'pong');
    const orderId = textIn(OrderId);
    if (orderId === undefined) return answer(400, 'no OrderId');
    if (account !== undefined && objectOf(Origin)['Account'] !== account) return answer(403, 'another account');
    if (pending >= maxPending) return answer(503, 'too many at once');
    const update = { orderId, state: textIn(State) };
    let timer: NodeJS.Timeout | undefined;
    try {
      const late = new Promise<undefined>((resolve) => {
        timer = setTimeout(() => resolve(undefined), timeoutMs);
      });
      pending++;
      const carried = orders.carry(update).finally(() => pending--);
      // Nobody waits for it once the time is over.
      carried.catch(() => {});
      const outcome = await Promise.race([carried, late]);
      if (outcome === undefined) return answer(503, 'not durable yet');
      return outcome.result === 'later' ? answer(503, 'not durable') : answer(200, outcome.result);
    } catch (error) {
      log?.error({ err: error }, 'a notification of VTEX could not be carried');
      return answer(error instanceof VtexSetupError ? 500 : 503, 'not durable');
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    handle,
    async listener(request, response) {
      const send = ({ status, body }: HookAnswer): void => {
        response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(body);
      };
      const chunks: Buffer[] = [];
      let bytes = 0;
      try {
        for await (const chunk of request as AsyncIterable<Buffer>) {
          bytes += chunk.length;
          if (bytes > maxBodyBytes) {
            response.setHeader('connection', 'close');
            return send(answer(413, 'too large'));
          }
          chunks.push(chunk);
        }
      } catch {
        // The sender hung up: nobody is there to be answered.
        return;
      }
      const body = Buffer.concat(chunks).toString('utf8');
      send(await handle({ method: request.method ?? '', headers: request.headers, body }));
    },
  };
}
