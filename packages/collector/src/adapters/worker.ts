import cluster from 'node:cluster';
import type { CollectorOptions } from '../core/collector.js';
import type { Logger } from '../core/types.js';
import { closeInTime } from './close.js';
import type { ClusterMetrics, MetricsRegistry, MetricsText } from './cluster-metrics.js';
import { createLink } from './ipc.js';
import type { RunningServer } from './server.js';
import type { ProcessSettings } from './spool-folders.js';
import { explain, numberLog, start } from './start.js';

/** Marks the processes that are workers of ours: a process manager may run the command itself as one of its own. */
export const workerVariable = 'RASTRO_WORKER';
export const isWorker = (env: Readonly<Record<string, string | undefined>>): boolean =>
  cluster.isWorker && env[workerVariable] !== undefined;

/** Runs one worker: does what the process that started it asks. */
export function runWorker(createLog: (level: ProcessSettings['logLevel']) => Logger): void {
  let server: RunningServer | undefined;
  let settings: ProcessSettings | undefined;
  let log = createLog('info');
  let registry: MetricsRegistry | undefined;
  let newSites: CollectorOptions['sites'] | undefined;
  let stopping = false;

  const clusterMetrics: ClusterMetrics = (own) => {
    registry = own;
    return async () => (await link.ask('metrics')) as MetricsText;
  };
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    const { drainDelayMs = 0, drainTimeoutMs = 0 } = settings ?? {};
    process.exit(server ? await closeInTime(server, { timeoutMs: drainDelayMs + drainTimeoutMs, log }) : 0);
  };
  const answers: Record<string, (value: never) => unknown> = {
    async start({ number, ...given }: ProcessSettings & { number: number }) {
      settings = given;
      log = numberLog(createLog(given.logLevel), number);
      try {
        server = await start({ settings: given, log, clusterMetrics });
        // Replaced while it started.
        if (newSites) server.setSites(newSites);
      } catch (error) {
        // Told before the end.
        setImmediate(() => process.exit(1));
        throw new Error(explain(error as Error));
      }
      return server.url;
    },
    sites(sites: CollectorOptions['sites']) {
      newSites = sites;
      server?.setSites(sites);
    },
    stop: () => void stop(),
    metrics: () => registry?.getMetricsAsJSON() ?? [],
    readyz: () => server?.handle({ method: 'GET', path: '/readyz', headers: {}, body: new Uint8Array() }),
  };
  const link = createLink(
    { send: (message) => process.send?.(message), receive: (listener) => void process.on('message', listener) },
    (kind, value) => answers[kind]?.(value as never),
    // Longer than the other end waits for the numbers of all.
    (kind) => (kind === 'metrics' ? 5_000 : 60_000),
  );
  // A terminal and a container's end signal all processes at once; the first process passes the same on: once is enough.
  process.on('SIGTERM', () => void stop()).on('SIGINT', () => void stop());
  process.on('SIGHUP', () => {});
  link.ask('hello').catch(() => process.exit(1));
}
