import { once } from 'node:events';
import { type RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { load } from './load.js';

export interface EmbeddedDynamoOptions {
  /** Port on 127.0.0.1; 0 takes a free one. @default 0 */
  port?: number;
}

/** A running DynamoDB in this process. Its tables live in memory and end with it. */
export interface EmbeddedDynamo {
  /** `http://127.0.0.1:<port>`. */
  endpoint: string;
  region: string;
  /** Any will do: a signature must be there, nobody verifies it. */
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** Ends it and every connection to it, at once. Harmless when repeated. */
  stop(): Promise<void>;
}

/**
 * Starts a table service that speaks DynamoDB's own protocol, inside this process and on 127.0.0.1 only. It knows no
 * transactions and removes nothing by age.
 *
 * @throws If `dynalite` is not installed or the port is taken. Nothing is left running.
 */
export async function startEmbeddedDynamo(options: EmbeddedDynamoOptions = {}): Promise<EmbeddedDynamo> {
  const { port = 0 } = options;
  const { default: dynalite } = await load('The embedded DynamoDB', 'dynalite', () => import('dynalite'));
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  survivesAbortedRequests(server);
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'the port is in use' : message;
    throw new Error(`The embedded DynamoDB cannot listen on 127.0.0.1:${port}: ${why}`, { cause });
  }
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
    async stop() {
      if (!server.listening) return;
      // Its own close() waits for the store, and for connections that are kept alive.
      const closed = new Promise<void>((resolve) => Server.prototype.close.call(server, () => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** dynalite throws what a request emits as error: a client that hangs up in mid-request would end the whole process. */
function survivesAbortedRequests(server: Server): void {
  const [handle, ...others] = server.listeners('request') as RequestListener[];
  if (!handle || others.length > 0)
    throw new Error('This dynalite is not the one the embedded DynamoDB knows: use 4.0');
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    handle(request, response);
    request.removeAllListeners('error').on('error', () => {});
  });
}
