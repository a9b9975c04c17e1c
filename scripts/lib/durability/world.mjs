// @ts-check
// A stream, faults in front of it, a collector behind them, shoppers who send to it, and a ledger of it all.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom, startEmbeddedKinesis, startFaultProxy } from '@rastro/collector/dev';
import { root, withTemporaryFolder } from '../run.mjs';
import { createCollectorProcess, freePort } from './collector-process.mjs';
import { createLedger } from './ledger.mjs';
import { startLoad } from './load.mjs';
import { startReading } from './reading.mjs';

/** The command, as it is built. */
export const collectorCommand = [process.execPath, join(root, 'packages/collector/bin/rastro-collector.js')];

/** How the spool is used: not at all, when the stream fails, or always. @typedef {'none' | 'fallback' | 'first'} Spool */

/**
 * @typedef {object} WorldOptions
 * @property {number} [seed] Of all chance but the ids and the machine's own. Default: 1.
 * @property {Spool} [spool] Default: none.
 * @property {number} [clients] Default: 16.
 * @property {number} [rate] Events a second, about. Default: 250.
 * @property {Partial<import('@rastro/collector/dev').Faults>} [faults] Default: `usualFaults`.
 * @property {readonly string[]} [command] The program to try. Default: the collector as it is built.
 * @property {readonly string[]} [args] More arguments for it.
 * @property {number} [patienceMs] How long the last records may take to arrive, once all is calm. Default: 60,000.
 * @property {(progress: Progress) => void} [onProgress]
 *
 * @typedef {object} Progress
 * @property {string} doing
 * @property {number} acknowledged
 * @property {number} open Acknowledged, and not seen on a stream yet.
 *
 * @typedef {object} WorldResult
 * @property {Spool} spool
 * @property {boolean} strict Whether the collector runs with --strict-order.
 * @property {number} durationMs
 * @property {number} requests
 * @property {Record<string, number>} outcomes Tries by status, or by the code of an error.
 * @property {readonly string[]} wrong Answers that no collector should give.
 * @property {readonly string[]} crashes
 * @property {import('./ledger.mjs').Report} ledger
 * @property {import('@rastro/collector/dev').FaultCounts} faults
 * @property {number} settleMs From the end of the load until all that was acknowledged was on a stream.
 * @property {number | undefined} spoolLeft Records in the spool after that; nothing where `/metrics` does not tell.
 * @property {number | null | undefined} exitCode Of the last collector, at SIGTERM, when all was done.
 */

/** One call in twelve fails, one record in thirty, and one answer in twenty is slow. */
export const usualFaults = /** @type {const} */ ({
  recordThrottled: 0.02,
  recordFailed: 0.012,
  throttled: 0.02,
  limitExceeded: 0.005,
  internalFailure: 0.01,
  unavailable: 0.01,
  resetBefore: 0.01,
  resetAfter: 0.02,
  hangBefore: 0.002,
  hangAfter: 0.003,
  slow: 0.05,
  slowMs: [20, 400],
});

/** At SIGTERM the collector may take 20 s to bring its work to an end. */
export const endLimitMs = 25_000;

const streamName = 'events';
const deadLetterStreamName = 'dead-letters';

/**
 * Runs a scenario from its beginning to the last record, and compares.
 *
 * @template T
 * @param {WorldOptions} options
 * @param {(world: World) => Promise<T>} scenario Begins without a collector, under load; leaves one running or not.
 * @returns {Promise<WorldResult & T>}
 */
export function inWorld(options, scenario) {
  return withTemporaryFolder(async (folder) => {
    const { seed = 1, spool = 'none', clients = 16, rate = 250, patienceMs = 60_000 } = options;
    const startedAt = performance.now();
    const kinesis = await startEmbeddedKinesis({
      streams: [
        { name: streamName, shards: 4 },
        { name: deadLetterStreamName, shards: 1 },
      ],
    });
    const { region, endpoint } = kinesis;
    const faults = options.faults ?? usualFaults;
    const proxy = await startFaultProxy({ target: endpoint, seed, faults });
    const ledger = createLedger();
    const collector = createCollectorProcess({
      command: options.command ?? collectorCommand,
      args: [
        ...['--stream', streamName, '--dead-letter-stream', deadLetterStreamName],
        ...['--region', region, '--kinesis-endpoint', proxy.endpoint, '--key', 'demo'],
        ...(spool === 'none' ? [] : ['--spool-directory', join(folder, 'spool'), '--spool-mode', spool]),
        ...(options.args ?? []),
      ],
      port: await freePort(),
    });
    const reading = startReading({ endpoint, region, streamName, deadLetterStreamName, ledger });
    await reading.ready;
    const random = (/** @type {number} */ part) => createRandom(seed, part + 1);
    const load = startLoad({ url: `${collector.url}/e`, key: 'demo', clients, rate, random, ledger });
    let doing = 'starting';
    const report = () => options.onProgress?.({ doing, acknowledged: ledger.count(), open: ledger.open().length });
    const ticking = setInterval(report, 500);
    try {
      const result = await scenario({
        proxy,
        collector,
        ledger,
        load,
        chance: createRandom(seed),
        say: (what) => {
          doing = what;
        },
      });

      doing = 'waiting for the last records';
      proxy.set(Object.fromEntries(Object.keys(faults).map((name) => [name, none(name)])));
      if (!collector.running()) await collector.start();
      await load.stop(endLimitMs);
      const calmAt = performance.now();
      await until(() => ledger.open().length === 0, patienceMs);
      const settleMs = performance.now() - calmAt;
      // What of the spool nobody was told of yet drains, too.
      let spoolLeft = await collector.metric('rastro_spool_records');
      while (spoolLeft && performance.now() - calmAt < patienceMs) {
        await sleep(200);
        spoolLeft = await collector.metric('rastro_spool_records');
      }
      const ended = await collector.terminate(endLimitMs);
      // Whatever is still to come, such as a repeat, is on the stream when the process is gone.
      const goneAt = Date.now();
      await until(() => reading.hasRead(goneAt), patienceMs);
      return {
        spool,
        strict: options.args?.includes('--strict-order') ?? false,
        durationMs: performance.now() - startedAt,
        requests: load.requests(),
        outcomes: load.outcomes,
        wrong: load.wrong,
        crashes: collector.crashes,
        ledger: ledger.report(),
        faults: proxy.counts(),
        settleMs,
        spoolLeft,
        exitCode: ended?.code,
        ...result,
      };
    } finally {
      clearInterval(ticking);
      await collector.kill();
      await load.stop(0);
      await reading.stop();
      await proxy.stop();
      await kinesis.stop();
    }
  });
}

/**
 * @typedef {object} World
 * @property {import('@rastro/collector/dev').FaultProxy} proxy
 * @property {import('./collector-process.mjs').CollectorProcess} collector
 * @property {import('./ledger.mjs').Ledger} ledger
 * @property {import('./load.mjs').Load} load
 * @property {() => number} chance
 * @property {(what: string) => void} say What is being done, for the progress.
 */

/** @param {string} fault */
const none = (fault) => (fault === 'slowMs' ? [0, 0] : 0);

/**
 * @param {() => boolean} look
 * @param {number} limitMs
 * @returns {Promise<boolean>} Whether it came to be.
 */
export async function until(look, limitMs) {
  const deadline = performance.now() + limitMs;
  while (!look()) {
    if (performance.now() > deadline) return false;
    await sleep(50);
  }
  return true;
}
