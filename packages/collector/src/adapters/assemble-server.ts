import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { v5 as uuidV5 } from 'uuid';
import type { Collector } from '../core/collector.js';
import { namespace } from '../core/collector.js';
import { toDeadLetter } from '../core/dead-letter.js';
import { toIso } from '../core/enrich.js';
import type { StreamRole } from '../core/observer.js';
import type { Logger, Sink, SinkFailure, SinkRecord } from '../core/types.js';
import { createKinesisClient } from '../sinks/kinesis/client.js';
import { createKinesisSink, type KinesisSink } from '../sinks/kinesis/sink.js';
import { appendSynced } from '../sinks/spool/files.js';
import { foreignStaleMs } from '../sinks/spool/lock.js';
import { openSpool, type Spool } from '../sinks/spool/spool.js';
import { type SpooledSink, spooled } from '../sinks/spool/spooled.js';
import { checkStreams, type Finding } from '../sinks/stream-check.js';
import { assemble } from './assemble.js';
import type { ClusterMetrics } from './cluster-metrics.js';
import { createMetrics } from './metrics.js';
import { createReadiness } from './readiness.js';
import type { ProcessSettings } from './spool-folders.js';

export interface AssembleServerOptions {
  settings: ProcessSettings;
  log: Logger;
  /** Given by one of several workers. */
  clusterMetrics?: ClusterMetrics | undefined;
}

const roles = ['events', 'dead_letters'] as const;
const folderOf: Readonly<Record<StreamRole, string>> = { events: 'events', dead_letters: 'dead-letters' };

/**
 * The collector of a server: what `assemble` makes, with metrics, readiness, checks at the start and, when there is a
 * folder for it, a spool for each stream.
 *
 * @throws If a spool cannot be opened, or the stream would lose what is aggregated.
 */
export async function assembleServer({ settings, log, clusterMetrics }: AssembleServerOptions): Promise<Collector> {
  const { stream = '', deadLetterStream = '', region, kinesisEndpoint: endpoint, sites, aggregate } = settings;
  const client = createKinesisClient({ region, endpoint });
  const names = { streamName: stream, deadLetterStreamName: deadLetterStream };
  let findings: readonly Finding[] = [];
  const checked = checkStreams(client, names, log, { aggregate }).then((found) => {
    findings = found;
    const loses = found.find(({ code }) => code === 'auto_distribution_drops_aggregates');
    if (loses) throw new Error(loses.message);
  });

  // Waited for below; until then nobody else looks at it.
  checked.catch(() => {});
  const { version } = createRequire(import.meta.url)('../package.json') as { version: string };
  const metrics = createMetrics({ sites: Object.entries(sites).map(([key, { name = key }]) => name), version });
  const spools = await openSpools(settings, log);
  const readiness = createReadiness({
    client,
    ...names,
    findings: () => findings,
    log,
    ...(spools ? { spools: { events: spools.events.status, dead_letters: spools.dead_letters.status } } : {}),
  });
  const observer = readiness.listening(metrics.observer);
  const producers: { [role in StreamRole]?: KinesisSink } = {};
  const wrapped: { [role in StreamRole]?: SpooledSink } = {};
  const leftovers: SpooledSink[] = [];

  const { lingerMs, maxInFlight, maxQueueBytes, putDeadlineMs: deadlineMs, strictOrder } = settings;
  const producer = { lingerMs, maxInFlight, maxQueueBytes, deadlineMs, aggregate, strictOrder };
  const collector = await assemble({
    client,
    ...names,
    sites,
    log,
    observer,
    ready: readiness.check,
    ...(settings.metrics ? { metrics: clusterMetrics ? clusterMetrics(metrics.registry) : metrics.render } : {}),
    maxBodyBytes: settings.maxBodyBytes,
    salt: settings.salt,
    rateLimitPerClient: settings.rateLimitPerClient,
    rateLimitPerKey: settings.rateLimitPerKey,
    ...(settings.deviceCookie ? { deviceCookie: { domain: settings.deviceCookieDomain } } : {}),
    producer,
    around(sink, role) {
      producers[role] = sink;
      if (!spools) return sink;
      const onRefused = refusedBy(
        role,
        () => wrapped.dead_letters,
        join(settings.spoolDirectory ?? '', folderOf[role]),
        log,
      );
      const options = { mode: settings.spoolMode, observer, stream: role, log, onRefused } as const;
      const own = spooled(sink, spools[role], options);
      wrapped[role] = own;
      // What workers of an earlier start left: drained beside, never added to.
      for (const spool of spools.leftovers[role]) {
        const target = createKinesisSink({
          ...producer,
          ...(role === 'events' ? { streamName: stream } : { streamName: deadLetterStream, aggregate: false }),
          client,
          observer,
          role,
        });
        leftovers.push(spooled(target, spool, options));
      }
      return own;
    },
  }).catch(async (error: unknown) => {
    await spools?.close();
    throw error;
  });
  metrics.watch({
    producers: Object.fromEntries(roles.map((role) => [role, () => statusOf(producers[role] as KinesisSink)])),
    ready: readiness.ready,
    ...(spools ? { spools: { events: spools.events.status, dead_letters: spools.dead_letters.status } } : {}),
  });
  const close = async (): Promise<void> => {
    readiness.stop();
    await Promise.all([...leftovers.map((sink) => sink.close()), collector.close()]);
  };
  try {
    await checked;
  } catch (error) {
    await close();
    throw error;
  }
  return { ...collector, close };
}

interface Spools extends Readonly<Record<StreamRole, Spool>> {
  readonly leftovers: Readonly<Record<StreamRole, readonly Spool[]>>;
  close(): Promise<void>;
}

async function openSpools(settings: ProcessSettings, log: Logger): Promise<Spools | undefined> {
  const { spoolDirectory, spoolMaxBytes, spoolLeftovers } = settings;
  if (spoolDirectory === undefined) return undefined;
  const opened: Spool[] = [];
  const close = async (): Promise<void> => void (await Promise.allSettled(opened.map((spool) => spool.close())));
  // Dead letters are few: they get an eighth.
  const bytes = { events: spoolMaxBytes - Math.floor(spoolMaxBytes / 8), dead_letters: Math.floor(spoolMaxBytes / 8) };
  const open = async (folder: string, role: StreamRole): Promise<Spool> => {
    const directory = join(folder, folderOf[role]);
    const until = Date.now() + foreignStaleMs + 5_000;
    for (;;) {
      try {
        const spool = await openSpool({ directory, maxBytes: bytes[role], log });
        opened.push(spool);
        return spool;
      } catch (error) {
        // A container that was killed cannot be told from one that lives, until it has given no sign for a while.
        if (!(error as { elsewhere?: boolean }).elsewhere || Date.now() > until) throw error;
        log.warn({ directory, err: error }, 'waits for the spool');
        await sleep(1_000);
      }
    }
  };
  const leftovers: Record<StreamRole, Spool[]> = { events: [], dead_letters: [] };
  try {
    const events = await open(spoolDirectory, 'events');
    const dead_letters = await open(spoolDirectory, 'dead_letters');
    for (const folder of spoolLeftovers) for (const role of roles) leftovers[role].push(await open(folder, role));
    return { events, dead_letters, leftovers, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * What becomes of records that the stream refuses for good when nobody waits for an answer any more: events become dead
 * letters; dead letters, which have no place left to go, a file beside their spool.
 */
function refusedBy(role: StreamRole, deadLetters: () => Sink | undefined, folder: string, log: Logger) {
  return async (records: readonly SinkRecord[], failures: readonly SinkFailure[]): Promise<void> => {
    if (role === 'dead_letters') {
      log.error(
        { records: failures.length, folder },
        'the dead-letter stream refuses records for good: kept in refused.ndjson',
      );
      const lines = failures.map(({ index, message }) => JSON.stringify({ message, data: records[index]?.data }));
      return appendSynced(join(folder, 'refused.ndjson'), `${lines.join('\n')}\n`);
    }
    const receivedAt = toIso(Date.now());
    const letters = failures.map(({ index, message }) => {
      const raw = records[index]?.data ?? '';
      const event = JSON.parse(raw) as { site: string };
      const problems = [{ code: 'record_refused', path: '', message }];
      return toDeadLetter({ problems, raw, event, site: event.site }, receivedAt, (text) => uuidV5(text, namespace));
    });
    const unburied = (await deadLetters()?.put(letters)) ?? [];
    if (unburied.length > 0) throw new Error(`no dead letter could be kept: ${unburied[0]?.message}`);
  };
}

function statusOf(sink: KinesisSink): { queuedRecords: number; queuedBytes: number; inFlight: number; shards: number } {
  const { lanes: shards, ...status } = sink.status();
  return { ...status, shards };
}
