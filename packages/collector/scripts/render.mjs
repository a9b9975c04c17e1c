// What is generated from the tables of errors and settings, as text by path. Needs the package to be built.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { eventErrors, requestErrors, warningCodes } from '../dist/index.js';
import { configuration, schemaText } from './configuration.mjs';

/** Formats as the project does, so that the formatter never disagrees with the generator. */
function format(path, text) {
  const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome');
  const run = spawnSync(process.execPath, [biome, 'format', `--stdin-file-path=${path}`], {
    input: text,
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`cannot format ${path}: ${run.stderr}`);
  return run.stdout;
}

const rows = (table) => Object.entries(table).map(([code, message]) => `| \`${code}\` | ${message} |`);

export function render() {
  const text = [
    '# Errors',
    '',
    '<!-- Generated from packages/collector/src/core/errors.ts by `npm run generate`. -->',
    '',
    'Every code that the collector answers. How answers look, and what the sender does with them, stands in [wire.md](wire.md).',
    '',
    '## The whole request is refused',
    '',
    'The body is `{ "error": { "code", "message" } }`. What could not be read (`malformed_…`) is kept on the dead-letter stream.',
    '',
    '| code | status | meaning | sending it again |',
    '|---|---|---|---|',
    ...Object.entries(requestErrors).map(
      ([code, { status, message, retry }]) =>
        `| \`${code}\` | ${status} | ${message} | ${retry ? 'helps, after `Retry-After`' : 'does not help'} |`,
    ),
    '',
    '## One event is rejected',
    '',
    'The answer is 200 and lists it in `rejected`; the event is on the dead-letter stream, byte for byte, with all its reasons. Its neighbours are not concerned.',
    '',
    '| code | meaning |',
    '|---|---|',
    ...rows(eventErrors),
    '',
    '## Accepted, with a word about it',
    '',
    'Listed in `warnings`.',
    '',
    '| code | meaning |',
    '|---|---|',
    ...rows(warningCodes),
    '',
  ].join('\n');
  return {
    'docs/errors.md': text,
    'docs/configuration.md': configuration(),
    'packages/collector/config.schema.json': format('config.schema.json', schemaText()),
  };
}
