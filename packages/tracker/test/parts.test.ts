import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { cleanUrl } from '../src/context.js';
import { envelope } from '../src/envelope.js';
import { clickIds, resolveOptions } from '../src/options.js';
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
    const ids = [
      uuid7(1, 0),
      uuid7(999, 4095),
      uuid7(1000, 1),
      uuid7(1000, 2),
      uuid7(1000, 300),
      uuid7(Date.now(), 0),
      uuid7(2 ** 48 - 1, 0),
    ];
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
  const at = 1e12;
  const previous = ['old', '7', String(at)];
  test.each([
    ['no event before', [''], 5, ['new', 1]],
    ['what somebody else wrote', ['nonsense'], at, ['new', 1]],
    ['the same instant', previous, at, ['old', 8]],
    ['a moment before 30 minutes', previous, at + 1_799_999, ['old', 8]],
    ['30 minutes', previous, at + 1_800_000, ['new', 1]],
    ['a clock set back a little', previous, at - 60_000, ['old', 8]],
    ['a clock set back a year', previous, at - 3e10, ['new', 1]],
  ])('after %s', (_what, before, now, expected) => {
    expect(nextSession(before, now, newId)).toEqual(expected);
  });
});

describe('cleanUrl', () => {
  test.each([
    [
      'https://shop.example/p/1?q=my+name&utm_source=mail&gclid=x&email=a@b#top',
      'https://shop.example/p/1?utm_source=mail&gclid=x',
    ],
    ['https://user:secret@shop.example/?token=1', 'https://shop.example/'],
    ['http://shop.example/a?a=1&a=2&utm_x=%20', 'http://shop.example/a?utm_x=%20'],
    ['https://shop.example/?q=1&gclid', 'https://shop.example/?gclid'],
    ['https://shop.example/?xgclid=1&gclidx=2&x=gclid&utm_source=a&b', 'https://shop.example/?utm_source=a'],
    ['https://shop.example/?%75tm_source=a&u%74m=%26utm_x=1', 'https://shop.example/'],
    ['', undefined],
    ['about:blank', undefined],
    ['blob:https://shop.example/1', undefined],
    ['file:///home/me/shop.html?x', undefined],
  ])('makes %s %s', (url, clean) => {
    expect(cleanUrl(url, clickIds)).toBe(clean);
  });
});

describe('envelope', () => {
  const who = { device_id: 'd', session_id: 's', customer_id: '' };
  const page = { page_url: 'u', page_referrer: undefined };
  const fields = (n: number) => ({ event_id: `e${n}`, event_type: 'view', product_id: `p${n}` });
  const head = { v: 1, key: 'demo' };

  test('writes what the events share once', () => {
    expect(
      JSON.parse(
        envelope(
          [1, 2].map((n) => [{ ...who }, { ...page }, fields(n)] as const),
          head,
        ),
      ),
    ).toEqual({
      ...head,
      device_id: 'd',
      session_id: 's',
      customer_id: '',
      context: { page_url: 'u' },
      events: [fields(1), fields(2)],
    });
  });

  test('writes on each event what they do not share', () => {
    const body = envelope(
      [
        [who, page, fields(1)],
        [{ ...who, customer_id: 'c' }, page, { ...fields(2), page_url: 'own' }],
      ],
      head,
    );
    expect(JSON.parse(body)).toEqual({
      ...head,
      events: [
        { device_id: 'd', session_id: 's', customer_id: '', page_url: 'u', ...fields(1) },
        { device_id: 'd', session_id: 's', customer_id: 'c', ...fields(2), page_url: 'own' },
      ],
    });
  });
});

describe('resolveOptions', () => {
  const least = { endpoint: '/e', key: 'k' };
  test('takes undefined for the default, and 0 as a value', () => {
    expect(resolveOptions({ ...least, flushIntervalMs: undefined })).toMatchObject(least);
    expect(resolveOptions({ ...least, flushIntervalMs: 0 }).flushIntervalMs).toBe(0);
  });
  test('takes names of query parameters as text', () => {
    const { queryParams = '' } = resolveOptions({ ...least, queryParams: ['ref', 'a.b', '(x)'] });
    expect(cleanUrl('https://shop.example/?ref=1&aXb=2&a.b=3&(x)=4&gclid=5', queryParams)).toBe(
      'https://shop.example/?ref=1&a.b=3&(x)=4',
    );
    expect(
      cleanUrl('https://shop.example/?ref=1', resolveOptions({ ...least, queryParams: [] }).queryParams ?? ''),
    ).toBe('https://shop.example/');
  });
  test('has a clock of whole milliseconds', () => {
    expect(resolveOptions({ ...least, now: () => 1.9 }).now?.()).toBe(1);
  });
  test.each([
    [{}, 'endpoint is missing'],
    [{ endpoint: '/e' }, 'key is missing'],
    [{ ...least, key: '' }, 'key is missing'],
    [{ ...least, maxEvents: 0 }, 'maxEvents must be 1–500, got 0'],
    [{ ...least, maxStored: 5 }, 'maxStored must be 100–20000, got 5'],
    [{ ...least, key: 'k'.repeat(65) }, 'key must have at most 64 characters, got 65'],
    [{ ...least, consent: '' }, 'consent must be pending, granted or denied, got '],
    [{ ...least, consent: 'yes' }, 'consent must be pending, granted or denied, got yes'],
    [{ ...least, flushIntervalMs: Number.NaN }, 'flushIntervalMs must be 0–60000, got NaN'],
  ])('throws a TypeError for %j: %s', (options, message) => {
    expect(() => resolveOptions(options as never)).toThrow(new TypeError(`rastro: ${message}`));
  });
});

test('the version in the events is that of the package', async () => {
  const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
  expect(version).toBe(manifest.version);
});
