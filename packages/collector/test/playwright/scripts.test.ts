import { expect, test } from 'vitest';
import type { UrlPattern } from '../../src/playwright/envelope.js';
import { createScripts } from '../../src/playwright/scripts.js';

const shop = 'https://shop.example';

test.each<[UrlPattern | undefined, string, boolean]>([
  [undefined, '/rastro.js', false],
  ['/rastro.js', '/rastro.js', true],
  ['/rastro.js', '/rastro/ga4.js', true],
  ['/rastro.js', '/rastro/ga4.0123456789abcdef.js', true],
  ['/rastro.js', '/other/rastro/ga4.js', false],
  ['/rastro.js', '/rastro/picture.png', false],
  ['/rastro*', '/rastro/ga4.js', true],
  ['https://shop.example/cdn/rastro.js', '/cdn/rastro/ga4.js', true],
  [/\/rastro\.js$/, '/a/b/rastro/page-views.js', true],
  ['/static/rastro.js', '/rastro.js', false],
])('%s gives %s: %s', (pattern, path, expected) => {
  expect(createScripts(pattern, ['ga4']).gives(new URL(path, shop))).toBe(expected);
});

test('plugins beside a script of another name are given once it was asked for', () => {
  const scripts = createScripts('**/t.js', ['ga4']);
  const plugin = new URL('/cdn/rastro/ga4.js', shop);
  expect(scripts.gives(plugin)).toBe(false);
  expect(scripts.take(`${shop}/cdn/t.js`)).toBe('/rastro.js');
  expect(scripts.gives(plugin)).toBe(true);
});

test('an address with a hash is the same file', () => {
  const scripts = createScripts('/rastro{*,/**}', ['ga4']);
  expect(scripts.take(`${shop}/rastro.0123456789abcdef.js`)).toBe('/rastro.js');
  expect(scripts.take(`${shop}/rastro/ga4.0123456789abcdef.js`)).toBe('/rastro/ga4.js');
  expect(scripts.take(`${shop}/rastro/web-vitals.js`)).toBe('/rastro/web-vitals.js');
});

test.each<[UrlPattern | undefined, string, RegExp]>([
  [undefined, '/rastro/ga4.js', /script is not set in this test\. .*\{ script: '\/rastro\.js' \}/],
  ['/static/rastro.js', '/rastro.js', /script is '\/static\/rastro\.js', which does not match it/],
  ['rastro.js', '/rastro.js', /script is 'rastro\.js', which does not match it/],
  ['/rastro.js', '/rastro.js', /matches it and was never asked: a route of yours answers first/],
])('with script %s, %s is lost: %s', (pattern, path, advice) => {
  expect(createScripts(pattern, ['ga4']).lost(`${shop}${path}`, 'was answered 404').advice).toMatch(advice);
});

test('a plugin that there is not is said to be none', () => {
  const scripts = createScripts('/rastro.js', ['debug', 'ga4']);
  scripts.take(`${shop}/rastro/ga5.js`);
  expect(scripts.lost(`${shop}/rastro/ga5.js`, 'was answered 404')).toMatchObject({
    plugin: 'ga5',
    advice: 'this package has no such plugin, but debug, ga4',
  });
});
