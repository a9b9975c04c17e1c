import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Alert } from '../alerts/alert.js';
import type { LiveSource } from './live-source.js';

export interface LiveFeedOptions {
  source?: LiveSource | undefined;
  /** The newest alerts, in any order. */
  alerts?: (() => readonly Alert[]) | undefined;
  /** Time within which records are gathered into one write. Unit: ms. */
  tickMs: number;
  /** Time between two looks at status and alerts. Unit: ms. */
  statusMs: number;
  /** Time between two comments that keep a connection open. Unit: ms. */
  heartbeatMs: number;
}

/** Server-Sent Events for many readers: https://html.spec.whatwg.org/multipage/server-sent-events.html */
export interface LiveFeed {
  readonly readers: number;
  /** @param lastEventId What the reader says it has (`Last-Event-ID`). */
  open(response: ServerResponse, lastEventId?: string): void;
  /** Ends every connection. */
  close(): void;
}

/** Most records in one write. More in a tick than this is more than anybody reads: the newest are told, the rate has all. */
const mostAtOnce = 50;

interface Reader {
  readonly response: ServerResponse;
  position: number;
  alertPosition: number;
  status: string;
  /** The connection takes no more just now. */
  waiting: boolean;
}

/**
 * Not the collector's feed of its live page: that one tells every record of two lists in full and knows no alerts.
 * Each reader pulls at its own pace here, too: a slow one costs no memory, and misses what is not kept any more.
 */
export function createLiveFeed({ source, alerts, tickMs, statusMs, heartbeatMs }: LiveFeedOptions): LiveFeed {
  const readers = new Set<Reader>();
  const epoch = source?.epoch ?? randomUUID().slice(0, 8);
  /** Alerts have no order of their own: numbered as they are first seen. */
  let numbered = new Map<string, { n: number; alert: Alert }>();
  let lastAlert = 0;
  let tick: NodeJS.Timeout | undefined;

  const write = (reader: Reader, text: string): void => {
    if (text !== '') reader.waiting = !reader.response.write(text);
  };
  const id = ({ position, alertPosition }: Reader): string => `id: ${epoch}-${position}-${alertPosition}\n`;

  const pump = (reader: Reader): void => {
    if (reader.waiting) return;
    let text = '';
    for (const { n, json } of source?.after(reader.position, mostAtOnce) ?? []) {
      reader.position = n;
      text += `event: record\n${id(reader)}data: ${json}\n\n`;
    }
    for (const { n, alert } of numbered.values()) {
      if (n <= reader.alertPosition) continue;
      reader.alertPosition = n;
      text += `event: alert\n${id(reader)}data: ${JSON.stringify(alert)}\n\n`;
    }
    write(reader, text);
  };
  const tellStatus = (reader: Reader, json: string): void => {
    if (reader.waiting || reader.status === json) return;
    reader.status = json;
    write(reader, `event: status\ndata: ${json}\n\n`);
  };
  const look = (): string => {
    const list = alerts?.() ?? [];
    const next: typeof numbered = new Map();
    for (const alert of list) {
      next.set(alert.alert_id, numbered.get(alert.alert_id) ?? { n: ++lastAlert, alert });
    }
    // Known ones keep their number, so that the list's own order never tells one twice.
    numbered = new Map([...next].sort(([, a], [, b]) => a.n - b.n));
    return JSON.stringify({ ...source?.status(), ...(alerts ? { alerts: list.length } : {}) });
  };
  const show = (): void => {
    if (readers.size === 0) return;
    const status = look();
    for (const reader of readers) {
      tellStatus(reader, status);
      pump(reader);
    }
  };

  const unsubscribe = source?.subscribe(() => {
    if (readers.size === 0) return;
    tick ??= setTimeout(() => {
      tick = undefined;
      for (const reader of readers) pump(reader);
    }, tickMs);
  });
  const watch = setInterval(show, statusMs);
  watch.unref();
  const heartbeat = setInterval(() => {
    for (const reader of readers) if (!reader.waiting) write(reader, ': still here\n\n');
  }, heartbeatMs);
  heartbeat.unref();

  return {
    get readers() {
      return readers.size;
    },
    open(response, lastEventId = '') {
      const [from, position, alertPosition] = lastEventId.split('-');
      const known = from === epoch;
      const reader: Reader = {
        response,
        position: known ? Number(position) || 0 : 0,
        alertPosition: known ? Number(alertPosition) || 0 : 0,
        status: '',
        waiting: false,
      };
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        // nginx would hold events back.
        'x-accel-buffering': 'no',
      });
      response.write('retry: 2000\n\n');
      response.on('drain', () => {
        reader.waiting = false;
        tellStatus(reader, look());
        pump(reader);
      });
      const leave = (): void => void readers.delete(reader);
      response.on('close', leave);
      response.on('error', leave);
      readers.add(reader);
      tellStatus(reader, look());
      pump(reader);
    },
    close() {
      clearInterval(watch);
      clearInterval(heartbeat);
      clearTimeout(tick);
      unsubscribe?.();
      for (const { response } of readers) response.end();
      readers.clear();
    },
  };
}
