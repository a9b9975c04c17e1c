import type { Facets, ReportResult } from './report.js';

/** What went wrong, in words for the person who looks at the card. */
export class ApiError extends Error {}

export interface Api {
  facets(query: URLSearchParams, signal: AbortSignal): Promise<Facets>;
  report(name: string, query: URLSearchParams, signal: AbortSignal): Promise<ReportResult>;
  csvUrl(name: string, query: URLSearchParams): string;
  readonly liveUrl: string;
}

/** A browser opens 6 connections to a host, of which the live feed has one; the engine works on few at a time anyway. */
const mostAtOnce = 4;

/** @param base Address of the API, with `/` at its end. */
export function createApi(base: URL): Api {
  const limited = createLimit(mostAtOnce);
  const address = (path: string, query: URLSearchParams): string => {
    const text = query.toString();
    return new URL(text ? `${path}?${text}` : path, base).href;
  };
  const get = <T>(path: string, query: URLSearchParams, signal: AbortSignal): Promise<T> =>
    limited(async () => {
      signal.throwIfAborted();
      return (await read(address(path, query), signal)) as T;
    });
  return {
    facets: (query, signal) => get('facets', query, signal),
    report: (name, query, signal) => get(`reports/${name}`, query, signal),
    csvUrl: (name, query) => address(`reports/${name}.csv`, query),
    liveUrl: address('live', new URLSearchParams()),
  };
}

async function read(url: string, signal: AbortSignal): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(url, { signal, headers: { accept: 'application/json' } });
  } catch (error) {
    signal.throwIfAborted();
    throw new ApiError('The server cannot be reached.', { cause: error });
  }
  const body: unknown = await response.json().catch(() => undefined);
  signal.throwIfAborted();
  if (!response.ok) throw new ApiError(messageOf(body) ?? `The server answered ${response.status}.`);
  if (typeof body !== 'object' || body === null) throw new ApiError('The server answered something else than JSON.');
  return body;
}

function messageOf(body: unknown): string | undefined {
  const message = (body as { message?: unknown } | undefined)?.message;
  return typeof message === 'string' && message !== '' ? message : undefined;
}

/** Runs so many at once, the others in their order. */
function createLimit(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      // Who waits takes the place over.
      if (next) next();
      else running--;
    }
  };
}
