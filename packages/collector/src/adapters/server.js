import Fastify, {} from 'fastify';
import { fastifyCollector } from './fastify.js';
/** Serves a collector. @throws If the port is taken, with a message that says what to do. */
export async function serve(options) {
  const { collector, port, host, logger = false, register } = options;
  // A line per request would cost as much as the request.
  const app = Fastify({ logger, disableRequestLogging: true, forceCloseConnections: 'idle' });
  try {
    await app.register(fastifyCollector, { collector });
    await register?.(app);
    await app.listen({ port, host });
  } catch (error) {
    await app.close();
    await collector.close();
    if (error.code === 'EADDRINUSE') {
      throw new Error(`Port ${port} on ${host} is taken. Choose another with --port.`, { cause: error });
    }
    throw error;
  }
  const [address] = app.addresses();
  const dialled = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return {
    url: `http://${dialled.includes(':') ? `[${dialled}]` : dialled}:${address?.port ?? port}`,
    async close() {
      await app.close();
      await collector.close();
    },
  };
}
