import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CollectRequest, CollectResponse } from '../core/types.js';

export interface OperationsOptions {
  /** Paths that are passed on; others are 404. */
  paths: readonly string[];
  handle: (request: CollectRequest) => Promise<CollectResponse>;
  port: number;
  host: string;
}
export interface RunningOperations {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves what is for operators alone, on a port that need not be open to anybody else. */
export async function serveOperations({ paths, handle, port, host }: OperationsOptions): Promise<RunningOperations> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000 }, async (request, response) => {
    const { method = '', url = '' } = request;
    const path = url.split('?', 1)[0] ?? '';
    request.resume();
    if (!paths.includes(path) || (method !== 'GET' && method !== 'HEAD')) return response.writeHead(404).end();
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const answer = await handle({ method, path, headers, body: new Uint8Array() });
    return response.writeHead(answer.status, { ...answer.headers }).end(method === 'HEAD' ? undefined : answer.body);
  });
  server.maxConnections = 100;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Scrapers keep their connections: none of them is worth waiting for.
        server.closeAllConnections();
      }),
  };
}

/** The host as it is dialled from this machine. */
export function urlOf(host: string, port: number): string {
  const dialled = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${dialled.includes(':') ? `[${dialled}]` : dialled}:${port}`;
}
