// Writes what is generated from the event contract: src/event.types.ts, event.schema.json and docs/events.md.
// With --check it writes nothing and fails when one of them is out of date.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { render } from './render.mjs';

const root = new URL('../../../', import.meta.url);
const stale = [];
for (const [path, text] of Object.entries(await render())) {
  const file = new URL(path, root);
  const before = await readFile(file, 'utf8').catch(() => '');
  if (before === text) continue;
  stale.push(path);
  if (!process.argv.includes('--check')) await writeFile(file, text);
}
if (stale.length > 0 && process.argv.includes('--check')) {
  console.error(`Out of date: ${stale.join(', ')}. Run: npm run generate`);
  process.exit(1);
}
console.log(
  stale.length > 0 ? `Wrote ${stale.join(', ')} in ${fileURLToPath(root)}` : 'Generated files are up to date.',
);
