import { isUtf8 } from 'node:buffer';
import { STATUS_CODES } from 'node:http';
import type { Collector } from '../core/collector.js';
import type { CollectRequest, CollectResponse } from '../core/types.js';
import { type AddressOptions, createAddressOf } from './lambda-address.js';
import { type LambdaEvent, type Told, tell } from './lambda-event.js';

export type { HttpApiEvent, LambdaEvent, LoadBalancerEvent, RestApiEvent } from './lambda-event.js';

export interface HandlerOptions extends AddressOptions {}

/** The answer, in the form that the sender of the event understands. */
export interface LambdaResult {
  readonly statusCode: number;
  /** For a load balancer, such as `200 OK`. */
  readonly statusDescription?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** All headers for a load balancer that sends them so; cookies alone for a REST API. */
  readonly multiValueHeaders?: Readonly<Record<string, string[]>>;
  /** For HTTP APIs and Function URLs. */
  readonly cookies?: string[];
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/**
 * Makes a Lambda handler for API Gateway (HTTP API with payload 2.0 or 1.0, REST API), Function URLs and Application Load
 * Balancers: it tells by the event.
 *
 * @returns A handler that throws for an event of another shape, so that a wrong integration is seen at once.
 * @throws {TypeError} If an option is wrong; the message names it.
 */
export function createHandler(
  collector: Collector,
  options: HandlerOptions = {},
): (event: LambdaEvent) => Promise<LambdaResult> {
  const addressOf = createAddressOf(options);
  // The longest first: no path is taken for another that it ends with.
  const known = [collector.path, collector.scriptPath, ...collector.scriptPaths, ...collector.operationPaths].sort(
    (a, b) => b.length - a.length,
  );
  // A stage, the mapping of a custom domain or the path of a listener's rule may stand before.
  const within = (path: string): string | undefined => known.find((one) => path.endsWith(one));

  return async (event) => {
    const told = tell(event);
    const headers = headersOf(told);
    const asked = told.from === 'http-api' ? told.event.rawPath : told.event.path;
    const path = within(asked) ?? (isHealthCheck(told, headers) ? '/healthz' : asked);
    const response = await collector.handle({
      method: told.from === 'http-api' ? told.event.requestContext.http.method : told.event.httpMethod,
      path,
      headers,
      body: bodyOf(told, headers),
      ip: addressOf(told, headers),
      // Only a load balancer takes anything but https.
      secure: told.from !== 'load-balancer' || headers['x-forwarded-proto'] === 'https',
    });
    return toResult(told, response);
  };
}

/** Health checks of a target group come with no more than this, for `/` unless another path is set. */
function isHealthCheck(told: Told, headers: CollectRequest['headers']): boolean {
  return told.from === 'load-balancer' && (headers['user-agent'] ?? '').startsWith('ELB-HealthChecker/');
}

/** Of these, Node.js takes the first where a client sends several: https://nodejs.org/api/http.html#messageheaders */
const firstOnly = new Set(['content-type', 'content-length', 'user-agent', 'host', 'authorization', 'referer']);

function headersOf(told: Told): Record<string, string | undefined> {
  const headers: Record<string, string | undefined> = {};
  const multiple = told.from === 'http-api' ? undefined : told.event.multiValueHeaders;
  for (const [name, value] of Object.entries(told.event.headers ?? {})) headers[name.toLowerCase()] = value;
  for (const [given, values = []] of Object.entries(multiple ?? {})) {
    const name = given.toLowerCase();
    headers[name] = firstOnly.has(name) ? values[0] : values.join(name === 'cookie' ? '; ' : ', ');
  }
  const cookies = told.from === 'http-api' ? told.event.cookies : undefined;
  if (cookies?.length) headers['cookie'] ??= cookies.join('; ');
  // Compressed answers are base64, which a REST API without binaryMediaTypes hands on as it is.
  if (told.from === 'rest-api') delete headers['accept-encoding'];
  // Nobody reaches a function directly: what is for direct callers alone, such as metrics, is not for this request.
  headers['via'] ??= '1.1 lambda';
  return headers;
}

function bodyOf({ event, from }: Told, headers: CollectRequest['headers']): Uint8Array {
  const { body, isBase64Encoded } = event;
  // The second byte of gzip is no UTF-8. To answer that the body is broken would make senders forget their events.
  const isGzip = headers['content-encoding']?.trim().toLowerCase() === 'gzip';
  if (isGzip && !isBase64Encoded && body?.startsWith('\x1f\ufffd')) {
    const remedy = from === 'rest-api' ? ': set binaryMediaTypes of the REST API to */*' : '';
    throw new TypeError(`a compressed body came as text, which destroys it${remedy}`);
  }
  return Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
}

function toResult(told: Told, { status, headers, body }: CollectResponse): LambdaResult {
  const text = typeof body === 'string' || isUtf8(body);
  const answer = {
    statusCode: status,
    // For the same REST APIs, what is text goes as text.
    body: typeof body === 'string' ? body : Buffer.from(body).toString(text ? 'utf8' : 'base64'),
    isBase64Encoded: !text,
  };
  if (told.from === 'load-balancer') {
    const statusDescription = `${status} ${STATUS_CODES[status] ?? ''}`.trim();
    // It reads only the form in which it has sent the request's.
    if (!told.event.multiValueHeaders) return { ...answer, statusDescription, headers };
    const multiValueHeaders = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
    return { ...answer, statusDescription, multiValueHeaders };
  }
  const { 'set-cookie': cookie, ...others } = headers;
  if (cookie === undefined) return { ...answer, headers };
  if (told.from === 'http-api') return { ...answer, headers: others, cookies: [cookie] };
  return { ...answer, headers: others, multiValueHeaders: { 'set-cookie': [cookie] } };
}
