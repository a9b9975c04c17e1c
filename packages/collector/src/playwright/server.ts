import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Ledger } from './ledger.js';

/** The collector as a server, for shops that are told where to send. One for each worker; its events are those of the test that runs. */
export interface KitServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Whose requests come in from now on. */
  serve(ledger: Ledger | undefined): void;
  close(): Promise<void>;
}

export async function startServer(): Promise<KitServer> {
  let current: Ledger | undefined;
  const server = createServer(async (request, response) => {
    const body = await whole(request).catch(() => undefined);
    if (!body) return;
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
    );
    const path = (request.url ?? '/').replace(/[?#].*/, '');
    const reply = current
      ? await current.handle({ method: request.method ?? 'GET', path, headers, body })
      : { status: 503, headers: {}, body: '' };
    if (!reply) request.socket.destroy();
    else response.writeHead(reply.status, reply.headers).end(reply.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve(ledger) {
      current = ledger;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function whole(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
