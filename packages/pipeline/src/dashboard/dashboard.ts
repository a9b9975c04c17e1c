import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { Alert } from '../alerts/alert.js';
import type { SqlEngine } from '../query/engine.js';
import { createLiveFeed } from './live-feed.js';
import type { LiveSource } from './live-source.js';
import { readPage, servePage } from './page.js';
import { fail, serveReports } from './report-api.js';

export interface DashboardOptions {
  /** What answers the reports. Closing Fastify does not close it. */
  engine: SqlEngine;
  /** What passes right now. Without it the feed has no records. */
  live?: LiveSource | undefined;
  /** The newest alerts, in any order; asked every second while somebody watches. */
  alerts?: (() => readonly Alert[]) | undefined;
  /** Whether a request may see the shop's numbers; those it refuses get 403. @default everybody who reaches the server */
  authorize?: ((request: FastifyRequest) => boolean | Promise<boolean>) | undefined;
  /** Folder of the page's files, ending in `/`. @default The one the build makes. */
  assets?: URL | undefined;
  /** Most live feeds at once, 1–10,000; further ones get 503, and come back. @default 100 */
  maxReaders?: number | undefined;
}

export const dashboardDefaults: { readonly maxReaders: number } = { maxReaders: 100 };

const tickMs = 100;
const statusMs = 1_000;
const heartbeatMs = 15_000;

/**
 * The page `/dashboard`, its API `/dashboard/api/…` and the live feed. It shows the shop's numbers to everybody who
 * reaches the server and whom `authorize` lets pass. SQL is not taken, from nobody.
 *
 * @throws {TypeError} At registration, if an option is wrong.
 */
export const dashboard: FastifyPluginAsync<DashboardOptions> = async (fastify, options) => {
  const { engine, live, alerts, authorize, assets, maxReaders = dashboardDefaults.maxReaders } = options;
  if (typeof engine?.query !== 'function') throw new TypeError(`engine must be a SQL engine, got ${String(engine)}`);
  if (!Number.isInteger(maxReaders) || maxReaders < 1 || maxReaders > 10_000) {
    throw new TypeError(`maxReaders must be a whole number from 1 to 10000, got ${maxReaders}`);
  }
  const files = readPage(assets);
  const feed = createLiveFeed({ source: live, alerts, tickMs, statusMs, heartbeatMs });

  if (authorize) {
    fastify.addHook('onRequest', async (request, reply) => {
      if (await authorize(request)) return;
      return fail(reply, 403, { error: 'forbidden', message: 'You may not see this dashboard.' });
    });
  }
  // An open feed is a request in flight: close() waits for those, so they end before.
  fastify.addHook('preClose', async () => feed.close());

  servePage(fastify, files);
  serveReports(fastify, engine);
  fastify.get('/dashboard/api/live', { exposeHeadRoute: false }, async (request, reply) => {
    if (feed.readers >= maxReaders) {
      const message = `${maxReaders} pages follow the feed already.`;
      return fail(reply.header('retry-after', '10'), 503, { error: 'too_many_readers', message });
    }
    reply.hijack();
    const lastEventId = request.headers['last-event-id'];
    feed.open(reply.raw, Array.isArray(lastEventId) ? lastEventId[0] : lastEventId);
  });
};
