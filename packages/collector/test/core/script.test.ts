import {
  type Collector,
  type CollectResponse,
  createCollector,
  createMemorySink,
  type Script,
} from '@rastro/collector';
import { describe, expect, test } from 'vitest';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const script: Script = {
  body: bytes('plain'),
  etag: '"t"',
  encodings: { br: bytes('b'), gzip: bytes('gz') },
  hash: '0123456789abcdef',
  integrity: 'sha384-xyz',
};
const serving = (options: { script?: Script; plugins?: Record<string, Script>; scriptPath?: string }): Collector =>
  createCollector({ sites: { demo: {} }, sink: createMemorySink(), deadLetters: createMemorySink(), ...options });
const get = (
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
  collector = serving({ script, plugins: { debug: { ...script, hash: 'fedcba9876543210' } } }),
): Promise<CollectResponse> => collector.handle({ method, path, headers, body: new Uint8Array() });
const text = ({ body }: CollectResponse): string => (typeof body === 'string' ? body : new TextDecoder().decode(body));

describe('a script', () => {
  test.each([
    ['br, gzip', 'b', 'br', '"t-br"'],
    ['gzip', 'gz', 'gzip', '"t-gzip"'],
    ['identity', 'plain', undefined, '"t"'],
  ])('comes as %s, ready-made, with an entity tag of its own', async (accepted, body, encoding, etag) => {
    const response = await get('/rastro.js', { 'accept-encoding': accepted });
    expect([response.status, text(response)]).toEqual([200, body]);
    expect(response.headers['content-encoding']).toBe(encoding);
    expect(response.headers).toMatchObject({ etag, vary: 'accept-encoding' });
  });

  test.each([
    ['"t-br"', 'br', 304],
    ['W/"t-br"', 'br', 304],
    ['"other", "t-br"', 'br', 304],
    ['*', 'br', 304],
    ['"t-br"', 'gzip', 200],
    ['"t-br"', 'identity', 200],
    ['"t"', 'br', 200],
    ['"t"', 'identity', 304],
  ])('that is known as %s is answered, as %s, %i', async (known, accepted, status) => {
    const response = await get('/rastro.js', { 'if-none-match': known, 'accept-encoding': accepted });
    expect(response.status).toBe(status);
    expect(text(response) === '').toBe(status === 304);
    expect(response.headers['etag']).toContain('"t');
  });

  test('is said to have its length when only its head is asked for', async () => {
    const response = await get('/rastro.js', { 'accept-encoding': 'gzip' }, 'HEAD');
    expect([text(response), response.headers['content-length']]).toEqual(['', '2']);
  });

  test.each([
    ['/rastro.js', 'public, max-age=3600, stale-while-revalidate=86400, stale-if-error=604800'],
    ['/rastro/debug.js', 'public, max-age=3600, stale-while-revalidate=86400, stale-if-error=604800'],
    ['/rastro.0123456789abcdef.js', 'public, max-age=31536000, immutable'],
    ['/rastro/debug.fedcba9876543210.js', 'public, max-age=31536000, immutable'],
  ])('at %s is kept by browsers: %s', async (path, cacheControl) => {
    const response = await get(path);
    expect([response.status, text(response)]).toEqual([200, 'plain']);
    expect(response.headers['cache-control']).toBe(cacheControl);
  });

  test.each(['https://shop.example', undefined])(
    'loads on any page, origin %s, isolated or with integrity',
    async (origin) => {
      expect((await get('/rastro.js', origin ? { origin } : {})).headers).toMatchObject({
        'access-control-allow-origin': '*',
        'cross-origin-resource-policy': 'cross-origin',
        'content-type': 'text/javascript; charset=utf-8',
        'x-content-type-options': 'nosniff',
      });
    },
  );

  test.each(['/rastro.fedcba9876543210.js', '/rastro/debug.0123456789abcdef.js', '/rastro.js/', '/rastro/none.js'])(
    'is not at %s, and nobody shall remember that',
    async (path) => {
      const response = await get(path);
      expect([response.status, response.headers['cache-control']]).toEqual([404, 'no-store']);
    },
  );

  test('is not posted to', async () => {
    expect((await get('/rastro.js', {}, 'POST')).status).toBe(404);
  });

  test('without hash or compressed bodies is served as it is', async () => {
    const collector = serving({ script: { body: script.body, etag: '"t"' } });
    const response = await get('/rastro.js', { 'accept-encoding': 'br' }, 'GET', collector);
    expect([text(response), response.headers['etag']]).toEqual(['plain', '"t"']);
    expect(collector.scriptPaths).toEqual(['/rastro.js']);
  });

  test('may have a path without an ending', async () => {
    const collector = serving({ script, scriptPath: '/t/shop' });
    expect(collector.scriptPaths).toEqual(['/t/shop', '/t/shop.0123456789abcdef', '/t/shop.json']);
  });

  test.each(['short', 'with/slash', 'a'.repeat(65)])('cannot have the hash %j', (hash) => {
    expect(() => serving({ script: { ...script, hash } })).toThrow('rastro: a hash of 8–64 characters is needed');
  });
});

describe('the list of scripts', () => {
  test('has addresses, sizes, integrity and tags that are ready to use', async () => {
    const response = await get('/rastro.json', { 'accept-encoding': 'br' });
    expect(response.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'access-control-allow-origin': '*',
    });
    const bytes = { raw: 5, gzip: 2, br: 1 };
    expect(JSON.parse(text(response))).toEqual({
      scripts: [
        {
          name: 'rastro',
          path: '/rastro.js',
          immutable_path: '/rastro.0123456789abcdef.js',
          integrity: 'sha384-xyz',
          bytes,
          tag: '<script async src="/rastro.0123456789abcdef.js" integrity="sha384-xyz" crossorigin data-key="YOUR-KEY"></script>',
        },
        {
          name: 'debug',
          path: '/rastro/debug.js',
          immutable_path: '/rastro/debug.fedcba9876543210.js',
          integrity: 'sha384-xyz',
          bytes,
          tag: '<link rel="modulepreload" href="/rastro/debug.fedcba9876543210.js" integrity="sha384-xyz" crossorigin>',
        },
      ],
    });
  });

  test('names no integrity for an address whose script changes', async () => {
    const { hash: _, ...unhashed } = script;
    const collector = serving({ script: unhashed, plugins: { debug: script } });
    const { scripts } = JSON.parse(text(await get('/rastro.json', {}, 'GET', collector)));
    expect(scripts[0].tag).toBe('<script async src="/rastro.js" crossorigin data-key="YOUR-KEY"></script>');
  });
});
