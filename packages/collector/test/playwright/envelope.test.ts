import { expect, test } from 'vitest';
import { isEnvelope, matcherOf, type UrlPattern } from '../../src/playwright/envelope.js';

test.each<[string | null, boolean]>([
  ['{"v":1,"key":"demo","events":[]}', true],
  ['{"events":[{}],"key":"k","v":2,"more":1}', true],
  ['{"key":"k","events":[]}', false],
  ['{"v":1,"key":1,"events":[]}', false],
  ['{"v":1,"key":"k","events":{}}', false],
  ['"events" "key"', false],
  ['v=1&events=2', false],
  ['', false],
  [null, false],
])('the body %s is a request of ours: %s', (body, expected) => {
  expect(isEnvelope(body)).toBe(expected);
});

test.each<[UrlPattern, string, boolean]>([
  ['/e', 'https://shop.example/e', true],
  ['/e', 'https://other.example/e?x=1', true],
  ['/e', 'https://shop.example/me', false],
  ['/e', 'https://shop.example/e/f', false],
  ['**/e', 'https://shop.example/a/b/e', true],
  ['**/e', 'https://shop.example/be', false],
  ['https://c.shop.example/v*/events', 'https://c.shop.example/v1/events', true],
  ['https://c.shop.example/v*/events', 'https://c.shop.example/v1/2/events', false],
  ['https://{c,d}.shop.example/**', 'https://d.shop.example/x/y?z', true],
  ['https://{c,d}.shop.example/**', 'https://e.shop.example/x', false],
  ['https://c.shop.example/rastro*', 'https://c.shop.example/rastro.js', true],
  ['https://c.shop.example/rastro*', 'https://c.shop.example/rastro/debug.js', false],
  ['https://c.shop.example/rastro{*,/**}', 'https://c.shop.example/rastro/debug.js', true],
  ['https://c.shop.example/rastro{*,/**}', 'https://c.shop.example/rastro.js', true],
  [/\/e$/g, 'https://shop.example/e', true],
  [(url) => url.port === '8080', 'http://127.0.0.1:8080/', true],
])('%s takes %s: %s', (pattern, url, expected) => {
  const matches = matcherOf(pattern);
  // Twice: a regular expression may remember where it was.
  expect([matches(new URL(url)), matches(new URL(url))]).toEqual([expected, expected]);
});
