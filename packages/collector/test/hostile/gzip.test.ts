import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { envelope, event } from '../support/collect.js';
import { expectDocumented, expectLetters, kept, type Sent, send } from './support.js';

const text = JSON.stringify(envelope([event(1)]));
const zipped = gzipSync(text);
const post = async (body: Uint8Array, encoding = 'gzip'): Promise<Sent> => {
  const sent = await send(body, { headers: { 'content-type': 'text/plain', 'content-encoding': encoding } });
  expectDocumented(sent);
  expectLetters(sent.buried);
  return sent;
};
const code = ({ answer }: Sent): unknown => (answer['error'] as { code?: string } | undefined)?.code;
const changed = (at: number, value: number): Buffer => {
  const bytes = Buffer.from(zipped);
  bytes[at < 0 ? bytes.length + at : at] = value;
  return bytes;
};

describe('a gzip body', () => {
  test.each(['gzip', 'GZIP', 'x-gzip', ' gzip '])('named %j is read', async (encoding) => {
    expect((await post(zipped, encoding)).answer).toEqual({ accepted: 1, rejected: [] });
  });

  test.each([
    [
      'one that says its name, comment and time',
      Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0x18, 1, 2, 3, 4, 0, 3]), Buffer.from('a\0b\0'), zipped.subarray(10)]),
    ],
    ['one of stored blocks', gzipSync(text, { level: 0 })],
    ['members one after the other', Buffer.concat([gzipSync(text.slice(0, 50)), gzipSync(text.slice(50))])],
    ['1,000 empty members before it', Buffer.concat([...Array<Buffer>(1000).fill(gzipSync('')), zipped])],
    ['each byte a member', Buffer.concat([...Buffer.from(text)].map((byte) => gzipSync(Buffer.from([byte]))))],
    ['zeros after it, as tape blocks have them', Buffer.concat([zipped, Buffer.alloc(512)])],
    ['a body up to the bound', gzipSync(text.padEnd(500_000))],
  ])('is read: %s', async (_what, body) => {
    expect((await post(body)).answer).toEqual({ accepted: 1, rejected: [] });
  });

  test.each([
    ['empty', Buffer.alloc(0)],
    ['plain text', Buffer.from(text)],
    ['zlib', deflateSync(text)],
    ['raw deflate', deflateRawSync(text)],
    ['Brotli', brotliCompressSync(text)],
    ['a header alone', zipped.subarray(0, 10)],
    ['of another method', changed(2, 7)],
    ['of reserved flags', changed(3, 0xe0)],
    ['wrong in its check sum', changed(-8, (zipped.at(-8) ?? 0) ^ 1)],
    ['wrong in its length', changed(-1, 1)],
    ['wrong in its first block', changed(10, 0xff)],
    ['without its end', zipped.subarray(0, -1)],
    ['followed by something else', Buffer.concat([zipped, Buffer.from('x')])],
    ['followed by a broken member', Buffer.concat([zipped, zipped.subarray(0, 15)])],
  ])('that is %s is malformed_encoding, and kept', async (_what, body) => {
    const sent = await post(body);
    expect([sent.response.status, code(sent)]).toEqual([400, 'malformed_encoding']);
    expect(kept(sent.letters[0]).equals(Buffer.from(body))).toBe(true);
  });

  test('is malformed_encoding wherever it is cut', async () => {
    for (let length = 0; length < zipped.length; length++) {
      const part = zipped.subarray(0, length);
      const sent = await post(part);
      expect([length, code(sent)]).toEqual([length, 'malformed_encoding']);
      expect(kept(sent.letters[0]).equals(part)).toBe(true);
    }
  });

  test('in a gzip body is not unpacked twice', async () => {
    const sent = await post(gzipSync(zipped));
    expect([sent.response.status, code(sent)]).toEqual([400, 'malformed_json']);
    expect(kept(sent.letters[0]).equals(zipped)).toBe(true);
  });

  test('whose content is no JSON is kept as its content', async () => {
    const sent = await post(gzipSync('{"v":'));
    expect(sent.letters).toMatchObject([{ code: 'malformed_json', raw: '{"v":' }]);
  });

  const zeros = gzipSync(Buffer.alloc(10_000_000), { level: 9 });
  test.each([
    ['10 MB of zeros', zeros],
    ['one byte more than the bound', gzipSync(text.padEnd(500_001))],
    ['10 MB of blanks after an envelope', gzipSync(text.padEnd(10_000_000))],
    ['480 MB of zeros', Buffer.concat(Array<Buffer>(48).fill(zeros))],
    ['10 MB of zeros and a broken end', Buffer.concat([zeros.subarray(0, -8), Buffer.alloc(8, 1)])],
    ['a good envelope, then 10 MB of zeros', Buffer.concat([zipped, zeros])],
  ])('that becomes %s is body_too_large', async (_what, body) => {
    expect(body.length).toBeLessThan(500_000);
    const sent = await post(body);
    expect([sent.response.status, code(sent)]).toEqual([413, 'body_too_large']);
  });

  test('that is itself beyond the bound is not looked into', async () => {
    expect(code(await post(Buffer.concat([zipped, Buffer.alloc(500_000)])))).toBe('body_too_large');
  });
});
