import type { TrackerError } from './options.js';

/** What an answer means for the events that were sent. */
export interface Outcome {
  /** The collector has answered for them: forget them. Otherwise keep them. */
  readonly done: boolean;
  /** At least this long before the next attempt. Unit: ms. */
  readonly retryAfterMs: number;
  readonly errors: readonly TrackerError[];
}

/** Requests in flight share 64 KiB when they may outlive the page. */
export const keepaliveBytes = 65_536;
/** Longer than any collector takes to answer; the other tabs wait so long at most. */
const timeoutMs = 30_000;

/** Sends a body; never rejects. As text/plain it needs no preflight request. */
export async function post(endpoint: string, body: string, keepalive: boolean): Promise<Outcome> {
  try {
    // Safari before 16 has no AbortSignal.timeout.
    const signal = AbortSignal.timeout?.(timeoutMs) ?? null;
    const response = await fetch(endpoint, { method: 'POST', body, keepalive, signal });
    const { status } = response;
    const answer = ((await response.json().catch(() => null)) ?? {}) as {
      accepted?: number;
      error?: TrackerError;
      rejected?: TrackerError[];
    };
    // A 200 of somebody else (a login page, a proxy's error page) answers for nothing.
    const taken = response.ok && answer.accepted !== undefined;
    return {
      done: taken || (status > 399 && status < 500 && status !== 408 && status !== 429),
      retryAfterMs: Number(response.headers.get('retry-after')) * 1000 || 0,
      errors: taken
        ? (answer.rejected ?? [])
        : [{ ...(answer.error ?? { code: 'http', message: `status ${status}` }), status }],
    };
  } catch (error) {
    return { done: false, retryAfterMs: 0, errors: [{ code: 'network', message: String(error) }] };
  }
}
