import type { ServerResponse } from 'node:http';
import type { EventLog } from './event-log.js';

export interface FeedOptions {
  log: EventLog;
  /** What a reader gets at once, and again when `changed` finds it different. One line of JSON. */
  state(): string;
  /** Time between two comments that keep a connection open. Unit: ms. */
  heartbeatMs: number;
}

/** The log as Server-Sent Events: https://html.spec.whatwg.org/multipage/server-sent-events.html */
export interface Feed {
  /** @param lastEventId What the reader says it has (`Last-Event-ID`). */
  open(response: ServerResponse, lastEventId?: string): void;
  /** There are new records in the log. */
  added(): void;
  /** Looks at the state again. */
  changed(): void;
  /** The log was cleared: what readers have is not of this log any more. */
  restart(epoch: string): void;
  /** Ends every connection. */
  close(): void;
}

/** Most written to a connection before waiting for the network. Unit: UTF-16 code units. */
const chunkLength = 64 * 1024;

/** @param epoch Distinguishes this log from an earlier one: positions start again with the process. */
export function createFeed({ log, state, heartbeatMs }: FeedOptions, epoch: string): Feed {
  interface Reader {
    response: ServerResponse;
    position: number;
    state: string;
    waiting: boolean;
  }
  const readers = new Set<Reader>();

  // Each reader pulls from the log at its own pace: a slow one costs no memory, and at worst misses what was dropped.
  const pump = (reader: Reader): void => {
    while (!reader.waiting) {
      let chunk = '';
      while (chunk.length < chunkLength) {
        const entry = log.after(reader.position);
        if (!entry) break;
        reader.position = entry.n;
        chunk += `event: ${entry.list}\nid: ${epoch}-${entry.n}\ndata: ${entry.json}\n\n`;
      }
      if (chunk === '') return;
      reader.waiting = !reader.response.write(chunk);
    }
  };

  const sendState = (reader: Reader, json: string): void => {
    if (reader.waiting || reader.state === json) return;
    reader.state = json;
    reader.waiting = !reader.response.write(`event: state\ndata: ${json}\n\n`);
  };

  const heartbeat = setInterval(() => {
    for (const { response, waiting } of readers) if (!waiting) response.write(': still here\n\n');
  }, heartbeatMs);
  heartbeat.unref();

  return {
    open(response, lastEventId = '') {
      const [from, n] = lastEventId.split('-');
      const reader: Reader = { response, position: from === epoch ? Number(n) || 0 : 0, state: '', waiting: false };
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        // nginx would hold events back.
        'x-accel-buffering': 'no',
      });
      response.write('retry: 1000\n\n');
      response.on('drain', () => {
        reader.waiting = false;
        sendState(reader, state());
        pump(reader);
      });
      response.on('close', () => readers.delete(reader));
      response.on('error', () => readers.delete(reader));
      readers.add(reader);
      sendState(reader, state());
      pump(reader);
    },
    added() {
      for (const reader of readers) pump(reader);
    },
    changed() {
      if (readers.size === 0) return;
      const json = state();
      for (const reader of readers) sendState(reader, json);
    },
    restart(next) {
      epoch = next;
      this.changed();
    },
    close() {
      clearInterval(heartbeat);
      for (const { response } of readers) response.end();
      readers.clear();
    },
  };
}
