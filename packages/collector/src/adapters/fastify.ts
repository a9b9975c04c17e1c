import type { FastifyError, FastifyPluginAsync, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
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
    const code = refusals[error.statusCode ?? 0];
    if (!code) throw error;
    // The body was not read, or not to its end: the connection cannot be used again.
    return answer(reply.header('connection', 'close'), collector.refuse(code, joinHeaders(request.headers)));
  });

  // The core gets its own paths: a prefix is the application's.
  const serve =
    (path: string) =>
    async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const response = await collector.handle({
        method: request.method,
        path,
        headers: joinHeaders(request.headers),
        body: (request.body as Uint8Array | undefined) ?? new Uint8Array(),
        ip: request.ip,
      });
      return answer(reply, response);
    };
  // A log line per request would cost as much as the request.
  const logLevel = 'warn';
  const { path, scriptPath, pluginPaths } = collector;
  const every: HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
  app.route({ method: every, url: path, handler: serve(path), logLevel });
  for (const url of [scriptPath, ...pluginPaths, '/healthz']) {
    app.route({ method: ['GET', 'HEAD'], url, handler: serve(url), logLevel });
  }
};

/** What Fastify refuses before the collector sees it, by status. */
const refusals: Readonly<Record<number, 'body_too_large' | 'unsupported_media_type'>> = {
  413: 'body_too_large',
  415: 'unsupported_media_type',
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
