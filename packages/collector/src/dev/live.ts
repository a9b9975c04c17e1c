import { randomUUID } from 'node:crypto';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { FastifyPluginAsync } from 'fastify';
import { createEventLog } from './event-log.js';
import { createFeed } from './feed.js';
import { readPage, servePage } from './live-page.js';
import { createStats, type LiveStats } from './live-stats.js';
import { type SeenList, seeRecord } from './seen-record.js';
import { type Tail, tailStream } from './tail.js';

export interface LiveOptions {
  client: KinesisClient;
  /** The stream of events. */
  streamName: string;
  /** The stream of rejected events. */
  deadLetterStreamName: string;
  /** `LATEST`: what is put after the server is ready. `TRIM_HORIZON`: also what the streams still have. @default 'LATEST' */
  from?: 'TRIM_HORIZON' | 'LATEST';
  /** Records kept per list for whoever opens the page later, at least 1; 32 MiB of text per list at most. @default 500 */
  keep?: number;
  /** Folder of the page's files, ending in `/`. @default The one the build makes. */
  assets?: URL;
}

/** What the page shows above the records, as the feed's `state` event has it. */
export interface LiveState {
  /** Changes when the kept records are forgotten. */
  epoch: string;
  streams: Record<SeenList, LiveStream>;
  stats: LiveStats;
}

export interface LiveStream {
  name: string;
  shards: string[];
  /** Why it cannot be read just now. */
  error?: string;
}

const defaultKeep = 500;
const keepLength = 32 * 1024 * 1024;
const heartbeatMs = 15_000;
const stateMs = 250;
/** A stream that cannot be read has a summary of what was. */
const summaryDeadlineMs = 20_000;
/** A stream that fails does so again within the tail's longest back-off. */
const errorMs = 10_000;
const readyDeadlineMs = 5_000;

/**
 * The streams as they fill, for people at `/live` and for tests at `/dev/events`. For development: it shows every record
 * to whoever can reach the server.
 *
 * @throws {TypeError} At registration, if `keep` is not a positive integer.
 */
export const live: FastifyPluginAsync<LiveOptions> = async (fastify, options) => {
  const { client, streamName, deadLetterStreamName, from = 'LATEST', keep = defaultKeep, assets } = options;
  if (!Number.isInteger(keep) || keep < 1) throw new TypeError(`keep must be a positive integer, got ${keep}`);
  const files = readPage(assets);
  const log = createEventLog({ keep, keepLength });
  let stats = createStats();
  let epoch = newEpoch();
  const errors: Partial<Record<SeenList, { text: string; at: number }>> = {};
  const errorOf = (list: SeenList): string | undefined => {
    const error = errors[list];
    return error && Date.now() - error.at < errorMs ? error.text : undefined;
  };

  let failed = (): void => {};
  const firstFailure = new Promise<void>((resolve) => {
    failed = resolve;
  });

  const follow = (list: SeenList, name: string): Tail =>
    tailStream({
      client,
      streamName: name,
      from,
      onRecord(record) {
        const seen = seeRecord(list, record);
        log.add(list, seen.json);
        stats.add(seen);
        feed.added();
      },
      onError(error) {
        const { name: kind, message } = error as Error;
        if (!errorOf(list)) fastify.log.warn({ err: error, stream: name }, 'the live page cannot read the stream');
        errors[list] = { text: `${kind}: ${message}`, at: Date.now() };
        failed();
      },
    });

  const state = (): string => {
    const stream = (list: SeenList, name: string): LiveStream => {
      const error = errorOf(list);
      return { name, shards: tails[list].shardIds(), ...(error === undefined ? {} : { error }) };
    };
    return JSON.stringify({
      epoch,
      streams: { good: stream('good', streamName), bad: stream('bad', deadLetterStreamName) },
      stats: stats.read(Date.now()),
    } satisfies LiveState);
  };

  const feed = createFeed({ log, state, heartbeatMs }, epoch);
  const tails = { good: follow('good', streamName), bad: follow('bad', deadLetterStreamName) };
  const watch = setInterval(() => feed.changed(), stateMs);
  watch.unref();

  // A stream that cannot be read must not keep the server from starting: the page says so instead.
  fastify.addHook('onReady', async () => {
    const ready = Promise.all([tails.good.ready, tails.bad.ready]);
    const late = new Promise((resolve) => setTimeout(resolve, readyDeadlineMs).unref());
    await Promise.race([ready, firstFailure, late]);
  });
  // An open feed is a request in flight: close() waits for those, so they end before.
  fastify.addHook('preClose', async () => {
    clearInterval(watch);
    feed.close();
  });
  fastify.addHook('onClose', async () => {
    await Promise.all([tails.good.stop(), tails.bad.stop()]);
  });

  servePage(fastify, files);
  fastify.get('/live/feed', { exposeHeadRoute: false }, (request, reply) => {
    reply.hijack();
    const lastEventId = request.headers['last-event-id'];
    feed.open(reply.raw, Array.isArray(lastEventId) ? lastEventId[0] : lastEventId);
  });

  fastify.get('/dev/events', async (_request, reply) => {
    const list = (name: SeenList): string =>
      log
        .entries(name)
        .map(({ json }) => json)
        .join(',');
    return reply
      .type('application/json; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(`{"good":[${list('good')}],"bad":[${list('bad')}]}`);
  });

  fastify.get('/dev/stream-summary', async (_request, reply) => {
    // What was put a moment ago is read a moment later.
    const askedAt = Date.now();
    while (!tails.good.hasRead(askedAt) && Date.now() < askedAt + summaryDeadlineMs) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const summary = stats.summary();
    const empty = tails.good.shardIds().map((shard) => [shard, 0]);
    const shards = { ...Object.fromEntries(empty), ...summary.shards };
    return reply.header('cache-control', 'no-store').send({ ...summary, shards });
  });

  fastify.post('/dev/reset', async (_request, reply) => {
    log.clear();
    stats = createStats();
    epoch = newEpoch();
    feed.restart(epoch);
    return reply.code(204).send();
  });
};

function newEpoch(): string {
  return randomUUID().slice(0, 8);
}
