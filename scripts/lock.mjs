// @ts-check
// Checks each package-lock.json of the repository: it names no registry, and a hash for every package.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { flags } from './lib/flags.mjs';
import { lockProblems } from './lib/lock.mjs';
import { Failure, indent, main, root } from './lib/run.mjs';

const files = ['package-lock.json', 'bench/tracker/package-lock.json', 'docs/package-lock.json'];

await main(async () => {
  if (
    !flags(
      `Usage: node scripts/lock.mjs\n\nFails when one of ${files.join(', ')} names a registry, lacks a hash, or leaves out a platform.\n`,
    )
  )
    return;
  for (const file of files) {
    /** @type {import('./lib/lock.mjs').Lock} */
    const lock = JSON.parse(await readFile(join(root, file), 'utf8'));
    const problems = lockProblems(lock);
    if (problems.length > 0) {
      throw new Failure(`${file}:
${indent(problems.join('\n'))}
The .npmrc beside it sets omit-lockfile-registry-resolved: run npm install again with it, and without --no-package-lock.`);
    }
    console.log(`${file}: ${Object.keys(lock.packages).length} packages, no registry named, every hash there.`);
  }
});
