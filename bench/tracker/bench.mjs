// @ts-check
// `npm run bench:tracker`: what the tracker costs the page's main thread, beside three others.
import { readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { ensureBrowser } from '../../scripts/browser.mjs';
import { Failure, main, root } from '../../scripts/lib/run.mjs';
import { sizeOf } from '../../scripts/lib/size.mjs';
import { bundle, installPeers } from './lib/bundle.mjs';
import { burstSize, measureBurst, ways } from './lib/burst.mjs';
import { columns, insert, markdown } from './lib/report.mjs';
import { resultText } from './lib/result.mjs';
import { createSink } from './lib/sink.mjs';
import { names, trackers } from './lib/trackers.mjs';
import { measureCalling, measureLoading, visit } from './lib/visit.mjs';

const help = `Usage: npm run bench:tracker -- [--quick] [--trace] [--json] [--write] [--only NAMES] [--loads N] [--runs N]

Measures the built script tag and three peers from npm in a real Chromium, plain and with the processor made 4 times
slower: bytes, loading, calls, and what the main thread does in all. About 10 minutes; a busy machine makes all slower.

  --quick        2 loads and 1 run instead of 7 and 3, for a first look
  --trace        instead: bursts of 2,000 calls, and the tasks over 50 ms that they make, by name
  --json         print all samples as JSON
  --write        put the tables into docs/performance.md
  --only NAMES   of ${names.filter((name) => name !== 'empty').join(', ')}; separated by commas
  --loads N      loads per tracker and rate (default 7)
  --runs N       runs of 1,000 calls per tracker and rate (default 3)
`;

const rates = [1, 4];
const label = (/** @type {number} */ rate) => `${rate}×`;
const report = join(root, 'docs/performance.md');

/** @typedef {import('./lib/trackers.mjs').Name} Name */

function options() {
  /** @type {{ values: Record<string, string | boolean | undefined> }} */
  let parsed;
  try {
    parsed = parseArgs({
      options: {
        help: { type: 'boolean', short: 'h' },
        quick: { type: 'boolean' },
        trace: { type: 'boolean' },
        json: { type: 'boolean' },
        write: { type: 'boolean' },
        only: { type: 'string' },
        loads: { type: 'string' },
        runs: { type: 'string' },
      },
    });
  } catch (error) {
    throw new Failure(`${/** @type {Error} */ (error).message}\n${help.split('\n', 1)[0]}`, 2);
  }
  const { values } = parsed;
  if (values['help']) return undefined;
  const count = (/** @type {'loads' | 'runs'} */ name, /** @type {number} */ usual) => {
    const given = values[name] === undefined ? usual : Number(values[name]);
    if (!Number.isInteger(given) || given < 1) throw new Failure(`--${name} must be a whole number from 1`, 2);
    return given;
  };
  const only = typeof values['only'] === 'string' ? values['only'].split(',') : undefined;
  const unknown = only?.filter((name) => !names.includes(/** @type {Name} */ (name))) ?? [];
  if (unknown.length > 0)
    throw new Failure(`Unknown tracker: ${unknown.join(', ')}. There are ${names.join(', ')}.`, 2);
  const quick = values['quick'] === true;
  return {
    trace: values['trace'] === true,
    json: values['json'] === true,
    write: values['write'] === true,
    loads: count('loads', quick ? 2 : 7),
    runs: count('runs', quick ? 1 : 3),
    // The floor is always measured: it is taken off the others.
    selected: names.filter((name) => name === 'empty' || !only || only.includes(name)),
  };
}

/** @param {string} line */
const log = (line) => console.error(line);

/**
 * One sample of each tracker and rate in each round, so that what else the machine does hits all alike; a round starts
 * with another tracker than the one before, so that no one always comes first.
 *
 * @param {string} what
 * @param {number} rounds
 * @param {readonly Name[]} selected
 * @param {(name: Name, rate: number) => Promise<Record<string, number>>} measure
 * @returns {Promise<import('./lib/result.mjs').Samples>}
 */
async function rounds(what, rounds, selected, measure) {
  /** @type {import('./lib/result.mjs').Samples} */
  const samples = Object.fromEntries(
    rates.map((rate) => [label(rate), Object.fromEntries(selected.map((name) => [name, []]))]),
  );
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    for (const rate of rates) {
      for (let at = 0; at < selected.length; at++) {
        const name = /** @type {Name} */ (selected[(at + round) % selected.length]);
        samples[label(rate)]?.[name]?.push(await measure(name, rate));
      }
    }
    log(`${what}: round ${round + 1} of ${rounds} done in ${((performance.now() - start) / 1000).toFixed(0)} s`);
  }
  return samples;
}

/**
 * @param {import('@playwright/test').Browser} browser
 * @param {Record<string, string>} versions
 */
function machine(browser, versions) {
  const [cpu] = cpus();
  const peers = names.flatMap((name) => {
    const { title, package: from } = /** @type {import('./lib/trackers.mjs').Tracker} */ (trackers[name]);
    return from ? [`${title} ${versions[from]}`] : [];
  });
  const memory = Math.round(totalmem() / 2 ** 30);
  return `Chromium ${browser.version()} (headless), Node.js ${process.versions.node}, ${cpus().length} × ${cpu?.model.trim()}, ${memory} GB, ${process.platform}; ${peers.join(', ')}.`;
}

/** @param {string} text @param {string} marker */
async function write(text, marker) {
  await writeFile(report, insert(await readFile(report, 'utf8'), marker, text));
  log(`Wrote docs/performance.md`);
}

await main(async () => {
  const given = options();
  if (!given) {
    process.stdout.write(help);
    return;
  }
  const { selected, loads, runs } = given;
  const versions = await installPeers(log);
  log('Bundling ...');
  const scripts = Object.fromEntries(
    await Promise.all(selected.map(async (name) => /** @type {const} */ ([name, await bundle(name)]))),
  );
  const sizes = Object.fromEntries(Object.entries(scripts).map(([name, code]) => [name, sizeOf(code)]));
  const found = await ensureBrowser();
  const sink = await createSink(scripts);
  const browser = await chromium.launch({
    ...(found.own ? {} : { executablePath: found.path }),
    args: [
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
      // Otherwise some trackers take the visit for one of a robot, and do nothing.
      '--disable-blink-features=AutomationControlled',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  });
  try {
    const bench = { browser, sink };
    const environment = machine(browser, versions);
    // The first page of a browser pays for its start.
    await visit(bench, 'empty', 1, async ({ start }) => void (await start()));

    if (given.trace) {
      const rate = 4;
      /** @type {{ name: Name, way: import('./lib/burst.mjs').Way, burst: import('./lib/burst.mjs').Burst }[]} */
      const bursts = [];
      for (const way of /** @type {import('./lib/burst.mjs').Way[]} */ (Object.keys(ways))) {
        for (const name of selected) {
          log(`Burst, ${way}: ${trackers[name].title} ...`);
          bursts.push({ name, way, burst: await measureBurst(bench, name, way, rate) });
        }
      }
      const byWay = Object.keys(ways).map((way) => ({
        label: way,
        rows: Object.fromEntries(
          bursts
            .filter((one) => one.way === way)
            .map(({ name, burst: { long, ...numbers } }) => [name, { ...numbers, longTasks: long.length }]),
        ),
      }));
      const own = bursts.filter(({ name }) => name === 'rastro');
      const list = own.map(({ way, burst }) => {
        const [most, rest] = [burst.long.slice(0, 12), burst.long.length - 12];
        const lines = most.map(
          ({ atMs, ms, callMs, parts }) =>
            `- after ${atMs.toFixed(0)} ms: ${ms.toFixed(0)} ms; calls ${callMs.toFixed(1)}${parts ? `, ${parts}` : ''}`,
        );
        if (rest > 0) lines.push(`- and ${rest} more`);
        return `${way}: ${lines.length > 0 ? `\n\n${lines.join('\n')}` : 'none'}`;
      });
      const text = [
        environment,
        markdown(columns.burst, byWay),
        ...(own.length > 0 ? ["Rastro's tasks over 50 ms, in ms:", ...list] : []),
      ].join('\n\n');
      console.log(given.json ? JSON.stringify({ environment, rate, calls: burstSize, bursts }, null, 2) : text);
      if (given.write) await write(text, 'bench:burst');
      return;
    }

    const loading = await rounds('Loading', loads, selected, (name, rate) => measureLoading(bench, name, rate));
    const calling = await rounds('Calls', runs, selected, (name, rate) => measureCalling(bench, name, rate));
    const result = { environment, sizes, samples: { loading, calling } };
    const text = resultText(result);
    console.log(given.json ? JSON.stringify(result, null, 2) : text);
    if (given.write) await write(text, 'bench:tracker');
  } finally {
    await browser.close();
    await sink.close();
  }
});
