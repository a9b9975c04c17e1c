import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { Script } from '@rastro/collector';
import { expect, test } from 'vitest';
import { loadScript } from '../../src/adapters/script-file.js';

const file = new URL('../../dist/rastro.js', import.meta.url);

test('a script is read with compressed bodies that are it again, and the hash that browsers check', async () => {
  const body = await readFile(file);
  const script = (await loadScript(file)) as Script;
  expect(body.equals(script.body)).toBe(true);
  expect(body.equals(brotliDecompressSync(script.encodings?.br ?? ''))).toBe(true);
  expect(body.equals(gunzipSync(script.encodings?.gzip ?? ''))).toBe(true);
  expect(script.integrity).toBe(`sha384-${createHash('sha384').update(body).digest('base64')}`);
  expect(script.hash).toMatch(/^[0-9a-f]{16}$/);
  expect(script.etag).toMatch(/^"[\w-]{22}"$/);
});

test('another script has another hash and entity tag', async () => {
  const [one, other] = await Promise.all([
    loadScript(file),
    loadScript(new URL('../../dist/fastify.js', import.meta.url)),
  ]);
  expect(other).toMatchObject({ encodings: {} });
  expect(one?.hash).not.toBe(other?.hash);
  expect(one?.etag).not.toBe(other?.etag);
});

test('a script that is not there is none', async () => {
  expect(await loadScript(new URL('../../dist/none.js', import.meta.url))).toBeUndefined();
});
