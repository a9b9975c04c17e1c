// @ts-check
// `npm run generate`: writes what is generated from the event contract, the error tables and the reports. With --check it writes
// nothing and fails when a file is out of date; with --schema it leaves out what needs more than the schema to be built.
import { readFile, writeFile } from 'node:fs/promises';
import { flags } from './lib/flags.mjs';
import { Failure, main } from './lib/run.mjs';

const help = `Usage: npm run generate
       node scripts/generate.mjs [--check] [--schema]

Writes packages/schema/src/event.types.ts, packages/schema/event.schema.json, docs/events.md, docs/errors.md,
packages/pipeline/sql/reports/*.sql and the tables in docs/reports.md.

  --check     write nothing; fail when one of them is out of date
  --schema    only what comes from packages/schema
`;

await main(async () => {
  const options = flags(help, ['check', 'schema']);
  if (!options) return;
  const sources = ['../packages/schema/scripts/render.mjs'];
  if (!options['schema'])
    sources.push('../packages/collector/scripts/render.mjs', '../packages/pipeline/scripts/render.mjs');
  /** @type {string[]} */
  const stale = [];
  for (const source of sources) {
    const { render } = /** @type {{ render(): Promise<Record<string, string>> }} */ (await import(source));
    for (const [path, text] of Object.entries(await render())) {
      const file = new URL(`../${path}`, import.meta.url);
      const before = await readFile(file, 'utf8').catch(() => '');
      if (before === text) continue;
      stale.push(path);
      if (!options['check']) await writeFile(file, text);
    }
  }
  if (stale.length === 0) console.log('Generated files are up to date.');
  else if (options['check']) throw new Failure(`Out of date: ${stale.join(', ')}. Run: npm run generate`);
  else console.log(`Wrote ${stale.join(', ')}.`);
});
