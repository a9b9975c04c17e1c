import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import type { Collector } from '../core/collector.js';
import { fastifyCollector } from './fastify.js';

export interface ServeOptions {
  collector: Collector;
  /** 0 takes a free one. */
  port: number;
  host: string;
  logger?: FastifyServerOptions['logger'];
  /** Registers more on the same origin. It comes first: hooks it adds see the collector's requests too. */
  register?: ((app: FastifyInstance) => void | Promise<void>) | undefined;
}

export interface RunningServer {
  /** `http://host:port`, the host as it is dialled from this machine. */
  readonly url: string;
  /** Stops accepting, finishes what is in flight, closes the collector. */
  close(): Promise<void>;
}

/** A request that takes longer to arrive is a connection held for nothing. */
const requestTimeoutMs = 30_000;

/** Serves a collector. @throws If the port is taken, with a message that says what to do. */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { collector, port, host, logger = false, register } = options;
  const app = Fastify({ logger, forceCloseConnections: 'idle', requestTimeout: requestTimeoutMs });
  try {
    await register?.(app);
    app.setNotFoundHandler((request, reply) => {
      const { origin } = request.headers;
      const { status, headers, body } = collector.refuse('not_found', { origin });
      return reply.code(status).headers(headers).send(body);
    });
    await app.register(fastifyCollector, { collector });
    await app.listen({ port, host });
  } catch (error) {
    await app.close();
    await collector.close();
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      throw new Error(`Port ${port} on ${host} is taken. Choose another with --port.`, { cause: error });
    }
    throw error;
  }
  const address = app.server.address() as AddressInfo;
  const dialled = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return {
    url: `http://${dialled.includes(':') ? `[${dialled}]` : dialled}:${address.port}`,
    async close() {
      await app.close();
      await collector.close();
    },
  };
}
