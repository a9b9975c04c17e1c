import * as http from 'node:http';
import * as https from 'node:https';

/** An answer, read whole. */
export interface Answer {
  readonly status: number;
  readonly headers: http.OutgoingHttpHeaders;
  readonly body: Buffer;
}

/** Of one connection to the next: not the answer's to tell. */
const hopHeaders = ['connection', 'keep-alive', 'transfer-encoding', 'content-length'];

/** The next server on the way of a request. */
export interface Hop {
  /** Sends a request on, with this body. It goes on when its sender hangs up. */
  forward(request: http.IncomingMessage, body: Buffer): Promise<Answer>;
  /** Ends its connections. */
  close(): void;
}

export function createHop(url: string): Hop {
  const target = new URL(url);
  const { request: send, Agent } = target.protocol === 'https:' ? https : http;
  const agent = new Agent({ keepAlive: true });
  return {
    forward: (request, body) =>
      new Promise((resolve, reject) => {
        const { method, url: path, headers } = request;
        const length = headers['content-length'] === undefined ? {} : { 'content-length': body.byteLength };
        const outgoing = send(target, { agent, method, path, headers: { ...headers, ...length } }, (response) => {
          readBody(response).then((answer) => {
            const kept = Object.entries(response.headers).filter(([name]) => !hopHeaders.includes(name));
            resolve({ status: response.statusCode ?? 502, headers: Object.fromEntries(kept), body: answer });
          }, reject);
        });
        outgoing.on('error', reject).end(body);
      }),
    close: () => agent.destroy(),
  };
}

export async function readBody(message: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
}

/** An answer of the protocol that Kinesis speaks. */
export function toJson(status: number, value: unknown, headers: http.OutgoingHttpHeaders = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1', ...headers },
    body: Buffer.from(JSON.stringify(value)),
  };
}

export function give(response: http.ServerResponse, { status, headers, body }: Answer): void {
  if (response.destroyed) return;
  response.writeHead(status, { ...headers, 'content-length': body.byteLength }).end(body);
}
