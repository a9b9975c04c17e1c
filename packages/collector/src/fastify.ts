export { type FastifyCollectorOptions, fastifyCollector } from './adapters/fastify.js';
