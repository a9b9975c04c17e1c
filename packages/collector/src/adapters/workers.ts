import cluster, { type Worker } from 'node:cluster';
import { fileURLToPath } from 'node:url';
import type { CollectResponse, Logger } from '../core/types.js';
import { addUp, type MetricsText } from './cluster-metrics.js';
import { createLink, type Link } from './ipc.js';
import { type RunningOperations, serveOperations, urlOf } from './operations-server.js';
import type { RunningServer } from './server.js';
import type { Settings } from './settings-table.js';
import { type ProcessSettings, toProcesses } from './spool-folders.js';
import { workerVariable } from './worker.js';

export interface WorkersOptions {
  settings: Settings;
  log: Logger;
  /** Program that calls `main`. @default the command */
  exec?: string | undefined;
}

/** Pause before a worker that ended is started again: doubled each time, until one has lived long enough. Unit: ms. */
const restart = { first: 100, most: 30_000, livedLongMs: 60_000 };
/** A worker may take this long to be up: the first call to AWS is among it. */
const startMs = 60_000;

interface Slot {
  readonly number: number;
  settings: ProcessSettings;
  worker?: Worker | undefined;
  link?: Link | undefined;
  /** Ends in a row, each soon after the start. */
  failures: number;
  timer?: NodeJS.Timeout | undefined;
}

/**
 * Runs several workers that share the port, each a collector of its own, and starts those that end again. Repeats are
 * recognised by each worker for itself.
 *
 * @returns Once all workers listen. @throws What the first worker that cannot start says.
 */
export async function runWorkers({ settings, log, exec }: WorkersOptions): Promise<Omit<RunningServer, 'handle'>> {
  cluster.setupPrimary({
    exec: exec ?? fileURLToPath(new URL('../bin/rastro-collector.js', import.meta.url)),
    args: [],
  });
  let stopping = false;
  let restarts = 0;
  const slots: Slot[] = (await toProcesses(settings)).map((own, at) => ({
    number: at + 1,
    settings: own,
    failures: 0,
  }));
  const ends = new Map<Slot, Promise<number>>();

  const metrics = async (): Promise<MetricsText> => {
    const numbers = await Promise.all(slots.map(async ({ link }) => link?.ask('metrics').catch(() => undefined)));
    const told = numbers.filter((each) => each !== undefined) as object[][];
    return addUp([...told, await ownMetrics(told.length, restarts)]);
  };

  const run = (slot: Slot): Promise<string> =>
    new Promise((resolve, reject) => {
      const startedAt = performance.now();
      const worker = cluster.fork({ [workerVariable]: String(slot.number) });
      const link = createLink(
        {
          send: (message) => void (worker.isConnected() && worker.send(message, () => {})),
          receive: (listener) => void worker.on('message', listener),
        },
        (kind) => {
          if (kind === 'metrics') return metrics();
          if (kind !== 'hello') return undefined;
          link.ask('start', { ...slot.settings, number: slot.number }).then(
            (url) => {
              log.info({ worker: slot.number, pid: worker.process.pid }, 'worker started');
              resolve(String(url));
            },
            (error: unknown) => {
              reject(error);
              // What does not start in time is started again.
              worker.process.kill('SIGKILL');
            },
          );
          return undefined;
        },
        (kind) => (kind === 'start' ? startMs : 2_000),
      );
      slot.worker = worker;
      slot.link = link;
      ends.set(
        slot,
        new Promise((ended) => {
          worker.once('exit', (code, signal) => {
            link.end();
            slot.worker = undefined;
            slot.link = undefined;
            ended(signal ? 1 : code);
            reject(new Error(`worker ${slot.number} ended while it started (${signal ?? `exit code ${code}`})`));
            if (stopping) return;
            slot.failures = performance.now() - startedAt > restart.livedLongMs ? 1 : slot.failures + 1;
            const restartInMs = Math.min(restart.most, restart.first * 2 ** (slot.failures - 1));
            const { number } = slot;
            log.error({ worker: number, pid: worker.process.pid, code, signal, restartInMs }, 'worker ended');
            slot.timer = setTimeout(() => {
              restarts++;
              run(slot).catch((error: unknown) => log.error({ worker: number, err: error }, 'worker did not start'));
            }, restartInMs);
          });
        }),
      );
    });

  const stop = async (): Promise<void> => {
    stopping = true;
    for (const { timer, link } of slots) {
      clearTimeout(timer);
      link?.ask('stop').catch(() => {});
    }
    const codes = await Promise.all(ends.values());
    if (codes.some((code) => code !== 0)) throw new Error(`workers ended with ${codes.join(', ')}`);
  };

  let operations: RunningOperations | undefined;
  const urls = await Promise.all(slots.map(run))
    .then(async (all) => {
      const { metricsPort: port, host, metrics: on } = settings;
      if (port !== undefined) {
        const paths = ['/healthz', '/readyz', ...(on ? ['/metrics'] : [])];
        operations = await serveOperations({ paths, handle: operate, port, host });
      }
      return all;
    })
    .catch(async (error: unknown) => {
      stopping = true;
      for (const { worker } of slots) worker?.process.kill('SIGKILL');
      await Promise.all(ends.values());
      throw error;
    });

  async function operate({ path }: { readonly path: string }): Promise<CollectResponse> {
    if (path === '/metrics') {
      const { contentType, body } = await metrics();
      return { status: 200, headers: { 'content-type': contentType, 'cache-control': 'no-store' }, body };
    }
    const asked =
      path === '/healthz'
        ? []
        : await Promise.all(slots.map(async ({ link }) => link?.ask('readyz').catch(() => undefined)));
    const answers = asked as (CollectResponse | undefined)[];
    // One worker that can take events is enough: connections go to those that listen.
    const ready = path === '/healthz' || (!stopping && answers.some((answer) => answer?.status === 200));
    const status = path === '/healthz' ? 'ok' : stopping ? 'draining' : ready ? 'ready' : 'not ready';
    const workers = answers.map((answer) => (answer ? JSON.parse(String(answer.body)) : { status: 'not running' }));
    return {
      status: ready ? 200 : 503,
      headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
      body: JSON.stringify(path === '/healthz' ? { status } : { status, workers }),
    };
  }

  const url = urls[0] ?? '';
  const metricsUrl = operations && urlOf(settings.host, operations.port);
  log.info({ url, metricsUrl, workers: slots.length }, 'workers started');
  return {
    url,
    metricsUrl,
    setSites(sites) {
      for (const slot of slots) {
        // A worker that is started again later gets them too.
        slot.settings = { ...slot.settings, sites };
        slot.link?.ask('sites', sites).catch((error: unknown) => {
          log.error({ worker: slot.number, err: error }, 'the worker did not take the sites');
        });
      }
    },
    unfinished: () => `workers ${slots.flatMap(({ worker, number }) => (worker ? [number] : [])).join(', ')}`,
    async close() {
      await stop();
      await operations?.close();
    },
  };
}

/** Numbers of the process that starts the others. */
async function ownMetrics(running: number, restarts: number): Promise<object[]> {
  const { Gauge, Counter, Registry } = await import('prom-client');
  const registers = [new Registry()];
  new Gauge({ name: 'rastro_workers', help: 'Workers that answer.', registers }).set(running);
  new Counter({ name: 'rastro_worker_restarts_total', help: 'Workers started again.', registers }).inc(restarts);
  return (await registers[0]?.getMetricsAsJSON()) ?? [];
}
