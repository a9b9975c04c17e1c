import { once } from 'node:events';
import { type RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateStreamCommand, DescribeStreamSummaryCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import { createKinesisClient } from '../sinks/kinesis/client.js';

/** A stream to create. */
export interface EmbeddedStream {
  /** 1–128 letters, digits, `_`, `.` or `-`. */
  name: string;
  /** Shards of the stream, at least 1. */
  shards: number;
}

export interface EmbeddedKinesisOptions {
  /** Port on 127.0.0.1; 0 takes a free one. @default 0 */
  port?: number;
  /** Streams that are there, and ACTIVE, when it has started. @default [] */
  streams?: readonly EmbeddedStream[];
}

/** A running Kinesis in this process. Its records live in memory and end with it. */
export interface EmbeddedKinesis {
  /** `http://127.0.0.1:<port>`. A client needs `requestHandler: new NodeHttpHandler()`: it speaks HTTP/1.1 only. */
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** Ends it and every connection to it, at once. Harmless when repeated. */
  stop(): Promise<void>;
}

type Kinesalite = typeof import('kinesalite');

const region = 'us-east-1';
/** Any will do: a signature must be there, nobody verifies it. */
const credentials = { accessKeyId: 'embedded', secretAccessKey: 'embedded' };
const activeDeadlineMs = 10_000;

/**
 * Starts a Kinesis that speaks the service's own protocol, inside this process and on 127.0.0.1 only.
 * It knows stream names, not ARNs, no on-demand streams, and never throttles.
 *
 * @throws If `kinesalite` is not installed, the port is taken, or a stream cannot be created. Nothing is left running.
 */
export async function startEmbeddedKinesis(options: EmbeddedKinesisOptions = {}): Promise<EmbeddedKinesis> {
  const { port = 0, streams = [] } = options;
  const { default: kinesalite } = await loadKinesalite();
  const server = kinesalite({ createStreamMs: 0, deleteStreamMs: 0, updateStreamMs: 0, shardLimit: 100_000 });
  survivesAbortedRequests(server);
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new Error(`The embedded Kinesis cannot listen on 127.0.0.1:${port}: ${reason(cause)}`, { cause });
  }
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = (): Promise<void> => stopServer(server);
  try {
    await createStreams(endpoint, streams);
  } catch (error) {
    await stop();
    throw error;
  }
  return { endpoint, region, credentials: { ...credentials }, stop };
}

/** Apart from the function above so that a test can take the package away. */
export async function loadKinesalite(
  load: () => Promise<Kinesalite> = () => import('kinesalite'),
): Promise<Kinesalite> {
  try {
    return await load();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    throw new Error(
      'The embedded Kinesis needs the package kinesalite, which is not installed. Run: npm install --save-dev kinesalite',
      { cause },
    );
  }
}

/** kinesalite throws what a request emits as error: a client that hangs up in mid-request would end the whole process. */
function survivesAbortedRequests(server: Server): void {
  const [handle, ...others] = server.listeners('request') as RequestListener[];
  if (!handle || others.length > 0)
    throw new Error('This kinesalite is not the one the embedded Kinesis knows: use 3.3');
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    handle(request, response);
    request.removeAllListeners('error').on('error', () => {});
  });
}

async function createStreams(endpoint: string, streams: readonly EmbeddedStream[]): Promise<void> {
  if (streams.length === 0) return;
  const client = createKinesisClient({ endpoint, region });
  try {
    await Promise.all(streams.map((stream) => createStream(client, stream)));
  } finally {
    client.destroy();
  }
}

async function createStream(client: KinesisClient, { name, shards }: EmbeddedStream): Promise<void> {
  try {
    await client.send(new CreateStreamCommand({ StreamName: name, ShardCount: shards }));
    const deadline = Date.now() + activeDeadlineMs;
    for (;;) {
      const { StreamDescriptionSummary } = await client.send(new DescribeStreamSummaryCommand({ StreamName: name }));
      if (StreamDescriptionSummary?.StreamStatus === 'ACTIVE') return;
      if (Date.now() > deadline) throw new Error(`not ACTIVE after ${activeDeadlineMs} ms`);
      await sleep(5);
    }
  } catch (cause) {
    throw new Error(`The stream '${name}' with ${shards} shards cannot be created: ${reason(cause)}`, { cause });
  }
}

async function stopServer(server: Server): Promise<void> {
  if (!server.listening) return;
  // kinesalite's own close() takes the store away first, and requests in flight then throw outside any promise.
  const closed = new Promise<void>((resolve) => Server.prototype.close.call(server, () => resolve()));
  server.closeAllConnections();
  await closed;
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'EADDRINUSE' ? 'the port is in use' : message;
}
