// @ts-check
// `npm test`: builds, then runs every kind of test and counts them together.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureBrowser } from './browser.mjs';
import { failure, fromPlaywright, fromVitest, judge, lastLine } from './lib/counts.mjs';
import { Failure, main, npm, run, seconds, tool, withTemporaryFolder } from './lib/run.mjs';
import { table } from './lib/table.mjs';

const kinds = {
  unit: 'each part alone: packages/*/test, examples/*/test, scripts/test',
  contract: 'what every implementation of an interface must do: *.contract.test.ts',
  integration: 'against the embedded Kinesis: *.integration.test.ts',
  e2e: 'in a real browser: e2e/*.spec.ts',
};

const help = `Usage: npm test -- [kind ...] [--no-build] [-- argument ...]

Builds, runs the tests and prints one table. The last line is "N passed, N failed", and ", N skipped" when there are any.
A file that does not load, a runner that crashes and a kind that runs no test count as one failed each.

Kinds (default: all):
${Object.entries(kinds)
  .map(([kind, text]) => `  ${kind.padEnd(13)} ${text}`)
  .join('\n')}

  --no-build    test what is built already
  --            what follows goes to the runner, Vitest or Playwright for e2e:
                npm test -- unit -- -t "splits batches"
                npm test -- e2e -- --headed --grep consent
`;

/** @typedef {keyof typeof kinds} Kind */

/**
 * @param {readonly string[]} argv
 * @returns {{ selected: Kind[], build: boolean, help: boolean, rest: string[] }}
 */
function parse(argv) {
  const split = argv.indexOf('--');
  const words = split < 0 ? argv : argv.slice(0, split);
  const rest = split < 0 ? [] : argv.slice(split + 1);
  const isKind = (/** @type {string} */ word) => Object.hasOwn(kinds, word);
  const unknown = words.filter((word) => !isKind(word) && !['--no-build', '--help', '-h'].includes(word));
  if (unknown.length > 0) {
    throw new Failure(
      `Unknown: ${unknown.join(', ')}. Kinds of tests are ${Object.keys(kinds).join(', ')}; --help says more.`,
      2,
    );
  }
  const named = words.filter(isKind);
  const selected = /** @type {Kind[]} */ (Object.keys(kinds).filter((kind) => !named.length || named.includes(kind)));
  if (rest.length > 0 && selected.includes('e2e') && selected.length > 1) {
    throw new Failure('Arguments after -- go to one runner: name e2e alone, or only other kinds.', 2);
  }
  return {
    selected,
    build: !words.includes('--no-build'),
    help: words.includes('--help') || words.includes('-h'),
    rest,
  };
}

/**
 * @param {Exclude<Kind, 'e2e'>} kind
 * @param {readonly string[]} rest
 * @param {string} report
 */
async function vitest(kind, rest, report) {
  const reporters = ['--reporter=default', '--reporter=./scripts/lib/vitest-json.mjs'];
  const args = ['run', `--project=${kind}`, '--passWithNoTests', ...reporters, ...rest];
  const { code } = await run(process.execPath, [tool('vitest'), ...args], { env: { RASTRO_TEST_REPORT: report } });
  return judge(await read(report, fromVitest), code);
}

/**
 * @param {readonly string[]} rest
 * @param {string} report
 */
async function playwright(rest, report) {
  let browser;
  try {
    browser = await ensureBrowser();
  } catch (error) {
    if (!(error instanceof Failure) || !error.message) throw error;
    console.error(error.message);
    return failure('no browser');
  }
  const args = ['test', '--pass-with-no-tests', '--reporter=list,json', ...rest];
  const { code } = await run(process.execPath, [tool('@playwright/test'), ...args], {
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report, RASTRO_CHROMIUM: browser.own ? undefined : browser.path },
  });
  return judge(await read(report, fromPlaywright), code);
}

/**
 * @template R
 * @param {string} path
 * @param {(report: R) => import('./lib/counts.mjs').Counts} convert
 */
async function read(path, convert) {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : convert(JSON.parse(text));
}

await main(async () => {
  const options = parse(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(help);
    return;
  }
  if (options.build && (await run(...npm(['run', '--silent', 'build']))).code !== 0) {
    console.error('\nThe build failed: no test was run.');
    console.log(lastLine([failure('build')]));
    process.exitCode = 1;
    return;
  }
  await withTemporaryFolder(async (folder) => {
    const parts = [];
    for (const kind of options.selected) {
      console.log(`\n── ${kind} tests`);
      const start = performance.now();
      const report = join(folder, `${kind}.json`);
      const counts = await (kind === 'e2e' ? playwright(options.rest, report) : vitest(kind, options.rest, report));
      parts.push({ kind, ...counts, time: seconds(performance.now() - start) });
    }
    const rows = parts.map((part) => [part.kind, part.passed, part.failed, part.skipped, part.time]);
    console.log(`\n${table(['tests', 'passed', 'failed', 'skipped', 'time'], rows)}`);
    for (const { kind, notes } of parts) for (const note of notes) console.log(`${kind}: ${note} (counted as failed)`);
    if (parts.some((part) => part.failed > 0)) process.exitCode = 1;
    console.log(`\n${lastLine(parts)}`);
  });
});
