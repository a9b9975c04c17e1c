import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import type { Collector } from '../core/collector.js';
import { backlog, type ConnectionSettings, connectionDefaults, serverOptions } from './connections.js';
import { createDraining } from './draining.js';
import { clientErrorHandler, fastifyCollector } from './fastify.js';
import { type RunningOperations, serveOperations, urlOf } from './operations-server.js';

export interface ServeOptions extends ConnectionSettings {
  collector: Collector;
  /** 0 takes a free one. */
  port: number;
  host: string;
  /** Port of its own for `operationPaths`; `/metrics` is then nowhere else. 0 takes a free one. @default none */
  metricsPort?: number | undefined;
  /** Whether `/metrics` is served by another process, and not here. @default false */
  metricsElsewhere?: boolean | undefined;
  /** How long `/readyz` says 503 before no more connections are taken. Unit: ms. @default 0 */
  drainDelayMs?: number | undefined;
  logger?: FastifyServerOptions['logger'];
  /** Registers more on the same origin. It comes first: hooks it adds see the collector's requests too. */
  register?: ((app: FastifyInstance) => void | Promise<void>) | undefined;
}

export interface RunningServer {
  /** `http://host:port`, the host as it is dialled from this machine. */
  readonly url: string;
  /** Of the port for operators, when it has one of its own. */
  readonly metricsUrl?: string | undefined;
  /** Replaces the shops. @throws {TypeError} If one is wrong; nothing changes then. */
  setSites: Collector['setSites'];
  /** Answers a request as the server does, without one. */
  handle: Collector['handle'];
  /** What `close()` still waits for, in words. */
  unfinished(): string;
  /** Stops accepting, finishes what is in flight, closes the collector. `/readyz` is 503 from the first moment. */
  close(): Promise<void>;
}

/** A connection whose last answer came from elsewhere than the collector is found idle by looking. */
const lookForIdleMs = 100;
/**
 * How long a request that has begun to arrive may go on when the server closes. What has not arrived was not answered
 * for: the tracker keeps it. Node's own timeouts end with `server.close()`.
 */
const arrivalMs = 5_000;

/** Serves a collector. @throws If the port is taken, with a message that says what to do. */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { collector, port, host, metricsPort, drainDelayMs = 0, logger = false, register } = options;
  const { metricsElsewhere = metricsPort !== undefined } = options;
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const connections = { ...connectionDefaults, ...(Object.fromEntries(given) as ConnectionSettings) };
  const draining = createDraining(collector);
  const { operationPaths } = collector;
  const app = Fastify({
    ...serverOptions(connections),
    clientErrorHandler: clientErrorHandler(collector),
    logger,
    forceCloseConnections: 'idle',
  });
  app.server.maxConnections = connections.maxConnections;
  let open = 0;
  app.server.on('connection', (socket) => {
    open++;
    socket.once('close', () => open--);
  });
  let operations: RunningOperations | undefined;
  try {
    await register?.(app);
    app.setNotFoundHandler((request, reply) => {
      const { origin } = request.headers;
      const { status, headers, body } = collector.refuse('not_found', { origin });
      return reply.code(status).headers(headers).send(body);
    });
    const served = operationPaths.filter((path) => path !== '/metrics' || !metricsElsewhere);
    await app.register(fastifyCollector, { collector: { ...draining.collector, operationPaths: served } });
    if (metricsPort !== undefined) {
      operations = await serveOperations({
        paths: operationPaths,
        handle: draining.collector.handle,
        port: metricsPort,
        host,
      });
    }
    await app.listen({ port, host, backlog });
  } catch (error) {
    await operations?.close();
    await app.close();
    await collector.close();
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      const [taken, flag] = portOf(error) === port ? [port, '--port'] : [metricsPort, '--metrics-port'];
      throw new Error(`Port ${taken} on ${host} is taken. Choose another with ${flag}.`, { cause: error });
    }
    throw error;
  }
  let waitsFor = 'nothing';
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    draining.begin();
    waitsFor = 'the delay before connections are refused';
    if (drainDelayMs > 0) await sleep(drainDelayMs);
    draining.leave();
    waitsFor = '';
    const arrivedBy = Date.now() + arrivalMs;
    const idle = setInterval(() => {
      app.server.closeIdleConnections();
      if (draining.inFlight === 0 && Date.now() > arrivedBy) app.server.closeAllConnections();
    }, lookForIdleMs);
    await app.close().finally(() => clearInterval(idle));
    waitsFor = 'records that are not durable yet';
    await collector.close();
    // To the end, a probe sees that this one is going.
    await operations?.close();
    waitsFor = 'nothing';
  };
  return {
    url: urlOf(host, (app.server.address() as AddressInfo).port),
    metricsUrl: operations && urlOf(host, operations.port),
    setSites: collector.setSites,
    handle: draining.collector.handle,
    unfinished: () => waitsFor || `${draining.inFlight} requests in flight, ${open} connections open`,
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

const portOf = (error: unknown): number | undefined => (error as { port?: number }).port;
