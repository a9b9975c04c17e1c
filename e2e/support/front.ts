import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';

/** What goes wrong with each request for the endpoint, until it is told otherwise. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterSeconds?: number }
  /** The collector takes the request, and the socket is destroyed instead of answering: so many times. */
  | { readonly kind: 'lost answers'; readonly count: number }
  /** The collector takes the request at once, and its answer takes this long. */
  | { readonly kind: 'slow'; readonly delayMs: number };

/** An event as it stands in a body. */
export interface SentEvent {
  readonly event_id: string;
  readonly event_type: string;
  readonly product_id?: string;
  readonly order_id?: string;
}

/** A request for the endpoint whose body arrived whole. */
export interface Delivery {
  readonly events: readonly SentEvent[];
  /** What the envelope says was given up for want of room since the last one. */
  readonly dropped: number;
  /** `false`: the fault answered, and the collector never saw it. */
  readonly received: boolean;
  /** Status that the collector, or the fault, gave; 0 while it is on its way. */
  readonly status: number;
}

/** A server of ours before the collector, on the same origin as the shop's page: it sees what arrives, and makes it fail. */
export interface Front {
  readonly url: string;
  /** All requests so far, oldest first. */
  readonly deliveries: readonly Delivery[];
  /** `event_id`s that the collector has answered 200 for, whether or not the answer left us. */
  readonly durable: ReadonlySet<string>;
  fail(fault: Fault | undefined): void;
  /** Closes the listener and every connection: whoever dials now is refused. */
  refuse(): Promise<void>;
  /** Listens again, on the same port. */
  listen(): Promise<void>;
  /** How long no request for the endpoint has come or been under way. Unit: ms. */
  quietMs(): number;
  close(): Promise<void>;
}

export interface FrontOptions {
  /** `http://host:port` of the collector. */
  readonly upstream: string;
  /** Pages by path; every other path is the collector's. */
  readonly pages: Readonly<Record<string, string>>;
  /** Added to each request for the endpoint, half before the collector sees it. Unit: ms. */
  readonly roundTripMs: number;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Below the range from which systems take the ports of outgoing connections: nobody takes ours while we refuse. */
const ports = { from: 20_000, count: 10_000 };

export async function startFront({ upstream, pages, roundTripMs }: FrontOptions): Promise<Front> {
  const deliveries: Delivery[] = [];
  const durable = new Set<string>();
  let fault: Fault | undefined;
  let answersToLose = 0;
  let underWay = 0;
  let lastAt = performance.now();

  const forward = async ({ method, url, headers }: IncomingMessage, body: Buffer): Promise<Answer> => {
    const out = request(new URL(url ?? '/', upstream), { method, headers, agent: false });
    out.end(body);
    const [answer] = (await once(out, 'response')) as [IncomingMessage];
    return { status: answer.statusCode ?? 0, headers: answer.headers, body: await whole(answer) };
  };

  const take = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await whole(incoming);
    await sleep(roundTripMs / 2);
    const now = fault;
    const { events, dropped } = readEnvelope(incoming, body);
    const delivery = { events, dropped, received: now?.kind !== 'status', status: 0 };
    deliveries.push(delivery);
    if (now?.kind === 'status') {
      delivery.status = now.status;
      const { retryAfterSeconds } = now;
      await sleep(roundTripMs / 2);
      response.writeHead(now.status, retryAfterSeconds ? { 'retry-after': `${retryAfterSeconds}` } : {}).end('{}');
      return;
    }
    const lose = now?.kind === 'lost answers' && answersToLose-- > 0;
    const answer = await forward(incoming, body);
    delivery.status = answer.status;
    if (answer.status === 200) {
      const { rejected } = JSON.parse(answer.body.toString()) as { rejected: { index: number }[] };
      const bad = new Set(rejected.map(({ index }) => index));
      for (const [index, { event_id }] of events.entries()) if (!bad.has(index)) durable.add(event_id);
    }
    if (lose) {
      incoming.socket.destroy();
      return;
    }
    await sleep(now?.kind === 'slow' ? now.delayMs : roundTripMs / 2);
    pass(response, answer);
  };

  const server = createServer((incoming, response) => {
    const path = incoming.url?.split('?')[0] ?? '/';
    const html = pages[path];
    if (html !== undefined) {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html);
      return;
    }
    const endpoint = path === '/e';
    const work = endpoint ? take(incoming, response) : whole(incoming).then((body) => forward(incoming, body));
    if (endpoint) underWay++;
    work
      .then((answer) => answer && pass(response, answer))
      // The browser hung up in the middle of it, or we did.
      .catch(() => response.destroy())
      .finally(() => {
        if (!endpoint) return;
        underWay--;
        lastAt = performance.now();
      });
  });
  // A connection that idles for long is one that the next fault has to break: browsers hold theirs for minutes.
  server.keepAliveTimeout = 120_000;

  const listenOn = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const port = await freePort(listenOn);

  return {
    url: `http://127.0.0.1:${port}`,
    deliveries,
    durable,
    fail(next) {
      fault = next;
      answersToLose = next?.kind === 'lost answers' ? next.count : 0;
      // Chromium itself sends once more what fails on a connection that it had already: the page would not notice.
      if (answersToLose > 0) server.closeAllConnections();
    },
    async refuse() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
    listen: () => listenOn(port),
    quietMs: () => (underWay > 0 ? 0 : performance.now() - lastAt),
    async close() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
    },
  };
}

async function freePort(listenOn: (port: number) => Promise<void>): Promise<number> {
  for (let attempt = 0; ; attempt++) {
    const port = ports.from + Math.floor(Math.random() * ports.count);
    try {
      await listenOn(port);
      return port;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || attempt > 50) throw error;
    }
  }
}

async function whole(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function readEnvelope({ headers }: IncomingMessage, body: Buffer): { events: readonly SentEvent[]; dropped: number } {
  if (body.length === 0) return { events: [], dropped: 0 };
  const text = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
  const { events = [], dropped = 0 } = JSON.parse(text.toString()) as { events?: SentEvent[]; dropped?: number };
  return { events, dropped };
}

function pass(response: ServerResponse, { status, headers, body }: Answer): void {
  const { connection: _, 'transfer-encoding': __, 'keep-alive': ___, ...own } = headers;
  response.writeHead(status, { ...own, 'content-length': body.length }).end(body);
}
