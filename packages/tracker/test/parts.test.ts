import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { takeBatch } from '../src/batch.js';
import { cleanUrl } from '../src/context.js';
import { defaultOptions, resolveOptions } from '../src/options.js';
import { nextSession } from '../src/session.js';
import { uuid7 } from '../src/uuid.js';
import { version } from '../src/version.js';

describe('uuid7', () => {
  test('is a UUIDv7 of its instant', () => {
    const id = uuid7(Date.parse('2026-11-20T09:30:00.123Z'), 5);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7005-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(Date.parse('2026-11-20T09:30:00.123Z'));
  });

  test('sorts by instant, then by count', () => {
    const ids = [uuid7(1, 0), uuid7(999, 4095), uuid7(1000, 1), uuid7(1000, 2), uuid7(1000, 300), uuid7(Date.now(), 0)];
    expect([...ids].sort()).toEqual(ids);
  });

  test('does not repeat, and uses every variant', () => {
    const ids = Array.from({ length: 2000 }, () => uuid7(1, 1));
    expect(new Set(ids).size).toBe(2000);
    expect([...new Set(ids.map((id) => id[19]))].sort()).toEqual(['8', '9', 'a', 'b']);
  });
});

describe('nextSession', () => {
  const newId = () => 'new';
  const previous = { id: 'old', seq: 7, lastAt: 1_000_000_000 };
  test.each([
    ['no event before', undefined, 5, { id: 'new', seq: 1 }],
    ['the same instant', previous, previous.lastAt, { id: 'old', seq: 8 }],
    ['a moment before 30 minutes', previous, previous.lastAt + 1_799_999, { id: 'old', seq: 8 }],
    ['30 minutes', previous, previous.lastAt + 1_800_000, { id: 'new', seq: 1 }],
    ['a clock set back a little', previous, previous.lastAt - 60_000, { id: 'old', seq: 8 }],
    ['a clock set back a year', { ...previous, lastAt: 1e12 }, 1e12 - 3e10, { id: 'new', seq: 1 }],
  ])('after %s', (_what, before, now, expected) => {
    expect(nextSession(before, now, newId)).toEqual({ ...expected, lastAt: now });
  });
});

describe('cleanUrl', () => {
  test.each([
    [
      'https://shop.example/p/1?q=my+name&utm_source=mail&gclid=x&email=a@b#top',
      'https://shop.example/p/1?utm_source=mail&gclid=x',
    ],
    ['https://user:secret@shop.example/?token=1', 'https://shop.example/'],
    ['http://shop.example/a?a=1&a=2&utm_x=%20', 'http://shop.example/a?utm_x=+'],
    ['', undefined],
    ['about:blank', undefined],
    ['blob:https://shop.example/1', undefined],
    ['file:///home/me/shop.html?x', undefined],
  ])('makes %s %s', (url, clean) => {
    expect(cleanUrl(url, defaultOptions.queryParams)).toBe(clean);
  });

  test('cuts what is longer than the contract allows', () => {
    expect(cleanUrl(`https://a.example/${'x'.repeat(5000)}`, [])).toHaveLength(2048);
  });
});

describe('takeBatch', () => {
  const stored = (n: number, fields: object = {}) => ({
    event_id: `e${n}`,
    event_type: 'view',
    device_id: 'd',
    session_id: 's',
    page_url: 'u',
    product_id: `p${n}`,
    ...fields,
  });
  const head = { v: 1, key: 'demo' };

  test('writes what the events share once, and on each event what differs', () => {
    const { body } = takeBatch(
      [stored(1), stored(2, { session_id: 't', customer_id: 'c' }), stored(3, { currency: undefined })],
      head,
      10,
      60_000,
    );
    expect(JSON.parse(body)).toEqual({
      v: 1,
      key: 'demo',
      device_id: 'd',
      context: { page_url: 'u' },
      events: [
        { event_id: 'e1', event_type: 'view', session_id: 's', product_id: 'p1' },
        { event_id: 'e2', event_type: 'view', session_id: 't', customer_id: 'c', product_id: 'p2' },
        { event_id: 'e3', event_type: 'view', session_id: 's', product_id: 'p3' },
      ],
    });
  });

  test('takes at most so many events, the oldest first', () => {
    const { events } = takeBatch(
      [1, 2, 3].map((n) => stored(n)),
      head,
      2,
      60_000,
    );
    expect(events.map(({ event_id }) => event_id)).toEqual(['e1', 'e2']);
  });

  test('keeps the body within its bytes, counted as UTF-8', () => {
    const many = Array.from({ length: 100 }, (_, n) => stored(n, { product_name: '€'.repeat(200) }));
    const { events, body, bytes } = takeBatch(many, head, 100, 20_000);
    expect(bytes).toBe(Buffer.byteLength(body));
    expect(bytes).toBeLessThanOrEqual(20_000);
    expect(events.length).toBeGreaterThan(10);
  });

  test('takes one event that is larger than the bound, alone', () => {
    const { events } = takeBatch([stored(1, { product_name: 'x'.repeat(5000) }), stored(2)], head, 10, 1000);
    expect(events).toHaveLength(1);
  });
});

describe('resolveOptions', () => {
  const least = { endpoint: '/e', key: 'k' };
  test('fills in the defaults, also for undefined', () => {
    expect(resolveOptions({ ...least, flushIntervalMs: undefined })).toMatchObject({ ...least, ...defaultOptions });
  });
  test('takes 0 as a value', () => {
    expect(resolveOptions({ ...least, flushIntervalMs: 0 }).flushIntervalMs).toBe(0);
  });
  test.each([
    [{}, 'endpoint is missing'],
    [{ endpoint: '/e' }, 'key is missing'],
    [{ ...least, key: '' }, 'key is missing'],
    [{ ...least, maxEvents: 0 }, 'maxEvents must be 1–500, got 0'],
    [{ ...least, maxBodyBytes: 70_000 }, 'maxBodyBytes must be 1000–60000, got 70000'],
    [{ ...least, flushIntervalMs: Number.NaN }, 'flushIntervalMs must be 0–60000, got NaN'],
  ])('throws a TypeError for %j: %s', (options, message) => {
    expect(() => resolveOptions(options as never)).toThrow(new TypeError(`rastro: ${message}`));
  });
});

test('the version in the events is that of the package', async () => {
  const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
  expect(version).toBe(manifest.version);
});
