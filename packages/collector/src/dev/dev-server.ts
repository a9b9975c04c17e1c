import type { FastifyInstance } from 'fastify';
import { assemble } from '../adapters/assemble.js';
import { type RunningServer, serve } from '../adapters/server.js';
import type { SiteOptions } from '../core/collector.js';
import type { Logger } from '../core/types.js';
import { createKinesisClient } from '../sinks/kinesis/client.js';
import { startEmbeddedKinesis } from './embedded-kinesis.js';
import { live } from './live.js';

export interface DevServerOptions {
  /** 0 takes a free one. @default 8080 */
  port?: number | undefined;
  /** @default '127.0.0.1' */
  host?: string | undefined;
  /** Shops by site key. @default `demo`, from any page, sandboxed frames included */
  sites?: Readonly<Record<string, SiteOptions>> | undefined;
  /** Streams to use instead of embedded ones. */
  streams?: StreamNames | undefined;
  /** Told of records that are not durable, and of what fails. @default JSON lines on stderr */
  log?: Logger | undefined;
  /** Registers more on the same origin, such as a shop. */
  register?: ((app: FastifyInstance) => void | Promise<void>) | undefined;
}
export interface StreamNames {
  streamName: string;
  deadLetterStreamName: string;
  region?: string | undefined;
  /** URL of an emulator; AWS without it. */
  endpoint?: string | undefined;
}
export interface DevServer extends RunningServer {
  /** Where the records are, for whoever wants to read them. */
  readonly streams: StreamNames;
  /** Whether the stream is embedded and ends with the server. */
  readonly embedded: boolean;
}

/** Shards of the embedded stream: enough to see that records of one category stay together. */
const shards = 4;

/**
 * Runs the whole way from a page to a stream on one port: the collector with the tracker's script, an embedded Kinesis
 * (unless streams are given), and the live page. For development: it shows all events to whoever can reach it.
 */
export async function startDevServer(options: DevServerOptions = {}): Promise<DevServer> {
  const { port = 8080, host = '127.0.0.1', sites = { demo: { origins: ['*', 'null'] } }, log, register } = options;
  // The SDK announces on every start which Node.js its future versions need; the one used here is pinned.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const names = { streamName: 'rastro-events', deadLetterStreamName: 'rastro-dead-letters' };
  const kinesis = options.streams
    ? undefined
    : await startEmbeddedKinesis({
        streams: [
          { name: names.streamName, shards },
          { name: names.deadLetterStreamName, shards: 1 },
        ],
      });
  try {
    const streams = options.streams ?? { ...names, region: kinesis?.region, endpoint: kinesis?.endpoint };
    const { streamName, deadLetterStreamName, region, endpoint } = streams;
    const client = createKinesisClient({ region, endpoint });
    const collector = await assemble({ client, streamName, deadLetterStreamName, sites, log });
    const server = await serve({
      collector,
      port,
      host,
      register: async (app) => {
        await app.register(live, {
          client,
          streamName,
          deadLetterStreamName,
          from: kinesis ? 'TRIM_HORIZON' : 'LATEST',
        });
        await register?.(app);
      },
    });
    return {
      ...server,
      streams,
      embedded: kinesis !== undefined,
      async close() {
        await server.close();
        await kinesis?.stop();
      },
    };
  } catch (error) {
    await kinesis?.stop();
    throw error;
  }
}
