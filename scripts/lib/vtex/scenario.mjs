// @ts-check
// `rastro-vtex` killed again and again, between a VTEX and a stream that both fail now and then.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom, startEmbeddedKinesis, startFaultProxy, tailStream } from '@rastro/collector/dev';
import { createKinesisClient } from '@rastro/collector/kinesis';
import { unpack } from '../durability/reading.mjs';
import { usualFaults } from '../durability/world.mjs';
import { root } from '../run.mjs';
import { startFakeVtex } from './fake-vtex.mjs';
import { baseOrder, expectedOf, makeGroup, personal } from './orders.mjs';

/** The command, as it is built. */
const command = join(root, 'packages/collector/bin/rastro-vtex.js');
const streamName = 'events';
const deadLetterStreamName = 'dead-letters';
const site = 'demo';
/** About one call of VTEX in ten fails. */
const vtexFaults = { throttled: 0.03, error: 0.03, hang: 0.005, cutOff: 0.02, reset: 0.02 };
/** When a kill comes, at the latest, after the feed was read or updates were committed. Unit: ms. */
const spreadMs = 600;
const states = ['payment-approved', 'ready-for-handling', 'handling', 'invoiced'];

/**
 * @typedef {object} VtexKillsOptions
 * @property {number} kills
 * @property {number} [seed] Default: 1.
 * @property {number} [groups] Order groups in all. Default: 10 for each kill.
 * @property {number} [patienceMs] How long the rest may take, once all is calm. Default: 120,000.
 * @property {(text: string) => void} [onProgress]
 *
 * @typedef {object} VtexKillsResult
 * @property {string} base What the orders are made of.
 * @property {number} kills
 * @property {number} busyKills Of these, the ones that left updates which were read and not committed.
 * @property {number} groups
 * @property {number} orders
 * @property {number} updates
 * @property {number} lines That have to be on the stream.
 * @property {number} found Of these, those that are.
 * @property {readonly string[]} missing Ids of the others, a few.
 * @property {number} records On the stream.
 * @property {number} duplicates Of these, repeats, which readers know by their id.
 * @property {number} unknown Of these, ones that should not be.
 * @property {number} altered Lines that say something else than the order, or than another record of the same id.
 * @property {number} totals Orders whose `order_total` is there once by id, and right.
 * @property {number} deadLetters
 * @property {number} personal Records that tell who bought.
 * @property {number} left Updates that nobody committed.
 * @property {number | null} exitCode Of the last run, at SIGTERM.
 * @property {readonly string[]} crashes Ends that nobody asked for.
 * @property {import('./fake-vtex.mjs').FakeVtex['counts']} vtex
 */

/** @param {VtexKillsOptions} options @returns {Promise<VtexKillsResult>} */
export async function runVtexKills({ kills, seed = 1, groups = 10 * kills, patienceMs = 120_000, onProgress }) {
  const random = createRandom(seed, 7);
  const base = baseOrder();
  const kinesis = await startEmbeddedKinesis({
    streams: [
      { name: streamName, shards: 4 },
      { name: deadLetterStreamName, shards: 1 },
    ],
  });
  const { region, endpoint } = kinesis;
  const proxy = await startFaultProxy({ target: endpoint, seed, faults: usualFaults });
  const vtex = await startFakeVtex({ visibilityMs: 3_000, seed, faults: vtexFaults });
  const client = createKinesisClient({ endpoint, region });

  /** @type {Map<string, Record<string, any>[]>} */
  const seen = new Map();
  let records = 0;
  let deadLetters = 0;
  let told = 0;
  const read = (/** @type {string} */ name, /** @type {(text: string) => void} */ onText) =>
    tailStream({
      client,
      streamName: name,
      from: 'TRIM_HORIZON',
      onRecord: ({ data, partitionKey }) => {
        for (const { text } of unpack(data, partitionKey)) onText(text);
      },
    });
  const tails = [
    read(streamName, (text) => {
      records++;
      if (personal.some((word) => text.toLowerCase().includes(word.toLowerCase()))) told++;
      const record = JSON.parse(text);
      seen.set(record.event_id, [...(seen.get(record.event_id) ?? []), record]);
    }),
    read(deadLetterStreamName, () => {
      deadLetters++;
    }),
  ];
  await Promise.all(tails.map(({ ready }) => ready));

  /** @type {Map<string, { order: string, total: number }>} */
  const expected = new Map();
  let orders = 0;
  let updates = 0;
  let made = 0;
  const addGroup = () => {
    const group = makeGroup(base.order, made++, random);
    for (const [id, line] of expectedOf(site, group)) expected.set(id, line);
    // All of a group are there before any of them is told of.
    for (const one of group) vtex.orders.set(one.orderId, one);
    for (const one of group) {
      const some = states.slice(0, 1 + Math.floor(random() * states.length));
      vtex.tell(one.orderId, some);
      updates += some.length;
      orders++;
    }
  };

  /** @type {string[]} */
  const crashes = [];
  const start = () => {
    let asked = false;
    let output = '';
    const args = [
      '--base-url',
      vtex.url,
      '--stream',
      streamName,
      '--dead-letter-stream',
      deadLetterStreamName,
      '--region',
      region,
    ];
    const more = [
      '--kinesis-endpoint',
      proxy.endpoint,
      '--key',
      site,
      '--poll-interval-ms',
      '100',
      '--timeout-ms',
      '400',
      '--throttled-ms',
      '10',
    ];
    const child = spawn(process.execPath, [command, 'run', ...args, ...more], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        VTEX_APP_KEY: 'key-1',
        VTEX_APP_TOKEN: 'token-1',
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      },
    });
    const keep = (/** @type {Buffer} */ chunk) => {
      output = `${output}${chunk}`.slice(-4_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const ended = once(child, 'exit');
    child.on('exit', (code, signal) => {
      if (!asked) crashes.push(`It ended by itself (${signal ?? `exit code ${code}`}):\n${output.slice(-1_000)}`);
    });
    return {
      async end(/** @type {NodeJS.Signals} */ signal) {
        asked = true;
        child.kill(signal);
        const [code] = await ended;
        return /** @type {number | null} */ (code);
      },
    };
  };

  let busyKills = 0;
  let running = start();
  try {
    for (let kill = 0; kill < kills; kill++) {
      // Whatever it is at: getting orders, putting records, committing.
      const name = kill % 2 === 0 ? 'feed' : 'commit';
      const before = vtex.counts[name];
      const share = Math.ceil(((kill + 1) * groups) / kills);
      while (made < share) addGroup();
      await until(() => vtex.counts[name] > before || crashes.length > 0, patienceMs);
      await sleep(random() * spreadMs);
      const committed = vtex.counts.committed;
      await running.end('SIGKILL');
      if (vtex.left() > 0) busyKills++;
      onProgress?.(
        `kill ${kill + 1} of ${kills}: ${committed} updates committed, ${vtex.left()} left, ${seen.size} of ${expected.size} lines`,
      );
      running = start();
    }
    proxy.set(Object.fromEntries(Object.keys(usualFaults).map((name) => [name, name === 'slowMs' ? [0, 0] : 0])));
    vtex.set({ throttled: 0, error: 0, hang: 0, cutOff: 0, reset: 0 });
    await until(() => vtex.left() === 0 || crashes.length > 0, patienceMs);
    const exitCode = await running.end('SIGTERM');
    const goneAt = Date.now();
    await until(() => tails.every((tail) => tail.hasRead(goneAt)), patienceMs);

    const missing = [...expected.keys()].filter((id) => !seen.has(id));
    const unknown = [...seen.keys()].filter((id) => !expected.has(id));
    const facts = (/** @type {Record<string, any>} */ one) => {
      const { order_id, product_id, sku, price, quantity, line, lines, order_total, event_time } = one;
      return JSON.stringify([order_id, product_id, sku, price, quantity, line, lines, order_total, event_time]);
    };
    const totals = new Map();
    let altered = 0;
    for (const [id, copies] of seen) {
      const [first] = copies;
      const line = expected.get(id);
      if (!first || !line || first['order_id'] !== line.order || new Set(copies.map((one) => facts(one))).size > 1)
        altered++;
      if (line && first?.['order_total'] === line.total) totals.set(line.order, (totals.get(line.order) ?? 0) + 1);
    }
    return {
      base: base.name,
      kills,
      busyKills,
      groups: made,
      orders,
      updates,
      lines: expected.size,
      found: expected.size - missing.length,
      missing: missing.slice(0, 5),
      records,
      duplicates: records - seen.size,
      unknown: unknown.length,
      altered,
      totals: [...totals.values()].filter((count) => count === 1).length,
      deadLetters,
      personal: told,
      left: vtex.left(),
      exitCode,
      crashes,
      vtex: { ...vtex.counts },
    };
  } finally {
    await running.end('SIGKILL');
    await Promise.all(tails.map((tail) => tail.stop()));
    client.destroy();
    await proxy.stop();
    await vtex.stop();
    await kinesis.stop();
  }
}

/** What of the promise does not hold. @param {VtexKillsResult} result @returns {string[]} */
export function brokenOf(result) {
  const {
    lines,
    found,
    missing,
    unknown,
    altered,
    groups,
    totals,
    deadLetters,
    personal: told,
    left,
    exitCode,
    crashes,
  } = result;
  return [
    ...(found < lines ? [`${lines - found} lines are missing, such as ${missing.join(', ')}`] : []),
    ...(unknown > 0 ? [`${unknown} lines should not be there`] : []),
    ...(altered > 0 ? [`${altered} lines say something else`] : []),
    ...(totals !== groups ? [`${groups - totals} orders have not their total once`] : []),
    ...(deadLetters > 0 ? [`${deadLetters} dead letters`] : []),
    ...(told > 0 ? [`${told} records tell who bought`] : []),
    ...(left > 0 ? [`${left} updates are left in the feed`] : []),
    ...(exitCode !== 0 ? [`it ended with ${exitCode}`] : []),
    ...crashes,
  ];
}

/** @param {() => boolean} met @param {number} limitMs */
async function until(met, limitMs) {
  const deadline = Date.now() + limitMs;
  while (!met() && Date.now() < deadline) await sleep(20);
}
