import { expect, test } from 'vitest';
import { clockTime, duration, money, shorten, shortId, shortShard, visible } from '../../live/format.js';

test.each([
  ['plain text, 日本 and منتج', 'plain text, 日本 and منتج'],
  ['exe\u202etxt', 'exe\\u202etxt'],
  ['a\nb\0c\u200bd\u2028', 'a\\u000ab\\u0000c\\u200bd\\u2028'],
  ['half \ud800 pair', 'half \\ud800 pair'],
  ['tag \u{e0041}', 'tag \\u{e0041}'],
  ['family 👩‍👧', 'family 👩‍👧'],
])('shows what cannot be seen in %j', (text, shown) => {
  expect(visible(text)).toBe(shown);
});

test('cuts a long text, never through a character', () => {
  expect(shorten('abcdef', 3)).toBe('abc…');
  expect(shorten('ab😀cd', 3)).toBe('ab…');
  expect(shorten('abc', 3)).toBe('abc');
});

test.each([
  [34.4, '34 ms'],
  [-5, '−5 ms'],
  [1_240, '1.2 s'],
  [180_000, '3 min'],
  [5 * 3_600_000, '5 h'],
  [400 * 86_400_000, '400 d'],
  [Number.NaN, '–'],
  [undefined, '–'],
])('writes %s ms as %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test('shortens ids to their end, and shards to their number', () => {
  expect(shortId('01936d2e-7c1a-7e3b-9f60-1b2c3d4e5f60')).toBe('…4e5f60');
  expect(shortId('c-1042')).toBe('c-1042');
  expect(shortShard('shardId-000000000012')).toBe('12');
  expect(shortShard('shardId-000000000000')).toBe('0');
});

test('writes an amount without a known currency as a number', () => {
  expect(money(35.79, 'nope')).toBe('35.79');
  expect(money(35.79, undefined)).toBe('35.79');
  expect(clockTime(Number.NaN)).toBe('–');
});
