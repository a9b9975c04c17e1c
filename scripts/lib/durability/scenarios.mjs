// @ts-check
// The ways in which a collector ends, or its stream does, under load.
import { setTimeout as sleep } from 'node:timers/promises';
import { endLimitMs, inWorld, until } from './world.mjs';

/** @typedef {import('./world.mjs').WorldOptions} WorldOptions */
/** @typedef {import('./world.mjs').WorldResult} WorldResult */

/** From being ready to being killed. Unit: ms. */
const aliveMs = { least: 50, most: 1_500 };

/**
 * Kills the collector with SIGKILL at random moments, and starts it again; one time in ten it may not be ready yet.
 *
 * @param {WorldOptions & { kills: number }} options
 */
export function runKills(options) {
  const { kills } = options;
  return inWorld(options, async ({ collector, load, chance, say }) => {
    /** Requests that were under way when it was killed. */
    let cutOff = 0;
    for (let kill = 0; kill < kills; kill++) {
      say(`kill ${kill + 1} of ${kills}`);
      if (chance() < 0.1) {
        collector.begin();
        await sleep(chance() * aliveMs.most);
      } else {
        await collector.start();
        await sleep(aliveMs.least + chance() * (aliveMs.most - aliveMs.least));
      }
      cutOff += load.inFlight();
      await collector.kill();
    }
    return { scenario: /** @type {const} */ ('kills'), kills, cutOff };
  });
}

/**
 * Ends the collector with SIGTERM at random moments, and starts it again.
 *
 * @param {WorldOptions & { terms: number }} options
 */
export function runTerms(options) {
  const { terms } = options;
  return inWorld(options, async ({ collector, load, chance, say }) => {
    /** @type {number[]} */
    const endedMs = [];
    /** Ends that were not the collector's own, or not a good one. @type {string[]} */
    const bad = [];
    for (let term = 0; term < terms; term++) {
      say(`SIGTERM ${term + 1} of ${terms}`);
      await collector.start();
      await sleep(aliveMs.least + chance() * (aliveMs.most - aliveMs.least));
      const ended = await collector.terminate(endLimitMs);
      if (ended?.code !== 0) bad.push(`${ended?.signal ?? ended?.code}: ${collector.output().slice(-300)}`);
      endedMs.push(ended?.ms ?? 0);
    }
    const { ECONNRESET: reset = 0 } = load.outcomes;
    return { scenario: /** @type {const} */ ('terms'), terms, bad, longestEndMs: Math.max(0, ...endedMs), reset };
  });
}

/**
 * Takes the stream away for a while.
 *
 * @param {WorldOptions & { outageMs: number, calmMs?: number }} options `calmMs`: before and after. Default: 2,000.
 */
export function runOutage(options) {
  // One record of a key per round trip takes its time.
  const { outageMs, calmMs = 2_000, patienceMs = 300_000 } = options;
  // A spool that is made small is meant to be full.
  const bounded = options.args?.some((arg) => arg.startsWith('--spool-max-bytes')) ?? false;
  return inWorld(options, async ({ proxy, collector, ledger, load, say }) => {
    await collector.start();
    say('calm');
    await sleep(calmMs);
    say('the stream is down');
    await proxy.down();
    const before = { ...load.outcomes };
    const acknowledgedBefore = ledger.count();
    await sleep(outageMs);
    const acknowledged = ledger.count() - acknowledgedBefore;
    const during = difference(load.outcomes, before);
    const waiting = ledger.open();
    await proxy.up();
    const upAt = performance.now();
    say('the stream is back');
    // Shoppers go on: only what was acknowledged before is waited for.
    const drained = await until(() => waiting.every(ledger.complete), patienceMs);
    const drainMs = drained ? performance.now() - upAt : undefined;
    await sleep(calmMs);
    return {
      scenario: /** @type {const} */ ('outage'),
      bounded,
      outageMs,
      acknowledged,
      during,
      waiting: waiting.length,
      drainMs,
    };
  });
}

/** @typedef {Awaited<ReturnType<typeof runKills>> | Awaited<ReturnType<typeof runTerms>> | Awaited<ReturnType<typeof runOutage>>} Result */

/**
 * @param {Record<string, number>} after
 * @param {Record<string, number>} before
 */
function difference(after, before) {
  const pairs = Object.entries(after).map(
    ([name, count]) => /** @type {const} */ ([name, count - (before[name] ?? 0)]),
  );
  return Object.fromEntries(pairs.filter(([, count]) => count > 0));
}

/**
 * What of a result breaks the promise.
 *
 * @param {Result} result
 * @returns {string[]}
 */
export function broken(result) {
  const { ledger, wrong, crashes, exitCode } = result;
  /** @type {string[]} */
  const problems = [];
  const none = (/** @type {number} */ count, /** @type {string} */ what) => {
    if (count > 0) problems.push(`${count} ${what}`);
  };
  if (ledger.acknowledged === 0) problems.push('nothing was acknowledged');
  none(ledger.missing, `acknowledged and missing: ${ledger.examples.join(', ')}`);
  none(ledger.unknown, 'records that nobody sent');
  none(ledger.altered, 'records that are not what was sent');
  // From a disk, records of several requests share a call; of one that is taken in part the order is not promised.
  if (result.spool === 'none' || result.strict)
    none(ledger.disordered, 'records before one of an earlier request of their session and key');
  none(wrong.length, `wrong answers: ${wrong[0]}`);
  none(crashes.length, `crashes: ${crashes[0]}`);
  none(result.spoolLeft ?? 0, 'records left in the spool');
  if (exitCode !== 0) problems.push(`exit code ${exitCode} at the last SIGTERM`);
  if (result.scenario === 'terms') none(result.bad.length, `bad ends at SIGTERM: ${result.bad[0]}`);
  if (result.scenario === 'outage' && result.spool !== 'none') {
    if (!result.bounded) none(result.during['503'] ?? 0, 'answers 503 while the spool had room');
    if (result.drainMs === undefined) problems.push('the spool was not drained');
  }
  return problems;
}
