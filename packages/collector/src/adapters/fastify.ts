import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyPluginAsync, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import type { Collector } from '../core/collector.js';
import type { RequestErrorCode } from '../core/errors.js';
import type { CollectRequest, CollectResponse } from '../core/types.js';

export interface FastifyCollectorOptions {
  collector: Collector;
}

/**
 * Fastify plugin that serves a collector: events, the tracker's scripts and `/healthz`. It is encapsulated: body parsers
 * and error handling of the host application stay as they are. The visitor's address is `request.ip`, so set Fastify's
 * `trustProxy` when a proxy stands in front. Closing Fastify does not close the collector.
 */
export const fastifyCollector: FastifyPluginAsync<FastifyCollectorOptions> = async (app, { collector }) => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: collector.maxBodyBytes }, (_request, body, done) =>
    done(null, body),
  );

  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    // Of the parsing of bodies; what a hook of the host throws is the host's.
    const code = error.code?.startsWith('FST_ERR_CTP_') ? refusals[error.statusCode ?? 0] : undefined;
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
        body: (request.body as Uint8Array | undefined) ?? nothing,
        ip: request.ip,
        secure: request.protocol === 'https',
      });
      return answer(reply, response);
    };
  // A log line per request would cost as much as the request.
  const logLevel = 'warn';
  const { path, scriptPaths, operationPaths } = collector;
  const every: HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
  app.route({ method: every, url: path, handler: serve(path), logLevel });
  for (const url of [...scriptPaths, ...operationPaths]) {
    app.route({ method: ['GET', 'HEAD'], url, handler: serve(url), logLevel });
  }
};

/**
 * Fastify's option `clientErrorHandler`: answers what never became a request as the collector answers everything else.
 * Only who makes the server can set it, and it is the same for all of the server.
 */
export function clientErrorHandler(collector: Collector): (error: NodeJS.ErrnoException, socket: Socket) => void {
  return (error, socket) => {
    // As Node.js does by default: an answer that has begun must not get another one into it.
    const { _httpMessage: begun } = socket as Socket & { _httpMessage?: { headersSent?: boolean } | null };
    // Browsers and some load balancers open connections ahead of need: to those that asked nothing, an answer would be one
    // to the request that comes next.
    const asked = socket.writable && socket.bytesRead > 0 && !begun?.headersSent;
    if (error.code !== 'ECONNRESET' && asked) {
      const { status, headers, body } = collector.refuse(clientErrors[error.code ?? ''] ?? 'bad_request', {});
      const length = Buffer.byteLength(body as string);
      const lines = Object.entries({ ...headers, 'content-length': length, connection: 'close' });
      const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
      socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head}\r\n${body}`);
    }
    // Reading stops at once; what was written leaves before.
    socket.destroySoon();
  };
}

/** https://nodejs.org/docs/latest-v20.x/api/http.html#event-clienterror */
const clientErrors: Readonly<Record<string, RequestErrorCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
  HPE_HEADER_OVERFLOW: 'headers_too_large',
};

/** What Fastify refuses before the collector sees it, by status. */
const refusals: Readonly<Record<number, RequestErrorCode>> = {
  400: 'bad_request',
  413: 'body_too_large',
  415: 'unsupported_media_type',
};

const nothing = new Uint8Array();

function answer(reply: FastifyReply, { status, headers, body }: CollectResponse): FastifyReply {
  // Nothing at all: Fastify would say of an empty text that 304 stands for one.
  return reply
    .code(status)
    .headers(headers)
    .send(status === 304 ? undefined : body);
}

/** Node.js joins what is repeated, but for `set-cookie`; a hook of the host may have left another list. */
function joinHeaders(headers: FastifyRequest['headers']): CollectRequest['headers'] {
  for (const name in headers) if (Array.isArray(headers[name])) return joined(headers);
  return headers as CollectRequest['headers'];
}

function joined(headers: FastifyRequest['headers']): CollectRequest['headers'] {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}
