// @ts-check
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { withTemporaryFolder } from '../lib/run.mjs';
import { serveFolder } from '../lib/static-server.mjs';

/** @param {(folder: string, url: string) => Promise<void>} body */
const served = (body) =>
  withTemporaryFolder(async (folder) => {
    const site = join(folder, 'site');
    await mkdir(join(site, 'recipes'), { recursive: true });
    await writeFile(join(folder, 'secret.html'), 'secret');
    await writeFile(join(site, 'index.html'), 'home');
    await writeFile(join(site, 'recipes/index.html'), 'recipes');
    await writeFile(join(site, 'events.html'), 'events');
    await writeFile(join(site, '404.html'), 'no such page');
    await writeFile(join(site, 'app.js'), '1;');
    const server = await serveFolder(site, 0);
    try {
      await body(site, server.url);
    } finally {
      await server.close();
    }
  });

it('gives pages with and without .html, folders and files', () =>
  served(async (_, url) => {
    const page = async (/** @type {string} */ path) => {
      const response = await fetch(url + path);
      return [response.status, response.headers.get('content-type')?.split(';')[0], await response.text()];
    };
    expect(await page('')).toEqual([200, 'text/html', 'home']);
    expect(await page('events?q#a')).toEqual([200, 'text/html', 'events']);
    expect(await page('events.html')).toEqual([200, 'text/html', 'events']);
    expect(await page('recipes/')).toEqual([200, 'text/html', 'recipes']);
    expect(await page('app.js')).toEqual([200, 'text/javascript', '1;']);
    expect(await page('nothing')).toEqual([404, 'text/html', 'no such page']);
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
  }));

it.each(['/../secret.html', '/%2e%2e/secret.html', '/..%2fsecret.html', '/%00', '/%zz'])(
  'gives nothing outside of the folder: %s',
  (path) =>
    served(async (_, url) => {
      // As it is written: fetch would make it a path inside.
      const [answer] = await once(get({ port: new URL(url).port, path }), 'response');
      expect(answer.statusCode).toBe(404);
      expect(await text(answer)).toBe('no such page');
    }),
);

it('takes a free port where the one asked for is taken', () =>
  served(async (folder, url) => {
    const other = await serveFolder(folder, Number(new URL(url).port));
    expect(other.url).not.toBe(url);
    expect(await (await fetch(other.url)).text()).toBe('home');
    await other.close();
  }));
