// @ts-check
import { expect, it } from 'vitest';
import { lockProblems } from '../lib/lock.mjs';

const problems = (/** @type {import('../lib/lock.mjs').Lock['packages']} */ packages) =>
  lockProblems({ lockfileVersion: 3, packages });

it('takes workspaces, links, bundled packages and packages with a hash', () => {
  expect(
    problems({
      '': {},
      'packages/tracker': {},
      'node_modules/@rastro/tracker': { resolved: 'packages/tracker', link: true },
      'node_modules/a': { integrity: 'sha512-x' },
      'node_modules/a/node_modules/b': { inBundle: true },
    }),
  ).toEqual([]);
});

it.each(['https://registry.example/a.tgz', 'http://registry.example/a.tgz', 'git+ssh://git@host.example/a.git'])(
  'names a package that is resolved to %s',
  (resolved) => {
    expect(problems({ 'node_modules/a': { integrity: 'sha512-x', resolved } })).toHaveLength(1);
  },
);

it('names a package without a hash', () => {
  expect(problems({ 'packages/x/node_modules/a': {} })).toEqual(['packages/x/node_modules/a: no integrity']);
});

it('names a platform that is left out', () => {
  const integrity = 'sha512-x';
  const optionalDependencies = { 'a-linux': '1.0.0', 'a-darwin': '1.0.0' };
  const packages = { 'node_modules/a': { integrity, optionalDependencies }, 'node_modules/a-linux': { integrity } };
  expect(problems(packages)).toEqual(['node_modules/a: not in the lock file: a-darwin']);
});
