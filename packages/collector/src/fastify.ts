export { clientErrorHandler, type FastifyCollectorOptions, fastifyCollector } from './adapters/fastify.js';
