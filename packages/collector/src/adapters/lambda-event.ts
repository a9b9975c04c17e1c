/** Headers as a gateway hands them over. */
type Single = Readonly<Record<string, string | undefined>> | null;
type Multiple = Readonly<Record<string, readonly string[] | undefined>> | null;

/**
 * The parts we read of an event of an HTTP API with payload 2.0
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html); a Function
 * URL sends the same (https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html).
 */
export interface HttpApiEvent {
  readonly version: '2.0';
  readonly rawPath: string;
  readonly headers?: Single;
  /** Gateways take them out of the headers. */
  readonly cookies?: readonly string[] | null;
  readonly requestContext: {
    readonly domainName?: string;
    readonly http: { readonly method: string; readonly sourceIp: string };
  };
  readonly body?: string | null | undefined;
  readonly isBase64Encoded?: boolean;
}

/**
 * The parts we read of an event of a REST API, or of an HTTP API with payload 1.0.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export interface RestApiEvent {
  readonly version?: '1.0';
  readonly httpMethod: string;
  readonly path: string;
  readonly headers?: Single;
  readonly multiValueHeaders?: Multiple;
  readonly requestContext: { readonly identity: { readonly sourceIp: string } };
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
}

/**
 * The parts we read of an event of an Application Load Balancer. It has `headers` or, where the target group's attribute
 * `lambda.multi_value_headers.enabled` is on, `multiValueHeaders`.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
 */
export interface LoadBalancerEvent {
  readonly httpMethod: string;
  readonly path: string;
  readonly headers?: Single;
  readonly multiValueHeaders?: Multiple;
  readonly requestContext: { readonly elb: { readonly targetGroupArn: string } };
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
}

export type LambdaEvent = HttpApiEvent | RestApiEvent | LoadBalancerEvent;

/** An event, and whose it is. */
export type Told =
  | { readonly from: 'http-api'; readonly event: HttpApiEvent }
  | { readonly from: 'rest-api'; readonly event: RestApiEvent }
  | { readonly from: 'load-balancer'; readonly event: LoadBalancerEvent };

/** Tells whose event it is. @throws {TypeError} That says what came instead, by the names of its fields alone. */
export function tell(event: LambdaEvent): Told {
  const fields = (isObject(event) ? event : {}) as Readonly<Record<string, unknown>>;
  const context = (isObject(fields['requestContext']) ? fields['requestContext'] : {}) as typeof fields;
  const { version, httpMethod, path, rawPath } = fields;
  if (typeof httpMethod === 'string' && typeof path === 'string') {
    if (isObject(context['elb'])) return { from: 'load-balancer', event: event as LoadBalancerEvent };
    if (isObject(context['identity'])) return { from: 'rest-api', event: event as RestApiEvent };
  }
  if (version === '2.0' && typeof rawPath === 'string' && isObject(context['http'])) {
    return { from: 'http-api', event: event as HttpApiEvent };
  }
  throw new TypeError(
    'expected an event of an HTTP API, a REST API, a Function URL or an Application Load Balancer, got ' +
      describe(event, fields, context),
  );
}

function describe(event: unknown, fields: object, context: object): string {
  if (!isObject(event)) return Array.isArray(event) ? 'a list' : event == null ? String(event) : `a ${typeof event}`;
  const { version, Records: records } = fields as { version?: unknown; Records?: readonly unknown[] };
  const first = Array.isArray(records) && isObject(records[0]) ? records[0] : {};
  const { eventSource } = first as { eventSource?: unknown };
  const parts = [
    ...(version === undefined ? [] : [`version ${JSON.stringify(version)}`]),
    ...(typeof eventSource === 'string' ? [`records of ${eventSource}`] : []),
    `the fields ${names(fields)}`,
    ...(Object.keys(context).length > 0 ? [`in its requestContext ${names(context)}`] : []),
  ];
  return parts.join(', ');
}

const names = (object: object): string => Object.keys(object).slice(0, 20).join(' ') || '(none)';

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
