import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { envelope, event } from '../support/collect.js';
import { badText, goodEnvelope, goodEvents } from './arbitraries.js';
import { expectDocumented, expectLetters, expectRecords, kept, patient, runs, send, unpacked } from './support.js';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const good = utf8(JSON.stringify(envelope([event(1), event(2, { price: 'x' })], { context: { page_title: 'é' } })));

/** A body that was right once: bytes taken out, put in and changed. */
const damaged = fc
  .array(fc.tuple(fc.nat({ max: good.length }), fc.nat({ max: 4 }), fc.uint8Array({ maxLength: 4 })), {
    minLength: 1,
    maxLength: 4,
  })
  .map((changes) => {
    const bytes = [...good];
    for (const [at, remove, insert] of changes) bytes.splice(at, remove, ...insert);
    return Uint8Array.from(bytes);
  });
const oddEnvelope = fc
  .tuple(
    goodEnvelope,
    goodEvents(3),
    fc.dictionary(
      fc.constantFrom('v', 'key', 'events', 'sent_at', 'context', 'device_id', '__proto__', 'x'),
      fc.jsonValue(),
      { maxKeys: 2 },
    ),
  )
  .map(([fields, events, odd]) => utf8(JSON.stringify({ ...fields, events, ...odd })));
const plain = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.string({ unit: 'binary' }).map(utf8),
  badText.map(utf8),
  badText.map((text) => utf8(`{"v":1,"key":"demo","events":${text}}`)),
  damaged,
  oddEnvelope,
);
const flip = (bytes: Uint8Array, at: number): Uint8Array =>
  bytes.with(at % bytes.length, (bytes[at % bytes.length] ?? 0) ^ 0x55);
const body = fc.oneof(
  { weight: 3, arbitrary: plain },
  { weight: 1, arbitrary: plain.map((bytes) => gzipSync(bytes)) },
  { weight: 1, arbitrary: fc.tuple(plain, fc.nat()).map(([bytes, at]) => flip(gzipSync(bytes), at)) },
);

const wild = fc.string({ unit: 'binary', maxLength: 40 });
const contentType = fc.constantFrom('text/plain', 'application/json', 'text/plain;charset=UTF-8', 'TEXT/PLAIN', '');
const encoding = fc.oneof(
  fc.constantFrom('', 'identity', 'gzip', 'GZIP', 'x-gzip'),
  fc.constantFrom('gzip, gzip', 'gzip;q=1', 'br', 'deflate', 'zstd', '*', '\u0000'),
);
const headers = fc
  .tuple(
    fc.dictionary(
      fc.oneof(
        fc.constantFrom(
          'origin',
          'user-agent',
          'cf-ipcountry',
          'x-forwarded-for',
          'cookie',
          '__proto__',
          'constructor',
        ),
        wild,
      ),
      wild,
      { maxKeys: 5 },
    ),
    fc.oneof({ weight: 5, arbitrary: contentType }, { weight: 1, arbitrary: wild }),
    fc.oneof({ weight: 9, arbitrary: encoding }, { weight: 1, arbitrary: wild }),
  )
  .map(([others, type, coding]) => ({ ...others, 'content-type': type, 'content-encoding': coding }));

describe('any request', () => {
  test('is answered as the documents say, and a body that cannot be read is kept', patient, async () => {
    const seen = new Map<number, number>();
    const property = fc.asyncProperty(body, headers, fc.option(wild, { nil: undefined }), async (bytes, given, ip) => {
      const sent = await send(bytes, { headers: given, ip });
      expectDocumented(sent);
      const { status } = sent.response;
      seen.set(status, (seen.get(status) ?? 0) + 1);
      const { code } = (sent.answer['error'] ?? {}) as { code?: string };
      if (code === 'malformed_encoding') expect(kept(sent.letters[0])).toEqual(Buffer.from(bytes));
      if (code === 'malformed_json' || code === 'malformed_envelope') {
        expect(kept(sent.letters[0])).toEqual(unpacked(bytes, given['content-encoding']));
      }
    });
    await fc.assert(property, runs(1500));
    // The property would hold for a collector that refuses everything.
    expect([...seen.keys()]).toEqual(expect.arrayContaining([200, 400, 415]));
  });

  test('to any path, by any method, is answered as the documents say', patient, async () => {
    const property = fc.asyncProperty(
      fc.oneof(fc.constantFrom('GET', 'HEAD', 'PUT', 'DELETE', 'TRACE', 'POST', 'options', '__proto__'), wild),
      fc.oneof(fc.constantFrom('/e', '/e/', '/E', '//e', '/rastro.js', '/rastro/__proto__.js', '/__proto__', ''), wild),
      headers,
      async (method, path, given) => {
        const sent = await send(good, { method, path, headers: given });
        expectDocumented(sent);
      },
    );
    await fc.assert(property, runs(500));
  });

  test('leaves only records and dead letters that the schema describes', patient, async () => {
    const property = fc.asyncProperty(fc.oneof(oddEnvelope, damaged), wild, async (bytes, userAgent) => {
      const printable = userAgent.replace(/\p{Cc}/gu, '');
      const sent = await send(bytes, { headers: { 'content-type': 'text/plain', 'user-agent': printable } });
      expectDocumented(sent);
      expectRecords(sent.put);
      expectLetters(sent.buried);
    });
    await fc.assert(property, runs(700));
  });
});
