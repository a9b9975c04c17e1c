// @ts-check
// Builds, then runs a program of the examples in this very process, and ends it with the npm that started it.
// Usage: node scripts/run.mjs FILE [arguments of the program]
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Failure, main, npm, root, run } from './lib/run.mjs';

await main(async () => {
  const [file = ''] = process.argv.splice(2, 1);
  // The first build takes a while; on stderr, since stdout is the program's.
  if (!existsSync(join(root, file))) console.error('Building, about 10 s the first time ...');
  const [command, args] = npm(['run', '--silent', 'build']);
  const { code } = await run(command, args);
  if (code !== 0) throw new Failure('The build failed.');
  // npm hands a SIGTERM to the shell between us, and the shell keeps it to itself: its end is what we see.
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 250);
  watch.unref();
  // Paths that the user wrote are relative to where the user stands, not to where npm runs scripts.
  if (process.env['INIT_CWD']) process.chdir(process.env['INIT_CWD']);
  await import(pathToFileURL(join(root, file)).href);
});
