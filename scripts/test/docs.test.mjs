// @ts-check
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { defaultOptions } from '@rastro/tracker';
import { describe, expect, it } from 'vitest';
import { root } from '../lib/run.mjs';

const pages = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter(Boolean);
const read = (/** @type {string} */ path) => readFileSync(join(root, path), 'utf8');

describe('the docs', () => {
  it.each(pages)('%s links to what exists', (page) => {
    const links = [...read(page).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, link = '']) => link);
    const local = links.filter((link) => !/^[a-z]+:/.test(link));
    expect(local.filter((link) => !existsSync(join(root, dirname(page), link)))).toEqual([]);
  });

  it('show the stub that the example shop uses', () => {
    const stub = /<script>window\.rastro=.*?<\/script>/;
    const [used] = stub.exec(read('examples/storefront/src/layout.ts')) ?? [];
    expect(used).toContain('rastro.q.push');
    for (const page of ['README.md', 'packages/tracker/README.md']) expect(stub.exec(read(page))?.[0]).toBe(used);
  });

  it('name the defaults that the tracker has', () => {
    const table = read('packages/tracker/README.md');
    for (const name of /** @type {const} */ ([
      'flushIntervalMs',
      'maxEvents',
      'maxStored',
      'consent',
      'cookieless',
      'ignoreGpc',
    ])) {
      expect(table).toContain(`| \`${name}\` | \`${defaultOptions[name]}\` |`);
    }
    expect(table).toContain(defaultOptions.queryParams.map((param) => `\`${param}\``).join(', '));
  });
});
