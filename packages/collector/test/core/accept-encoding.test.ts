import { expect, test } from 'vitest';
import { chooseEncoding } from '../../src/core/accept-encoding.js';

test.each([
  [undefined, 'identity'],
  ['', 'identity'],
  ['identity', 'identity'],
  ['deflate, zstd', 'identity'],
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['GZIP', 'gzip'],
  ['br', 'br'],
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip,deflate,br', 'br'],
  ['br;q=0.5, gzip;q=0.8', 'gzip'],
  ['br;q=0.8, gzip; q=0.5', 'br'],
  ['br ; q = 0, gzip', 'gzip'],
  ['br;q=0, gzip;q=0', 'identity'],
  ['gzip;q=0.5, identity', 'identity'],
  ['gzip, identity', 'gzip'],
  ['*', 'br'],
  ['*;q=0', 'identity'],
  ['*;q=0.5, gzip', 'gzip'],
  ['gzip;q=0, *', 'br'],
  ['br;q=0, *', 'gzip'],
  ['identity;q=0', 'identity'],
  ['identity;q=0, gzip;q=0.001', 'gzip'],
  ['br;q=2', 'identity'],
  ['br;q=x', 'identity'],
  ['br;level=4', 'br'],
  [',,;,', 'identity'],
  ['brotli', 'identity'],
])('%j gets %s', (header, encoding) => {
  expect(chooseEncoding(header, ['br', 'gzip'])).toBe(encoding);
});

test('what is not there is not chosen', () => {
  expect(chooseEncoding('br, gzip', ['gzip'])).toBe('gzip');
  expect(chooseEncoding('br, gzip', [])).toBe('identity');
});
