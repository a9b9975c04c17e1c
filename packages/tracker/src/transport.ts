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

/** Sends a body; never rejects. As text/plain it needs no preflight request. */
export async function post(endpoint: string, body: string, keepalive: boolean): Promise<Outcome> {
  try {
    const response = await fetch(endpoint, { method: 'POST', body, keepalive });
    const { status } = response;
    const done = status < 500 && status !== 408 && status !== 429;
    const answer = (await response.json().catch(() => ({}))) as { error?: TrackerError; rejected?: TrackerError[] };
    const failed = answer.error ?? { code: 'http', message: `status ${status}` };
    return {
      done,
      retryAfterMs: Number(response.headers.get('retry-after')) * 1000 || 0,
      errors: response.ok ? (answer.rejected ?? []) : [{ ...failed, status }],
    };
  } catch (error) {
    return { done: false, retryAfterMs: 0, errors: [{ code: 'network', message: String(error) }] };
  }
}
