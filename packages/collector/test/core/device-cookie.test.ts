import { describe, expect, test } from 'vitest';
import { envelope, event, harness } from '../support/collect.js';

const id = '01936d2e-7c1a-7e3b-9f60-1b2c3d4e5f60';
const mine = { cookie: `theme=dark; rastro_id=${id}; cart=1`, origin: 'https://shop.example' };
const from = (fields: object = {}): object => envelope([event(1)], { device_id: id, ...fields });

/** What the answer sets. */
const renewed = async (headers: Record<string, string>, body: unknown = from(), domain?: string): Promise<unknown> =>
  (await harness({ deviceCookie: { domain } }).post(body, headers)).headers['set-cookie'];

describe('the cookie of the device', () => {
  test('is renewed when it came along and names the device of the events', async () => {
    expect(await renewed(mine)).toBe(`rastro_id=${id}; Path=/; Max-Age=34560000; SameSite=Lax; Secure`);
  });

  test('is shared with a domain where one is configured', async () => {
    expect(await renewed(mine, from(), 'shop.example')).toBe(
      `rastro_id=${id}; Path=/; Max-Age=34560000; SameSite=Lax; Domain=shop.example; Secure`,
    );
  });

  test.each<[string, Record<string, string>]>([
    ['of the page itself', { ...mine, 'sec-fetch-site': 'same-origin' }],
    ['of another host of the site', { ...mine, 'sec-fetch-site': 'same-site' }],
    ['with the cookie alone', { ...mine, cookie: `rastro_id=${id}` }],
    ['with the cookie of the host and of the domain', { ...mine, cookie: `rastro_id=${id}; rastro_id=${id}` }],
  ])('is renewed for a request %s', async (_what, headers) => {
    expect(await renewed(headers)).toContain(id);
  });

  test.each<[string, Record<string, string>, object?]>([
    ['without cookies', { origin: 'https://shop.example' }],
    ['without this cookie, as of a visitor who gave no consent', { ...mine, cookie: 'theme=dark' }],
    ['of a visitor without cookies, with an id for this page', { ...mine, cookie: '' }],
    ['with another id in the cookie', { ...mine, cookie: 'rastro_id=other' }],
    ['with two cookies that differ', { ...mine, cookie: `rastro_id=${id}; rastro_id=other` }],
    ['with a cookie whose name ends alike', { ...mine, cookie: `xrastro_id=${id}` }],
    ['with a cookie whose value begins alike', { ...mine, cookie: `rastro_id=${id}0` }],
    ['of another site', { ...mine, 'sec-fetch-site': 'cross-site' }],
    ['that no page made', { ...mine, 'sec-fetch-site': 'none' }],
    ['of an importer', mine, { source: 'import' }],
    ['without a device', mine, { device_id: undefined, customer_id: 'c' }],
    ['with an id that is none of the tracker’s', { ...mine, cookie: 'rastro_id=a b' }, { device_id: 'a b' }],
    [
      'with an id that would add an attribute',
      { ...mine, cookie: 'rastro_id=a; Domain=evil.example' },
      { device_id: 'a; Domain=evil.example' },
    ],
    [
      'with an id that is too long',
      { ...mine, cookie: `rastro_id=${'a'.repeat(129)}` },
      { device_id: 'a'.repeat(129) },
    ],
  ])('is not set for a request %s', async (_what, headers, fields) => {
    expect(await renewed(headers, from(fields))).toBeUndefined();
  });

  test('is not set where events are refused', async () => {
    const { post } = harness({ deviceCookie: {}, sites: { demo: { origins: ['https://shop.example'] } } });
    expect((await post(from(), { ...mine, origin: 'https://evil.example' })).headers).not.toHaveProperty('set-cookie');
    const down = harness({ deviceCookie: {}, sink: { put: () => Promise.reject(new Error('down')) } });
    expect((await down.post(from(), mine)).headers).not.toHaveProperty('set-cookie');
  });

  test('is not set unless the option says so', async () => {
    expect((await harness().post(from(), mine)).headers).not.toHaveProperty('set-cookie');
  });

  test.each([
    ['', 'http://shop.example', undefined, false],
    ['', undefined, undefined, false],
    ['behind a server that knows of the encryption', undefined, true, true],
    ['', 'https://shop.example', false, true],
  ])('is Secure on an encrypted page %s(origin %s)', async (_what, origin, secure, expected) => {
    const { createCollector, createMemorySink } = await import('@rastro/collector');
    const response = await createCollector({
      sites: { demo: {} },
      sink: createMemorySink(),
      deadLetters: createMemorySink(),
      deviceCookie: {},
    }).handle({
      method: 'POST',
      path: '/e',
      headers: { cookie: mine.cookie, origin },
      body: new TextEncoder().encode(JSON.stringify(from())),
      secure,
    });
    expect(response.headers['set-cookie']?.endsWith('; Secure')).toBe(expected);
  });

  test.each(['shop', 'shop.example; Secure', 'https://shop.example', '', '-a.example', 'shop.example/'])(
    'cannot be of the domain %j',
    (domain) => {
      expect(() => harness({ deviceCookie: { domain } })).toThrow('deviceCookie.domain');
    },
  );
});
