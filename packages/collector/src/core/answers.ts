import { type RequestErrorCode, requestErrors } from './errors.js';
import type { CollectResponse } from './types.js';

export function json(status: number, body: unknown, headers: Record<string, string> = {}): CollectResponse {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}

/** Answers with an error of the table. */
export function refuse(
  code: RequestErrorCode,
  deps: { readonly retryAfterSeconds: number },
  message?: string,
  headers: Record<string, string> = {},
): CollectResponse {
  const error = requestErrors[code];
  const retry: Record<string, string> = error.retry ? { 'retry-after': String(deps.retryAfterSeconds) } : {};
  // `accepted` says that this is the collector's answer for the events: the sender may forget them.
  const final = error.retry ? {} : { accepted: 0 };
  const body = { ...final, error: { code, message: message ?? error.message } };
  return { ...json(error.status, body, { ...retry, ...headers }), code };
}
