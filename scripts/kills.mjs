// @ts-check
// `npm run kills`: whether what the collector answered for is there, after it was killed again and again.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { details, killTable } from './lib/durability/report.mjs';
import { broken, runKills, runOutage, runTerms } from './lib/durability/scenarios.mjs';
import { collectorCommand } from './lib/durability/world.mjs';
import { insert } from './lib/markers.mjs';
import { createProgress } from './lib/progress.mjs';
import { Failure, main, npm, root, run } from './lib/run.mjs';

const help = `Usage: npm run kills -- [--kills N] [--terms N] [--outage SECONDS] [option ...] [-- argument ...]

Runs the collector under load, before a stream that fails now and then (single records, whole calls, time-outs, slow and
lost answers), kills it, starts it again, and compares what clients were told with what is on the stream. Fails when
anything that was acknowledged is missing. 200 kills take about 6 minutes, and as long again with the spool, and with the spool and --strict-order.

  --kills N          SIGKILL at random moments (default: 200; 0 leaves it out)
  --terms N          SIGTERM under load (default: 20; 0 leaves it out)
  --outage SECONDS   the stream refuses connections for so long (default: 60; 0 leaves it out)
  --spool            with a spool only
  --no-spool         without one only (default: both, where the collector has one)
  --spool-mode MODE  fallback or first (default: fallback)
  --seed N           of all chance but the machine's own (default: 1)
  --clients N        shoppers at a time (default: 16)
  --rate N           events a second of all of them (default: 250)
  --write            put the table into docs/delivery.md, between <!-- kills --> and <!-- /kills -->
  --no-build         try what is built already
  --from FILE        try nothing: the table of an earlier kills.json
  --                 what follows goes to the collector
`;
// The SDK announces on every start which Node.js its future versions need; the one used here is pinned.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

const output = join(root, 'test-results/kills.json');
const docs = join(root, 'docs/delivery.md');

/** @param {readonly string[]} argv */
function parse(argv) {
  const split = argv.indexOf('--');
  const rest = split < 0 ? [] : argv.slice(split + 1);
  try {
    const { values } = parseArgs({
      args: split < 0 ? [...argv] : argv.slice(0, split),
      options: {
        kills: { type: 'string', default: '200' },
        terms: { type: 'string', default: '20' },
        outage: { type: 'string', default: '60' },
        spool: { type: 'boolean', default: false },
        'no-spool': { type: 'boolean', default: false },
        'spool-mode': { type: 'string', default: 'fallback' },
        seed: { type: 'string', default: '1' },
        clients: { type: 'string', default: '16' },
        rate: { type: 'string', default: '250' },
        write: { type: 'boolean', default: false },
        'no-build': { type: 'boolean', default: false },
        from: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const number = (/** @type {'kills' | 'terms' | 'outage' | 'seed' | 'clients' | 'rate'} */ name, least = 0) => {
      const value = Number(values[name]);
      if (!Number.isInteger(value) || value < least)
        throw new Error(`--${name} must be a whole number from ${least}, got ${values[name]}`);
      return value;
    };
    const mode = values['spool-mode'];
    if (mode !== 'fallback' && mode !== 'first') throw new Error(`--spool-mode must be fallback or first, got ${mode}`);
    if (values.spool && values['no-spool']) throw new Error('--spool or --no-spool, not both');
    return {
      ...values,
      mode: /** @type {'fallback' | 'first'} */ (mode),
      kills: number('kills'),
      terms: number('terms'),
      outage: number('outage'),
      seed: number('seed'),
      clients: number('clients', 1),
      rate: number('rate', 1),
      args: rest,
    };
  } catch (error) {
    throw new Failure(`${/** @type {Error} */ (error).message}\n${help.split('\n', 1)[0]}`, 2);
  }
}

/** Whether the collector that is built has a spool. */
async function hasSpool() {
  const [program = '', ...args] = collectorCommand;
  const { stdout } = await run(program, [...args, '--help'], { capture: true });
  return stdout.includes('--spool-directory');
}

// The SDK announces on every start which Node.js its future versions need; the one used here is pinned.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

/** @typedef {{ results: import('./lib/durability/scenarios.mjs').Result[], conditions: string }} Results */

/**
 * @param {ReturnType<typeof parse>} options
 * @returns {Promise<Results>}
 */
async function measure({ kills, terms, outage, seed, clients, rate, args, mode, ...options }) {
  if (!options['no-build'] && (await run(...npm(['run', '--silent', 'build']))).code !== 0) {
    throw new Failure('The build failed: nothing was tried.');
  }
  const able = await hasSpool();
  if (options.spool && !able) throw new Failure('This collector has no spool.', 2);
  /** @type {import('./lib/durability/world.mjs').Spool[]} */
  const spools = options.spool ? [mode] : options['no-spool'] || !able ? ['none'] : ['none', mode];

  /** @type {Results['results']} */
  const results = [];
  const progress = createProgress();
  const strict = '--strict-order';
  const runs = spools.flatMap((spool) =>
    spool === 'none' || args.includes(strict)
      ? [{ spool, args }]
      : [
          { spool, args },
          { spool, args: [...args, strict] },
        ],
  );
  for (const { spool, args: own } of runs) {
    const common = {
      ...{ seed, clients, rate, args: own, spool },
      onProgress: (/** @type {import('./lib/durability/world.mjs').Progress} */ { doing, acknowledged, open }) =>
        progress.show(
          `spool ${spool}${own.includes(strict) ? ', strict order' : ''}: ${doing}; ${acknowledged} events acknowledged, ${open} of them on their way`,
        ),
    };
    const scenarios = [
      ...(kills > 0 ? [() => runKills({ ...common, kills })] : []),
      ...(terms > 0 ? [() => runTerms({ ...common, terms })] : []),
      ...(outage > 0 ? [() => runOutage({ ...common, outageMs: outage * 1_000 })] : []),
    ];
    for (const scenario of scenarios) {
      const result = await scenario();
      progress.end();
      results.push(result);
      console.log(
        `${details(result)}\n${broken(result)
          .map((problem) => `  BROKEN: ${problem}\n`)
          .join('')}`,
      );
    }
  }
  const [cpu] = cpus();
  const conditions = `${clients} clients, about ${rate} events a second, seed ${seed}; Node.js ${process.versions.node}, ${cpus().length} × ${cpu?.model.trim()}, shared by the collector, the stream and the clients.`;
  await mkdir(dirname(output), { recursive: true });
  await writeFile(output, `${JSON.stringify({ results, conditions }, null, 2)}\n`);
  return { results, conditions };
}

await main(async () => {
  const options = parse(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(help);
    return;
  }
  const { results, conditions } = options.from
    ? /** @type {Results} */ (JSON.parse(await readFile(options.from, 'utf8')))
    : await measure(options);
  if (results.length === 0) throw new Failure('Nothing to try.', 2);
  const text = `${killTable(results)}\n\n${conditions}`;
  console.log(text);
  if (options.write) {
    const written = insert(await readFile(docs, 'utf8'), 'kills', text);
    if (written === undefined) throw new Failure('docs/delivery.md has no <!-- kills --><!-- /kills -->.');
    await writeFile(docs, written);
    console.log(`\nWrote ${relative(root, docs)}.`);
  }
  const problems = results.flatMap(broken);
  if (problems.length > 0) throw new Failure(`\nThe promise does not hold:\n${problems.join('\n')}`);
});
