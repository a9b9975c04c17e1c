// @ts-check
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultOptions } from '@rastro/tracker';
import { describe, expect, it } from 'vitest';
import { root } from '../lib/run.mjs';

const read = (/** @type {string} */ path) => readFileSync(join(root, path), 'utf8');

describe('the docs', () => {
  it('show the stub that the example shop uses', () => {
    const stub = /<script>window\.rastro=.*?<\/script>/;
    const [used] = stub.exec(read('examples/storefront/src/layout.ts')) ?? [];
    expect(used).toContain('rastro.q.push');
    for (const page of ['README.md', 'packages/tracker/README.md']) expect(stub.exec(read(page))?.[0]).toBe(used);
  });

  it('show policies with the hash of that stub, and with a nonce the same stub', () => {
    const [, script = ''] = /<script>(window\.rastro=.*?)<\/script>/.exec(read('README.md')) ?? [];
    const page = read('docs/recipes/csp.md');
    expect(new Set(page.match(/sha256-[^']+/g))).toEqual(
      new Set([`sha256-${createHash('sha256').update(script).digest('base64')}`]),
    );
    expect(page).toContain(`<script nonce="R4nd0m">${script}</script>`);
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
