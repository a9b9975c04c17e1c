// @ts-check
// `npm run bench:pipeline`: what the reports and the dashboard cost over a lake of ten million records.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { reports } from '@rastro/pipeline/reports';
import { createProgress } from '../../scripts/lib/progress.mjs';
import { Failure, main, run, seconds } from '../../scripts/lib/run.mjs';
import { count, table } from '../../scripts/lib/table.mjs';
import { measureDashboard } from './lib/dashboard.mjs';
import { generate } from './lib/generate.mjs';
import { bar, megabytes, spread, wholeNumber } from './lib/numbers.mjs';
import { days, dayText } from './lib/shop.mjs';

const help = `Usage: npm run bench:pipeline -- [--rows N] [--memory 2GB] [--threads N] [--runs N] [--keep DIR] [--only a,b] [--no-browser] [--json]

Writes a shop that does not exist, in the shape of the REES46 data sets, into a lake: ${days} days, one Parquet file a day, the same
rows each time. Then asks every report over all of it, each in processes of its own, and opens the dashboard on it.

  --rows N       records, about (default: 10_000_000, about 0.9 GB of disk)
  --memory SIZE  DuckDB's memory_limit, for writing and for reading (default: 2GB)
  --threads N    DuckDB's threads (default: 2)
  --runs N       times each is measured (default: 5)
  --keep DIR     keep the lake there, and take it from there if it is there; a folder of its own (default: thrown away)
  --only a,b     reports, of ${Object.keys(reports).join(', ')}
  --no-browser   leave the dashboard out
  --json         print all samples as JSON instead of tables

cold: a new process opens the lake and asks once; what the system has of the files in memory stays there.
warm: the same process asks again. peak: highest resident memory of the process, Node.js included.
`;

/** @typedef {import('./lib/child.mjs').Cost} Cost */
/** @typedef {import('@rastro/pipeline').ReportName} ReportName */

function options() {
  /** @type {{ values: Record<string, string | boolean | undefined> }} */
  let parsed;
  try {
    parsed = parseArgs({
      options: {
        rows: { type: 'string', default: '10_000_000' },
        memory: { type: 'string', default: '2GB' },
        threads: { type: 'string', default: '2' },
        runs: { type: 'string', default: '5' },
        keep: { type: 'string' },
        only: { type: 'string' },
        'no-browser': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new Failure(`${/** @type {Error} */ (error).message}\n${help.split('\n', 1)[0]}`, 2);
  }
  const { values } = parsed;
  if (values['help']) return undefined;
  const number = (/** @type {string} */ name, /** @type {number} */ least) => {
    const value = wholeNumber(String(values[name]), least);
    if (value === undefined) throw new Failure(`--${name} is a whole number from ${least}: ${values[name]}`, 2);
    return value;
  };
  const memory = String(values['memory']);
  if (!/^\d+(?:\.\d+)?[KMGT]i?B$/.test(memory)) throw new Failure(`--memory is a size like 2GB: ${memory}`, 2);
  const all = /** @type {ReportName[]} */ (Object.keys(reports));
  const names = values['only'] === undefined ? all : String(values['only']).split(',');
  const unknown = names.filter((name) => !all.includes(/** @type {ReportName} */ (name)));
  if (unknown.length > 0) throw new Failure(`No such report: ${unknown.join(', ')}`, 2);
  return {
    rows: number('rows', 1000),
    runs: number('runs', 1),
    threads: number('threads', 1),
    memory,
    names: /** @type {ReportName[]} */ (names),
    keep: values['keep'] === undefined ? undefined : resolve(String(values['keep'])),
    browser: !values['no-browser'],
    json: values['json'] === true,
  };
}

const child = fileURLToPath(new URL('lib/child.mjs', import.meta.url));

/** @param {import('./lib/child.mjs').Work} work @returns {Promise<Cost>} */
async function measure(work) {
  const result = await run(process.execPath, [child, JSON.stringify(work)], { capture: true, limitMs: 600_000 });
  if (result.code !== 0) throw new Failure(`${work.report}: exit code ${result.code}\n${result.output}`);
  return JSON.parse(result.stdout);
}

await main(async () => {
  const chosen = options();
  if (!chosen) {
    process.stdout.write(help);
    return;
  }
  const { rows, runs, threads, memory, names } = chosen;
  const progress = createProgress();
  const lake = chosen.keep ?? (await mkdtemp(join(tmpdir(), 'rastro-bench-lake-')));
  await mkdir(lake, { recursive: true });
  try {
    const begun = performance.now();
    const shop = await generate(lake, {
      rows,
      memory,
      threads,
      onDay: (day) => progress.show(`writing ${count(rows)} records: ${bar(day, days)} days`),
    });
    const generationMs = performance.now() - begun;

    const lastDay = dayText(days - 1);
    const whole = { from: dayText(0), to: lastDay };
    /** @type {{ report: ReportName, cold: number[], warm: number[], oneDay: number[], rows: number, peakBytes: number }[]} */
    const costs = [];
    for (const [at, report] of names.entries()) {
      const work = { lake, report, params: whole, memory, threads, warmRuns: 0 };
      /** @type {Cost[]} */
      const found = [];
      for (let time = 0; time < runs; time++) {
        progress.show(`asking: ${bar(at * (runs + 1) + time, names.length * (runs + 1))} ${report}`);
        // The last process stays for the warm ones.
        found.push(await measure({ ...work, warmRuns: time === runs - 1 ? runs : 0 }));
      }
      const day = await measure({ ...work, params: { from: lastDay, to: lastDay }, warmRuns: runs });
      costs.push({
        report,
        cold: found.map(({ coldMs }) => coldMs),
        warm: found.flatMap(({ warmMs }) => warmMs),
        oneDay: day.warmMs,
        rows: found[0]?.rows ?? 0,
        peakBytes: Math.max(...found.map(({ peakBytes }) => peakBytes)),
      });
    }

    progress.end();
    const openDashboard = () =>
      measureDashboard({
        lake,
        memory,
        threads,
        runs,
        ...whole,
        onRun: (time) => progress.show(`opening the dashboard: ${bar(time, runs)}`),
      });

    const machine = `Node.js ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 1e9)} GB`;
    if (chosen.json) {
      const dashboard = chosen.browser ? await openDashboard() : undefined;
      const what = { machine, memory, threads, runs, shop: { ...shop, generationMs }, reports: costs, dashboard };
      console.log(JSON.stringify(what, undefined, 2));
      return;
    }
    const made = shop.made ? `written in ${seconds(generationMs)}` : 'kept from before';
    console.log(
      `${count(shop.rows)} records of ${days} days, ${shop.files} files, ${megabytes(shop.bytes)}, ${made}
DuckDB: memory_limit ${memory}, ${threads} threads. ${machine}. Medians of ${runs}, in brackets the lowest and the highest.\n`,
    );
    const head = ['report', 'rows', 'cold ms', 'warm ms', 'warm ms, one day', 'peak'];
    const lines = costs.map((cost) => [
      cost.report,
      cost.rows,
      spread(cost.cold),
      spread(cost.warm),
      spread(cost.oneDay),
      megabytes(cost.peakBytes),
    ]);
    console.log(table(head, lines));
    if (!chosen.browser) return;
    // The reports stand already, should the page not come to its end.
    const dashboard = await openDashboard();
    progress.end();
    console.log(`\n${dashboard.browser}, each time a server just started, and a new browser context\n`);
    const charts = Object.entries(dashboard.chartMs).map(([name, values]) => [`chart ${name}`, spread(values)]);
    console.log(
      table(
        ['dashboard', 'ms'],
        [
          ['first contentful paint', spread(dashboard.firstPaintMs)],
          ...charts,
          ['all charts', spread(dashboard.allMs)],
          ['all charts, opened again', spread(dashboard.againMs)],
        ],
      ),
    );
    console.log(`\nserver, peak: ${megabytes(dashboard.peakBytes)}`);
  } finally {
    progress.end();
    if (chosen.keep === undefined) await rm(lake, { recursive: true, force: true, maxRetries: 3 });
  }
});
