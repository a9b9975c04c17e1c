import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type Answer, answerTo, facets, liveStatus } from './dashboard-answers.js';

/** What a dashboard needs to be allowed, and nothing more. */
export const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

export interface FakeDashboard {
  readonly url: string;
  /** Every question so far, oldest first: `/dashboard/api/…` without the prefix. */
  readonly asked: string[];
  /** How many questions the page has given up. */
  readonly abandoned: () => number;
  /** Answers this report in another way. */
  change(report: string, change: (answer: Answer) => Answer): void;
  facets(facets: object): void;
  /** For questions about days and sites alone. @default What the whole has */
  facetsWithin(facets: object): void;
  /** Fails this report, or all with `*`; `undefined` ends it. */
  fail(report: string, status: number | undefined, body?: object): void;
  /** Keeps answers back, but not those to `except`, until the function that it gives is called. */
  hold(except?: string): () => void;
  /** Tells everyone who follows the live feed. */
  tell(type: 'record' | 'status' | 'alert', data: unknown): void;
  /** Breaks the live feed off and answers it with this status; `undefined` ends it. */
  failFeed(status: number | undefined): void;
  /** How many follow the live feed. */
  readonly followers: () => number;
  close(): Promise<void>;
}

const folder = new URL('../../packages/pipeline/dist/dashboard/', import.meta.url);
const files: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/dashboard': ['index.html', 'text/html; charset=utf-8'],
  '/dashboard/dashboard.js': ['dashboard.js', 'text/javascript; charset=utf-8'],
  '/dashboard/dashboard.css': ['dashboard.css', 'text/css; charset=utf-8'],
};

/** The built page with canned answers: for states that are hard to bring about with data. */
export async function startFakeDashboard(): Promise<FakeDashboard> {
  const asked: string[] = [];
  const changes = new Map<string, (answer: Answer) => Answer>();
  const failures = new Map<string, { status: number; body: object }>();
  const followers = new Set<ServerResponse>();
  let chosenFacets: object = facets;
  let facetsWithin: object | undefined;
  let held: Promise<void> | undefined;
  let answered: string | undefined;
  let abandoned = 0;
  let feedStatus: number | undefined;
  /** All that was told, for who comes later. */
  const told: string[] = [];
  const passed = { record: 0, alert: 0, status: 0 };

  const send = (response: ServerResponse, status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
    response.end(JSON.stringify(body));
  };

  const answer = async (response: ServerResponse, name: string, query: URLSearchParams): Promise<void> => {
    if (name !== answered) await held;
    if (response.destroyed) {
      abandoned++;
      return;
    }
    const failure = failures.get(name) ?? failures.get('*');
    if (failure) return send(response, failure.status, failure.body);
    if (name === 'facets') return send(response, 200, (query.has('from') && facetsWithin) || chosenFacets);
    if (name.endsWith('.csv')) {
      response.writeHead(200, { 'content-type': 'text/csv', 'content-disposition': `attachment; filename="${name}"` });
      const { columns, rows } = answerTo(name.slice(0, -4), query);
      response.end([columns.map((column) => column.name), ...rows].map((row) => `${row.join(',')}\r\n`).join(''));
      return;
    }
    const canned = answerTo(name, query);
    send(response, 200, changes.get(name)?.(canned) ?? canned);
  };

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const file = files[url.pathname];
    if (file) {
      const [name, type] = file;
      void readFile(fileURLToPath(new URL(name, folder))).then((body) => {
        response.writeHead(200, {
          'content-type': type,
          'content-security-policy': policy,
          'cache-control': 'no-store',
        });
        response.end(body);
      });
      return;
    }
    const path = /^\/dashboard\/api\/(?:reports\/)?([\w.]+)$/.exec(url.pathname)?.[1];
    if (!path) {
      send(response, 404, { error: 'not_found', message: 'Nothing is here.' });
      return;
    }
    if (path === 'live') {
      if (feedStatus !== undefined) {
        send(response, feedStatus, { error: 'too_many_readers', message: 'Too many follow the feed.' });
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write(`event: status\ndata: ${JSON.stringify(liveStatus)}\n\n`);
      response.write(told.join(''));
      followers.add(response);
      response.on('close', () => followers.delete(response));
      return;
    }
    asked.push(`${path}${url.search}`);
    void answer(response, path, url.searchParams);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    abandoned: () => abandoned,
    change: (report, change) => void changes.set(report, change),
    facets: (next) => {
      chosenFacets = next;
    },
    facetsWithin: (next) => {
      facetsWithin = next;
    },
    fail(report, status, body = { error: 'query_failed', message: 'The lake cannot be read.' }) {
      if (status === undefined) failures.delete(report);
      else failures.set(report, { status, body });
    },
    hold(except) {
      answered = except;
      let release = (): void => undefined;
      held = new Promise((resolve) => {
        release = () => {
          held = undefined;
          resolve();
        };
      });
      return release;
    },
    tell(type, data) {
      passed[type]++;
      const id = type === 'status' ? '' : `id: fake-${passed.record}-${passed.alert}\n`;
      const text = `event: ${type}\n${id}data: ${JSON.stringify(data)}\n\n`;
      if (type !== 'status') told.push(text);
      for (const follower of followers) follower.write(text);
    },
    failFeed(status) {
      feedStatus = status;
      if (status !== undefined) for (const follower of followers) follower.destroy();
    },
    followers: () => followers.size,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
