import type { Io } from './io.js';

/** Unit: ms. A collector that has not answered by then is asked again; the events are recognised by `event_id`. */
const requestTimeoutMs = 30_000;
const firstDelayMs = 250;
const maxDelayMs = 10_000;
/** Requests that fail together are one message. Unit: ms. */
const logEveryMs = 5000;

export interface Answer {
  readonly accepted: number;
  readonly rejected: readonly { readonly index: number; readonly code: string; readonly message: string }[];
  readonly warnings: readonly { readonly code: string }[];
}

export interface SenderOptions {
  readonly endpoint: URL;
  readonly userAgent: string;
  /** Seconds without any success after which `send` fails; 0 means never. */
  readonly giveUpAfter: number;
}

export interface Sender {
  /**
   * Posts a body until the collector has answered for it. Waits between attempts with full jitter, doubling from 250 ms
   * to 10 s, and never less than `Retry-After` asks for.
   *
   * @param what Names the body in messages, such as `rows 1–500`.
   * @param stop Aborted: the request in flight is finished, no other is begun.
   * @throws {Stopped} `stop` was aborted first.
   * @throws {Error} The collector refuses the body for good, or nothing got through for too long.
   */
  send(body: string, what: string, stop: AbortSignal): Promise<Answer>;
  readonly requests: number;
  readonly retries: number;
}

/** The body was not sent since the replay was stopped before. */
export class Stopped extends Error {}

type Outcome =
  | { readonly answer: Answer }
  | { readonly refused: string }
  | { readonly failed: string; readonly retryAfterMs: number };

/** @param log Takes a line about attempts that failed, at most one every 5 s. */
export function createSender(options: SenderOptions, io: Io, log: (line: string) => void): Sender {
  const { endpoint, userAgent, giveUpAfter } = options;
  const patienceMs = giveUpAfter === 0 ? Number.POSITIVE_INFINITY : giveUpAfter * 1000;
  let lastSuccessAt = Number.NEGATIVE_INFINITY;
  let loggedAt = Number.NEGATIVE_INFINITY;
  let requests = 0;
  let retries = 0;

  const post = async (body: string): Promise<Outcome> => {
    try {
      const response = await fetch(endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': userAgent },
        body,
        // A redirect would turn the POST into a GET.
        redirect: 'manual',
        signal: AbortSignal.timeout(requestTimeoutMs),
      });
      return toOutcome(response, await response.text(), io.now());
    } catch (error) {
      return { failed: `cannot be reached (${reason(error)})`, retryAfterMs: 0 };
    }
  };

  return {
    async send(body, what, stop) {
      const startedAt = io.now();
      for (let attempt = 1; ; attempt += 1) {
        if (stop.aborted) throw new Stopped();
        requests += 1;
        if (attempt > 1) retries += 1;
        const outcome = await post(body);
        if ('answer' in outcome) {
          lastSuccessAt = io.now();
          return outcome.answer;
        }
        if ('refused' in outcome) throw new Error(`The collector refuses ${what}: ${outcome.refused}`);

        const { failed, retryAfterMs } = outcome;
        const leftMs = Math.max(startedAt, lastSuccessAt) + patienceMs - io.now();
        if (leftMs <= 0 || retryAfterMs > leftMs) {
          const asked = retryAfterMs > 0 ? ` and asks to wait ${seconds(retryAfterMs)}` : '';
          throw new Error(`The collector ${failed}${asked}. Giving up: nothing got through within ${giveUpAfter} s.`);
        }
        const ceilingMs = Math.min(maxDelayMs, firstDelayMs * 2 ** (attempt - 1));
        const delayMs = Math.min(retryAfterMs + io.random() * ceilingMs, leftMs);
        if (io.now() - loggedAt >= logEveryMs) {
          loggedAt = io.now();
          const left = Number.isFinite(leftMs) ? `, giving up in ${seconds(leftMs)}` : '';
          log(`The collector ${failed}. Trying ${what} again in ${seconds(delayMs)}${left}.`);
        }
        await io.sleep(delayMs, stop);
      }
    },
    get requests() {
      return requests;
    },
    get retries() {
      return retries;
    },
  };
}

function toOutcome(response: Response, text: string, now: number): Outcome {
  const { status, headers } = response;
  const body = parseJson(text) as { accepted?: unknown; error?: { code?: string; message?: string } } | undefined;
  if (status === 200) {
    if (typeof body?.accepted !== 'number') return { refused: 'it answered 200, but not as a collector does' };
    const { accepted, rejected = [], warnings = [] } = body as Partial<Answer> & { accepted: number };
    return { answer: { accepted, rejected, warnings } };
  }
  const { code, message } = body?.error ?? {};
  const said = message === undefined ? text.trim().slice(0, 200) : `${code}: ${message}`;
  const label = `${status}${said === '' ? '' : ` ${said}`}`;
  if (status === 408 || status === 429 || status >= 500) {
    return {
      failed: `answered ${label.replace(/\.$/, '')}`,
      retryAfterMs: parseRetryAfter(headers.get('retry-after'), now),
    };
  }
  const location = headers.get('location');
  return { refused: location === null ? label : `${label} (it redirects to ${location})` };
}

/** Seconds or an HTTP date: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
function parseRetryAfter(value: string | null, now: number): number {
  if (value === null) return 0;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(ms) ? 0 : Math.max(0, ms);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reason(error: unknown): string {
  const { name, message, cause } = error as Error & { cause?: { code?: string; message?: string } };
  if (name === 'TimeoutError') return `no answer within ${requestTimeoutMs / 1000} s`;
  return cause?.code ?? cause?.message ?? message;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
