import { refuse } from '../core/collect.js';
/**
 * Fastify plugin that serves a collector: events, the tracker's script and `/healthz`. It is encapsulated: body parsers
 * and error handling of the host application stay as they are. The visitor's address is `request.ip`, so set Fastify's
 * `trustProxy` when a proxy stands in front. Closing Fastify does not close the collector.
 */
export const fastifyCollector = async (app, { collector }) => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: collector.maxBodyBytes }, (_request, body, done) =>
    done(null, body),
  );
  app.setErrorHandler(async (error, request, reply) => {
    if (error.statusCode !== 413) throw error;
    const { status, headers, body } = refuse('body_too_large', { retryAfterSeconds: 1 });
    // The rest of the body is not read: the connection cannot be used again.
    const origin = request.headers.origin;
    await reply
      .code(status)
      .headers({
        ...headers,
        connection: 'close',
        ...(origin === undefined ? {} : { 'access-control-allow-origin': origin }),
      })
      .send(body);
  });
  const handler = async (request, reply) => {
    const { status, headers, body } = await collector.handle({
      method: request.method,
      path: request.url.split('?', 1)[0] ?? '/',
      headers: joinHeaders(request.headers),
      body: request.body ?? new Uint8Array(),
      ip: request.ip,
    });
    return reply
      .code(status)
      .headers(headers)
      .send(typeof body === 'string' ? body : Buffer.from(body));
  };
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
function joinHeaders(headers) {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}
