// @ts-check
// Checks package-lock.json: it names no registry, and a hash for every package.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { flags } from './lib/flags.mjs';
import { lockProblems } from './lib/lock.mjs';
import { Failure, indent, main, root } from './lib/run.mjs';

await main(async () => {
  if (
    !flags(
      'Usage: node scripts/lock.mjs\n\nFails when package-lock.json names a registry, lacks a hash, or leaves out a platform.\n',
    )
  )
    return;
  /** @type {import('./lib/lock.mjs').Lock} */
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
  const problems = lockProblems(lock);
  if (problems.length > 0) {
    throw new Failure(`package-lock.json:
${indent(problems.join('\n'))}
.npmrc sets omit-lockfile-registry-resolved: run npm install again with it, and without --no-package-lock.`);
  }
  console.log(`package-lock.json: ${Object.keys(lock.packages).length} packages, no registry named, every hash there.`);
});
