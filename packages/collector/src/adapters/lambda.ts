import type { Collector } from '../core/collector.js';

/** The parts we read of an event of API Gateway's HTTP API (payload 2.0); a Function URL sends the same. */
export interface HttpApiEvent {
  readonly version: '2.0';
  readonly rawPath: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly requestContext: { readonly http: { readonly method: string; readonly sourceIp: string } };
  readonly body?: string | undefined;
  readonly isBase64Encoded: boolean;
}
export interface HttpApiResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/**
 * Makes a Lambda handler for API Gateway's HTTP API and Function URLs.
 *
 * @returns A handler that throws for an event of another shape, so that a wrong integration is seen at once.
 */
export function createHandler(collector: Collector): (event: HttpApiEvent) => Promise<HttpApiResult> {
  return async (event) => {
    if (event?.version !== '2.0') {
      throw new TypeError(
        `expected an HTTP API event with payload version 2.0, got version ${JSON.stringify(event?.version)}`,
      );
    }
    const { http } = event.requestContext;
    // A stage, or the mapping of a custom domain, may stand before the path.
    const paths = [collector.path, ...collector.pluginPaths, collector.scriptPath, '/healthz'];
    const path = paths.find((known) => event.rawPath.endsWith(known)) ?? event.rawPath;
    const { status, headers, body } = await collector.handle({
      method: http.method,
      path,
      headers: Object.fromEntries(
        Object.entries(event.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
      ),
      body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
      ip: http.sourceIp,
    });
    const text = typeof body === 'string';
    return {
      statusCode: status,
      headers,
      body: text ? body : Buffer.from(body).toString('base64'),
      isBase64Encoded: !text,
    };
  };
}
