import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { spa } from '../server/spa.js';

const page = { accept: 'text/html' };
let app: FastifyInstance;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rastro-spa-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<title>Shop</title>');
  await writeFile(join(folder, 'assets', 'index-abc.js'), '1;');
  app = fastify();
  await app.register(spa, { folder });
  app.get('/*', () => 'another shop');
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

test.each(['/spa/', '/spa/p/44600062', '/spa/search?q=x', '/spa/nothing/at/all'])(
  'answers %s with the document, anew each time',
  async (url) => {
    const { body, headers, statusCode } = await app.inject({ url, headers: page });
    expect([statusCode, body, headers['cache-control']]).toEqual([200, '<title>Shop</title>', 'no-cache']);
  },
);

test('gives assets for good, and says when there is none', async () => {
  const found = await app.inject('/spa/assets/index-abc.js');
  expect([found.body, found.headers['cache-control']]).toEqual(['1;', 'public, max-age=31536000, immutable']);
  expect((await app.inject('/spa/assets/gone.js')).statusCode).toBe(404);
  expect((await app.inject('/spa/assets/..%2findex.html')).statusCode).not.toBe(200);
});

test('leaves to others what is not below /spa/', async () => {
  expect((await app.inject({ url: '/spa', headers: page })).headers['location']).toBe('/spa/');
  expect((await app.inject({ url: '/spatula', headers: page })).body).toBe('another shop');
});
