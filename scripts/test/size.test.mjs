// @ts-check
import { expect, it } from 'vitest';
import { overLimit, updateClaims } from '../lib/size.mjs';

const sizes = { 'rastro.js': { raw: 6000, gzip: 2500, brotli: 2345 } };

it('finds a claim that is right', () => {
  const text = 'It has <!-- size:rastro.js -->2,345 B<!-- /size -->.';
  expect(updateClaims(text, sizes)).toEqual({ text, claims: 1, stale: [] });
});

it('corrects a claim, in the encoding it names', () => {
  const { text, stale } = updateClaims('<!-- size:rastro.js:gzip -->2.4 kB<!-- /size -->', sizes);
  expect(text).toBe('<!-- size:rastro.js:gzip -->2,500 B<!-- /size -->');
  expect(stale).toEqual(['rastro.js (gzip): says 2.4 kB, is 2,500 B']);
});

it('names a claim about something unknown and leaves it', () => {
  const text = '<!-- size:other -->1 B<!-- /size -->';
  expect(updateClaims(text, sizes)).toEqual({ text, claims: 1, stale: ['unknown size other:brotli'] });
});

it('allows a size that equals its limit and no byte more', () => {
  expect(overLimit(sizes, { 'rastro.js': { brotli: 2345 } })).toEqual([]);
  expect(overLimit(sizes, { 'rastro.js': { brotli: 2300 } })).toEqual(['rastro.js brotli: 2,345 B, 45 over its limit']);
});

it('names a limit for something that is not measured', () => {
  expect(overLimit(sizes, { esm: { brotli: 1 } })).toHaveLength(1);
});
