// @ts-check
// `npm run faults`: what arrives when something fails, tried in a real browser, as a table.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBrowser } from './browser.mjs';
import { attached, between, faultTable } from './lib/faults.mjs';
import { Failure, main, npm, root, run, tool, withTemporaryFolder } from './lib/run.mjs';

const help = `Usage: npm run faults -- [--runs N] [--quick] [--write] [--no-build] [--from FILE] [-- argument ...]

Tries every case of e2e/faults.spec.ts, prints a Markdown table of what arrived, and writes the results of all runs to
test-results/faults.json. Takes a quarter of an hour. Fails when a case does.

  --runs N      how often each case is tried (default: 3)
  --quick       outages of seconds instead of up to a minute, as in npm test
  --write       put the table into docs/delivery.md, between <!-- faults --> and <!-- /faults -->
  --no-build    try what is built already
  --from FILE   try nothing: the table of an earlier faults.json
  --            what follows goes to Playwright:
                npm run faults -- --runs 1 -- --grep offline
`;
const output = join(root, 'test-results/faults.json');
const docs = join(root, 'docs/delivery.md');

/** @typedef {{ faults: import('./lib/faults.mjs').FaultResult[], bounded: object[] }} Results */

/** @param {readonly string[]} argv */
function parse(argv) {
  const split = argv.indexOf('--');
  const rest = split < 0 ? [] : argv.slice(split + 1);
  try {
    const { values } = parseArgs({
      args: split < 0 ? [...argv] : argv.slice(0, split),
      options: {
        runs: { type: 'string', default: '3' },
        quick: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
        'no-build': { type: 'boolean', default: false },
        from: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (!/^[1-9]\d?$/.test(values.runs)) throw new Error(`--runs must be 1–99, got ${values.runs}`);
    return { ...values, rest };
  } catch (error) {
    throw new Failure(`${/** @type {Error} */ (error).message}\n${help.split('\n', 1)[0]}`, 2);
  }
}

/**
 * @param {ReturnType<typeof parse>} options
 * @returns {Promise<{ results: Results, code: number }>}
 */
async function measure({ runs, quick, rest }) {
  const browser = await ensureBrowser();
  return withTemporaryFolder(async (folder) => {
    const report = join(folder, 'report.json');
    const files = ['e2e/faults.spec.ts', 'e2e/bounded.spec.ts'].map((file) => `/${file.replaceAll('.', '\\.')}$`);
    const { code } = await run(
      process.execPath,
      [tool('@playwright/test'), 'test', ...files, '--reporter=list,json', ...rest],
      {
        env: {
          PLAYWRIGHT_JSON_OUTPUT_FILE: report,
          RASTRO_CHROMIUM: browser.own ? undefined : browser.path,
          RASTRO_FAULT_RUNS: runs,
          RASTRO_FAULTS: quick ? undefined : 'full',
        },
      },
    );
    const text = await readFile(report, 'utf8').catch(() => {
      throw new Failure('Playwright left no report.');
    });
    const suite = /** @type {import('./lib/faults.mjs').Suite} */ (JSON.parse(text));
    const results = /** @type {Results} */ ({ faults: attached(suite, 'fault'), bounded: attached(suite, 'bounded') });
    await mkdir(dirname(output), { recursive: true });
    await writeFile(output, `${JSON.stringify(results, null, 2)}\n`);
    console.log(`\nWrote ${relative(root, output)}.`);
    return { results, code };
  });
}

await main(async () => {
  const options = parse(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(help);
    return;
  }
  if (!options.from && !options['no-build'] && (await run(...npm(['run', '--silent', 'build']))).code !== 0) {
    throw new Failure('The build failed: nothing was tried.');
  }
  const { results, code } = options.from
    ? { results: /** @type {Results} */ (JSON.parse(await readFile(options.from, 'utf8'))), code: 0 }
    : await measure(options);
  if (results.faults.length === 0) throw new Failure('No case came to a result.');
  const text = faultTable(results.faults);
  console.log(`\n${text}`);
  for (const bounded of results.bounded) console.log(`\nBounded: ${JSON.stringify(bounded)}`);
  if (options.write) {
    const written = between(await readFile(docs, 'utf8'), text);
    if (written === undefined) throw new Failure('docs/delivery.md has no <!-- faults --><!-- /faults -->.');
    await writeFile(docs, written);
    console.log(`\nWrote ${relative(root, docs)}.`);
  }
  if (code !== 0) throw new Failure('\nA case failed.');
});
