import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WireEvent } from '../../src/events.js';

export interface Reply {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}

export interface FakeCollector {
  readonly endpoint: string;
  /** Bodies as they came, those that were refused too. */
  readonly bodies: string[];
  /** Envelopes of the requests answered 200. */
  readonly envelopes: { events: WireEvent[]; [field: string]: unknown }[];
  /** Events of the requests answered 200, repeats included. */
  readonly events: WireEvent[];
  /** Requests that wait for their answer right now, and the most there ever were. */
  readonly inFlight: { now: number; most: number };
  close(): Promise<void>;
}

export interface FakeOptions {
  /** Answers a request otherwise than by 200; `undefined` lets it pass. `n` counts from 1. */
  refuse?(n: number): Reply | 'hang up' | undefined;
  /** Code and message when the event is to be rejected. */
  reject?(event: WireEvent): { code: string; message: string } | undefined;
  warn?(event: WireEvent): string | undefined;
  streamSummary?: unknown;
  /** Called before every answer. */
  beforeAnswer?(n: number): void | Promise<void>;
}

/** A collector that keeps the wire format and nothing else. */
export async function startCollector(options: FakeOptions = {}): Promise<FakeCollector> {
  const bodies: string[] = [];
  const envelopes: FakeCollector['envelopes'] = [];
  const events: WireEvent[] = [];
  const inFlight = { now: 0, most: 0 };

  const server = createServer(async (request, response) => {
    if (request.url === '/dev/stream-summary') {
      const found = options.streamSummary !== undefined;
      return answer(response, found ? { status: 200, body: options.streamSummary } : { status: 404 });
    }
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    const n = bodies.push(text);
    inFlight.now += 1;
    inFlight.most = Math.max(inFlight.most, inFlight.now);
    await options.beforeAnswer?.(n);
    inFlight.now -= 1;
    const refusal = options.refuse?.(n);
    if (refusal === 'hang up') return void request.socket.destroy();
    if (refusal) return answer(response, refusal);

    const envelope = JSON.parse(text) as FakeCollector['envelopes'][number];
    envelopes.push(envelope);
    events.push(...envelope.events);
    const rejected = envelope.events.flatMap((event, index) => {
      const rejection = options.reject?.(event);
      return rejection ? [{ index, event_id: event.event_id, path: '', ...rejection }] : [];
    });
    const warnings = envelope.events.flatMap((event, index) => {
      const code = options.warn?.(event);
      return code === undefined ? [] : [{ index, code }];
    });
    answer(response, {
      status: 200,
      body: {
        accepted: envelope.events.length - rejected.length,
        rejected,
        ...(warnings.length > 0 && { warnings }),
      },
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/e`,
    bodies,
    envelopes,
    events,
    inFlight,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body ?? {}));
}
