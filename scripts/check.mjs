// @ts-check
// `npm run check`: everything that must hold before a change is taken.
import { flags } from './lib/flags.mjs';
import { Failure, main, npm, run, seconds, tool } from './lib/run.mjs';
import { table } from './lib/table.mjs';

const help = `Usage: npm run check -- [--no-tests]

Runs every check in order and stops at the first that fails.

  --no-tests    leave out the last, npm test
`;

const node = process.execPath;

/** @type {[name: string, command: [string, string[]]][]} */
const checks = [
  ['format and lint', [node, [tool('@biomejs/biome'), 'ci', '.']]],
  ['build', npm(['run', '--silent', 'build'])],
  ['types of tests and scripts', [node, [tool('typescript', 'tsc'), '-p', 'tsconfig.test.json', '--noEmit']]],
  ['generated files', [node, ['scripts/generate.mjs', '--check']]],
  ['lock file', [node, ['scripts/lock.mjs']]],
  ['size', [node, ['scripts/size.mjs', '--readme']]],
  ['packages', [node, ['scripts/packages.mjs']]],
  ['documentation as a site', [node, ['scripts/docs.mjs', '--build']]],
  ['tests', [node, ['scripts/test.mjs', '--no-build']]],
];

await main(async () => {
  const options = flags(help, ['no-tests']);
  if (!options) return;
  /** @type {[string, string][]} */
  const done = [];
  for (const [name, [command, args]] of checks) {
    if (name === 'tests' && options['no-tests']) continue;
    console.log(`\n── ${name}`);
    const start = performance.now();
    const { code } = await run(command, args);
    if (code !== 0) throw new Failure(`\nThe check failed at: ${name} (exit code ${code})`);
    done.push([name, seconds(performance.now() - start)]);
  }
  console.log(`\n${table(['checked', 'time'], done)}`);
});
