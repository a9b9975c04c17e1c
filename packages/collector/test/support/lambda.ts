import { readFile } from 'node:fs/promises';
import type {
  HttpApiEvent,
  LambdaEvent,
  LambdaResult,
  LoadBalancerEvent,
  RestApiEvent,
} from '@rastro/collector/lambda';

const read = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(new URL(`../fixtures/lambda/${name}.json`, import.meta.url), 'utf8'));

export const httpApi = (await read('http-api-v2')) as HttpApiEvent;
export const httpApiV1 = (await read('http-api-v1')) as RestApiEvent;
export const restApi = (await read('rest-api')) as RestApiEvent;
export const functionUrl = (await read('function-url')) as HttpApiEvent;
export const loadBalancer = (await read('load-balancer')) as LoadBalancerEvent;
export const multiValueBalancer = (await read('load-balancer-multi-value')) as LoadBalancerEvent;
export const healthCheck = (await read('load-balancer-health-check')) as LoadBalancerEvent;

/** Every sender of events by name. */
export const senders = {
  'HTTP API': httpApi,
  'HTTP API, payload 1.0': httpApiV1,
  'REST API': restApi,
  'Function URL': functionUrl,
  'load balancer': loadBalancer,
  'load balancer, multi-value headers': multiValueBalancer,
} as const satisfies Record<string, LambdaEvent>;

export interface Sent {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | Buffer;
}

/**
 * A request as this sender would tell it. Of the event's own headers only those stay that name the visitor's address;
 * what is text goes as text, by the rules of the load balancer.
 */
export function eventOf(template: LambdaEvent, { method, path, headers, body }: Sent): LambdaEvent {
  const isText = /^(text\/|application\/(json|javascript|xml)\b)/i.test(headers['content-type'] ?? '');
  const isBase64Encoded = !isText || 'content-encoding' in headers || typeof body !== 'string';
  const content = { body: Buffer.from(body).toString(isBase64Encoded ? 'base64' : 'utf8'), isBase64Encoded };
  const replace = <T>(before: object, toValue: (value: string) => T): Record<string, T> => {
    const kept = Object.entries(before).filter(([name]) => /^x-forwarded-/i.test(name));
    const capital = 'Host' in before;
    const sent = Object.entries(headers).map(
      ([name, value]) => [capital ? name.replace(/\b[a-z]/g, (c) => c.toUpperCase()) : name, toValue(value)] as const,
    );
    return Object.fromEntries([...kept, ...sent]);
  };
  const single = template.headers ? { headers: replace(template.headers, (value) => value) } : {};
  if ('rawPath' in template) {
    const requestContext = { ...template.requestContext, http: { ...template.requestContext.http, method } };
    const { cookies: _, ...rest } = template;
    return { ...rest, ...content, ...single, rawPath: path, requestContext };
  }
  const { multiValueHeaders: lists } = template;
  const multiple = lists ? { multiValueHeaders: replace(lists, (value) => [value]) } : {};
  return { ...template, ...content, ...single, ...multiple, path, httpMethod: method };
}

export interface Answered {
  status: number;
  headers: Record<string, string>;
  cookies: readonly string[];
  body: string;
}

/** An answer as the client gets it from this sender. */
export function answerOf(result: LambdaResult): Answered {
  const multiple = Object.entries(result.multiValueHeaders ?? {});
  const headers = {
    ...result.headers,
    ...Object.fromEntries(multiple.map(([name, values]) => [name, values.join(', ')])),
  };
  const { 'set-cookie': cookie, ...others } = headers;
  return {
    status: result.statusCode,
    headers: others,
    cookies: result.cookies ?? (cookie === undefined ? [] : [cookie]),
    body: result.isBase64Encoded ? Buffer.from(result.body, 'base64').toString() : result.body,
  };
}
