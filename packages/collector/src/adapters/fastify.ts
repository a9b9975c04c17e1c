import type { FastifyError, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { Collector } from '../core/collector.js';
import type { CollectResponse } from '../core/types.js';

export interface FastifyCollectorOptions {
  collector: Collector;
}

/**
 * Fastify plugin that serves a collector: events, the tracker's script and `/healthz`. It is encapsulated: body parsers
 * and error handling of the host application stay as they are. The visitor's address is `request.ip`, so set Fastify's
 * `trustProxy` when a proxy stands in front. Closing Fastify does not close the collector.
 */
export const fastifyCollector: FastifyPluginAsync<FastifyCollectorOptions> = async (app, { collector }) => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: collector.maxBodyBytes }, (_request, body, done) =>
    done(null, body),
  );

  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    if (error.statusCode !== 413) throw error;
    // The rest of the body is not read: the connection cannot be used again.
    return answer(reply.header('connection', 'close'), collector.tooLarge(joinHeaders(request.headers)));
  });

  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const response = await collector.handle({
      method: request.method,
      path: request.url.split('?', 1)[0] ?? '/',
      headers: joinHeaders(request.headers),
      body: (request.body as Uint8Array | undefined) ?? new Uint8Array(),
      ip: request.ip,
    });
    return answer(reply, response);
  };
  // A log line per request would cost as much as the request.
  const logLevel = 'warn';
  app.route({
    method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    url: collector.path,
    handler,
    logLevel,
  });
  app.route({ method: ['GET', 'HEAD'], url: collector.scriptPath, handler, logLevel });
  app.route({ method: ['GET', 'HEAD'], url: '/healthz', handler, logLevel });
};

function answer(reply: FastifyReply, { status, headers, body }: CollectResponse): FastifyReply {
  return reply
    .code(status)
    .headers(headers)
    .send(typeof body === 'string' ? body : Buffer.from(body));
}

function joinHeaders(headers: FastifyRequest['headers']): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}
