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
