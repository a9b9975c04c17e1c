import { createHmac } from 'node:crypto';
import { checkInteger } from '../options.js';
import { createBackOff, type RetryOptions } from '../windows/retry.js';
import { type AlertChannel, named } from './alert.js';

export interface WebhookOptions extends RetryOptions {
  /** `https:` or `http:`. */
  url: string;
  /** For one try. 1–60,000. Unit: ms. @default 5_000 */
  timeoutMs?: number | undefined;
  /** Further headers, such as `authorization`. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Signs the body: header `rastro-signature: sha256=<HMAC-SHA256 of the body, hex>`. At least 16 characters. @default no signature */
  secret?: string | undefined;
}

export const webhookDefaults: { readonly timeoutMs: number; readonly maxAttempts: number } = {
  timeoutMs: 5_000,
  maxAttempts: 4,
};

/**
 * Posts alerts as JSON. What answers 2xx has it; 408, 429, 5xx and no answer are tried again, another status and a
 * redirection are final. Header `idempotency-key` is the alert's id.
 *
 * @throws {TypeError} If an option is out of its bounds.
 */
export function webhookChannel(options: WebhookOptions): AlertChannel {
  const { headers = {}, secret } = options;
  const timeoutMs = options.timeoutMs ?? webhookDefaults.timeoutMs;
  const maxAttempts = options.maxAttempts ?? webhookDefaults.maxAttempts;
  const url = URL.canParse(options.url) ? new URL(options.url) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new TypeError(`url must be an absolute URL of http or https, got ${JSON.stringify(options.url)}`);
  checkInteger('timeoutMs', timeoutMs, 1, 60_000);
  checkInteger('maxAttempts', maxAttempts, 1, 20);
  if (secret !== undefined && secret.length < 16)
    throw new TypeError(`secret must have at least 16 characters, got ${secret.length}`);
  const backOff = createBackOff({ ...options, firstDelayMs: options.firstDelayMs ?? 500 });
  // A query may hold a token.
  const shown = `${url.origin}${url.pathname}`;

  return named(`webhook ${shown}`, async (alert, signal) => {
    const body = JSON.stringify(alert);
    const request = {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'rastro-pipeline',
        // A header is Latin-1; the id of a user may be any text.
        'idempotency-key': encodeURIComponent(alert.alert_id.replace(/\p{Cs}/gu, '?')),
        ...headers,
        ...(secret !== undefined && {
          'rastro-signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
        }),
      },
      body,
    } as const;
    for (let attempt = 1; ; attempt++) {
      let why: string;
      let final = false;
      let cause: unknown;
      try {
        const response = await inTime((given) => fetch(url, { ...request, signal: given }), timeoutMs, signal);
        if (response.ok) return;
        why = `status ${response.status}`;
        final = response.status < 500 && response.status !== 408 && response.status !== 429;
      } catch (error) {
        const { name, cause: inner } = error as { name: string; cause?: { code?: string } };
        why = name === 'TimeoutError' ? `no answer after ${timeoutMs} ms` : (inner?.code ?? name);
        cause = error;
      }
      if (final || attempt >= maxAttempts || signal?.aborted)
        throw new Error(`The webhook ${shown} did not take an alert: ${why} (tries: ${attempt})`, { cause });
      await backOff(attempt, signal);
    }
  });
}

/** AbortSignal.any would do, were it not that what nobody else holds may be collected in Node.js 20, and then never comes. */
async function inTime(
  call: (signal: AbortSignal) => Promise<Response>,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(new DOMException('No answer in time', 'TimeoutError')), timeoutMs);
  const stop = (): void => over.abort(signal?.reason);
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const response = await call(over.signal);
    await response.body?.cancel();
    return response;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}
