import { type CollectResponse, createCollector, createMemorySink, type SiteOptions } from '@rastro/collector';
import { describe, expect, test } from 'vitest';
import { readOrigins } from '../../src/core/cors.js';
import { envelope, event, now } from '../support/collect.js';

const shop = 'https://shop.example';
const sub = 'https://*.shop.example';

describe('origins of a site', () => {
  test.each<[readonly string[] | '*', string, boolean, boolean]>([
    // What is listed, the origin of a page, whether it may send, whether it is listed by name.
    ['*', shop, true, false],
    ['*', 'null', false, false],
    [['*'], 'null', false, false],
    [['*', 'null'], 'null', true, false],
    [['null'], 'null', true, false],
    [['null'], shop, false, false],
    [['*', shop], shop, true, true],
    [['*', shop], 'https://other.example', true, false],
    [[], shop, false, false],
    [[shop], shop, true, true],
    [[shop], 'http://shop.example', false, false],
    [[shop], 'https://shop.example:8443', false, false],
    [[shop], 'https://SHOP.example', false, false],
    [[shop], 'https://shop.example.evil', false, false],
    [[shop], 'https://www.shop.example', false, false],
    [[shop], `${shop}, ${shop}`, false, false],
    [[shop], `${shop}/`, false, false],
    [[shop], '', false, false],
    [['http://localhost:3000'], 'http://localhost:3000', true, true],
    [[sub], 'https://www.shop.example', true, true],
    [[sub], 'https://a.b-1.shop.example', true, true],
    [[sub], shop, false, false],
    [[sub], 'https://evilshop.example', false, false],
    [[sub], 'https://a.b.evil/.shop.example', false, false],
    [[sub], 'https://evil.example?.shop.example', false, false],
    [[sub], 'https://evil.example#.shop.example', false, false],
    [[sub], 'https://evil.example\\.shop.example', false, false],
    [[sub], 'https://user@a.shop.example', false, false],
    [[sub], 'https://evil.example:443.shop.example', false, false],
    [[sub], 'https://.shop.example', false, false],
    [[sub], 'https://a..shop.example', false, false],
    [[sub], 'https://.a.shop.example', false, false],
    [[sub], 'http://a.shop.example', false, false],
    [[sub], 'https://a.shop.example:8443', false, false],
    [[sub], 'https://a.shop.example.evil', false, false],
    [[sub], 'https://', false, false],
    [[sub], 'https://shop.examplehttps://.shop.example', false, false],
    [['https://*.shop.example:8443'], 'https://a.shop.example:8443', true, true],
    [['https://*.shop.example:8443'], 'https://a.shop.example', false, false],
  ])('that list %j, asked by %j: may send %j, by name %j', (origins, origin, allowed, named) => {
    const rules = readOrigins('origins', origins);
    expect([rules.allows(origin), rules.names(origin)]).toEqual([allowed, named]);
  });

  test.each([
    'shop.example',
    'https://shop.example/',
    'https://shop.example:443',
    'https://SHOP.example',
    'https://*.example',
    'https://*',
    'https://*shop.example',
    'https://a.*.shop.example',
    'https://*.*.shop.example',
    'https://*.SHOP.example',
    'https://*.shop.example/',
    'https://*.shop.example:443',
    'https://*.-shop.example',
    'ftp://*.shop.example',
    'Null',
    '',
  ])('cannot be %j', (origin) => {
    expect(() => readOrigins('sites.demo.origins', [origin])).toThrow('sites.demo.origins: ');
  });
});

const sites = {
  listed: { origins: [shop] },
  subdomains: { origins: [sub] },
  open: {},
  frames: { origins: ['null', '*'] },
} satisfies Record<string, SiteOptions>;
type Key = keyof typeof sites;

const ask = (method: 'POST' | 'OPTIONS', keys: readonly Key[], origin: string | undefined): Promise<CollectResponse> =>
  createCollector({
    sites: Object.fromEntries(keys.map((key) => [key, sites[key]])),
    sink: createMemorySink(),
    deadLetters: createMemorySink(),
    now: () => now,
  }).handle({
    method,
    path: '/e',
    headers: { 'content-type': 'text/plain', origin },
    body: new TextEncoder().encode(JSON.stringify(envelope([event(1)], { key: keys[0] }))),
  });
const evil = 'https://evil.example';

describe('an answer across origins', () => {
  test.each<[Key[], string | undefined, number, string | undefined, 'true' | undefined]>([
    // Sites, the first being asked for; origin; status; the origin that may read; whether with credentials.
    [['listed'], shop, 200, shop, 'true'],
    [['listed'], evil, 403, evil, undefined],
    [['listed'], 'null', 403, 'null', undefined],
    [['listed'], undefined, 200, undefined, undefined],
    [['subdomains'], 'https://www.shop.example', 200, 'https://www.shop.example', 'true'],
    [['subdomains'], 'https://evilshop.example', 403, 'https://evilshop.example', undefined],
    [['open'], shop, 200, shop, undefined],
    [['open'], evil, 200, evil, undefined],
    [['open'], 'null', 403, 'null', undefined],
    [['frames'], 'null', 200, 'null', undefined],
    [['frames'], evil, 200, evil, undefined],
    [['open', 'listed'], evil, 200, evil, undefined],
    [['open', 'listed'], shop, 200, shop, 'true'],
    [['listed', 'frames'], 'null', 403, 'null', undefined],
    [['open'], `https://${'a'.repeat(300)}.example`, 200, undefined, undefined],
    [['open'], 'https://e vil.example', 200, undefined, undefined],
  ])('of %j for %j is %i, to be read by %j, credentials %j', async (keys, origin, status, reader, credentials) => {
    const response = await ask('POST', keys, origin);
    expect(response.status).toBe(status);
    expect(response.headers['access-control-allow-origin']).toBe(reader);
    expect(response.headers['access-control-allow-credentials']).toBe(credentials);
    expect(response.headers['vary']).toBe('origin');
  });

  test('never has a star, and names Retry-After only where there is one', async () => {
    const response = await ask('POST', ['open'], evil);
    expect(Object.values(response.headers)).not.toContain('*');
    expect(response.headers['access-control-expose-headers']).toBeUndefined();
    const down = { put: () => Promise.reject(new Error('down')) };
    const refused = await createCollector({ sites: { demo: {} }, sink: down, deadLetters: down }).handle({
      method: 'POST',
      path: '/e',
      headers: { origin: shop },
      body: new TextEncoder().encode(JSON.stringify(envelope([event(1)]))),
    });
    expect(refused.status).toBe(503);
    expect(refused.headers['access-control-expose-headers']).toBe('retry-after');
  });
});

describe('a preflight request', () => {
  test.each<[Key[], string | undefined, boolean, 'true' | undefined]>([
    [['listed'], shop, true, 'true'],
    [['listed'], evil, false, undefined],
    [['listed'], 'null', false, undefined],
    [['listed'], undefined, false, undefined],
    [['subdomains'], 'https://a.shop.example', true, 'true'],
    [['open'], evil, true, undefined],
    [['open'], 'null', false, undefined],
    [['frames'], 'null', true, undefined],
    [['open', 'listed'], shop, true, 'true'],
  ])('to %j from %j: allowed %j, credentials %j', async (keys, origin, allowed, credentials) => {
    const response = await ask('OPTIONS', keys, origin);
    expect(response.status).toBe(204);
    expect(response.headers['access-control-allow-origin']).toBe(allowed ? origin : undefined);
    expect(response.headers['access-control-allow-credentials']).toBe(credentials);
    expect(response.headers['access-control-max-age']).toBe('7200');
    expect(response.headers['vary']).toBe('origin');
  });
});

test('sites that are replaced bring their origins', async () => {
  const collector = createCollector({ sites, sink: createMemorySink(), deadLetters: createMemorySink() });
  const preflight = async (): Promise<unknown> =>
    (await collector.handle({ method: 'OPTIONS', path: '/e', headers: { origin: shop }, body: new Uint8Array() }))
      .headers['access-control-allow-credentials'];
  expect(await preflight()).toBe('true');
  collector.setSites({ other: { origins: ['https://other.example'] } });
  expect(await preflight()).toBeUndefined();
  expect(() => collector.setSites({ bad: { origins: ['shop.example'] } })).toThrow('sites.bad.origins');
});
