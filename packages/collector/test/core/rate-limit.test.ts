import { describe, expect, test } from 'vitest';
import { clientOf, createRateLimit } from '../../src/core/rate-limit.js';
import { envelope, event, harness, now } from '../support/collect.js';

describe('a rate limit', () => {
  test('lets twice the rate through at once, then as many as the rate', () => {
    const limit = createRateLimit({ perSecond: 10 });
    const count = (at: number): number => {
      let passed = 0;
      while (limit('a', at) === 0) passed++;
      return passed;
    };
    expect(count(now)).toBe(20);
    expect(count(now + 99)).toBe(0);
    expect(count(now + 100)).toBe(1);
    expect(count(now + 600)).toBe(5);
    expect(count(now + 60_000)).toBe(20);
  });

  test.each([
    [0.1, 10],
    [0.5, 2],
    [1, 1],
    [1000, 1],
  ])('of %d a second has a refused one wait %i s at most, and then lets it pass', (perSecond, seconds) => {
    const limit = createRateLimit({ perSecond, burst: 1 });
    expect(limit('a', now)).toBe(0);
    expect(limit('a', now)).toBe(seconds);
    expect(limit('a', now + seconds * 1000)).toBe(0);
  });

  test('counts each key alone, and what is refused not at all', () => {
    const limit = createRateLimit({ perSecond: 1, burst: 1 });
    expect(limit('a', now)).toBe(0);
    for (let i = 0; i < 10; i++) expect(limit('a', now)).toBe(1);
    expect(limit('b', now)).toBe(0);
    expect(limit('a', now + 1000)).toBe(0);
  });

  test('remembers so many keys and no more: the one not seen for longest is forgotten', () => {
    const limit = createRateLimit({ perSecond: 1, burst: 1, mostKeys: 2 });
    expect([limit('a', now), limit('b', now)]).toEqual([0, 0]);
    // Refused, and so seen again.
    expect(limit('a', now)).toBe(1);
    expect(limit('c', now)).toBe(0);
    expect(limit('a', now)).toBe(1);
    expect(limit('b', now)).toBe(0);
  });

  test('keeps nobody waiting because the clock was set back', () => {
    const limit = createRateLimit({ perSecond: 1, burst: 1 });
    expect(limit('a', now)).toBe(0);
    expect(limit('a', now - 3_600_000)).toBe(0);
    expect(limit('a', now - 3_600_000)).toBe(1);
  });
});

describe('a client', () => {
  test.each([
    ['203.0.113.77', '203.0.113.77'],
    ['203.0.113.77:51234', '203.0.113.77'],
    ['::ffff:203.0.113.77', '203.0.113.77'],
    ['::FFFF:203.0.113.77', '203.0.113.77'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2:ffff::', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::1', '2001:db8:1:2::/64'],
    ['[2001:db8:1:2::1]:51234', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8:0:0:1::', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('at %s is %s', (ip, client) => {
    expect(clientOf(ip)).toBe(client);
  });

  test('is short, whatever its address is', () => {
    expect(clientOf('x'.repeat(10_000)).length).toBeLessThan(65);
    expect(clientOf('x:'.repeat(10_000)).length).toBeLessThan(65);
  });
});

describe('the collector', () => {
  const codeOf = ({ body }: { body: string | Uint8Array }): unknown => JSON.parse(String(body)).error?.code;

  test('refuses a client that sends too often, whatever it sends, and tells when to come again', async () => {
    const { post, letters } = harness({ rateLimitPerClient: 0.5 });
    expect((await post('{')).status).toBe(400);
    const refused = await post('{', { origin: 'https://shop.example' });
    expect([refused.status, codeOf(refused)]).toEqual([429, 'rate_limited']);
    expect(refused.headers).toMatchObject({
      'retry-after': '2',
      'access-control-allow-origin': 'https://shop.example',
      'access-control-expose-headers': 'retry-after',
    });
    // The sender keeps its events: nothing was accepted, and nothing counts as forgotten.
    expect(JSON.parse(String(refused.body))).not.toHaveProperty('accepted');
    expect(letters()).toHaveLength(1);
  });

  test('refuses a site key that is used too often, and no other; pages of other origins do not use it up', async () => {
    const { post, records } = harness({
      sites: { demo: { origins: ['https://shop.example'] }, other: {} },
      rateLimitPerKey: 0.5,
    });
    expect((await post(envelope([event(1)]), { origin: 'https://evil.example' })).status).toBe(403);
    expect((await post(envelope([event(1)]))).status).toBe(200);
    const refused = await post(envelope([event(2)]));
    expect([refused.status, codeOf(refused), refused.headers['retry-after']]).toEqual([429, 'rate_limited', '2']);
    expect((await post(envelope([event(2)], { key: 'other' }))).status).toBe(200);
    expect((await post(envelope([event(1)], { key: 'nobody' }))).status).toBe(401);
    expect(records()).toHaveLength(2);
  });

  test.each([0, undefined])('limits nobody with %j', async (rate) => {
    const { post } = harness({ rateLimitPerClient: rate, rateLimitPerKey: rate });
    for (let i = 1; i <= 50; i++) expect((await post(envelope([event(i)]))).status).toBe(200);
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 1_000_001])('does not start with %d', (rate) => {
    expect(() => harness({ rateLimitPerClient: rate })).toThrow('rateLimitPerClient');
    expect(() => harness({ rateLimitPerKey: rate })).toThrow('rateLimitPerKey');
  });
});
