// @ts-check
// Builds, then runs a program of the examples in this very process: a signal to npm then reaches it, whatever the shell.
// Usage: node scripts/run.mjs FILE [arguments of the program]
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Failure, main, npm, root, run } from './lib/run.mjs';

await main(async () => {
  const [file = ''] = process.argv.splice(2, 1);
  const [command, args] = npm(['run', '--silent', 'build']);
  const { code } = await run(command, args);
  if (code !== 0) throw new Failure('The build failed.');
  await import(pathToFileURL(join(root, file)).href);
});
