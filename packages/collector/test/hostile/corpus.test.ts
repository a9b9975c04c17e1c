import { describe, expect, test } from 'vitest';
import { envelope, event, id, now } from '../support/collect.js';
import {
  expectDocumented,
  expectLetters,
  expectRecords,
  expectUnpolluted,
  kept,
  patient,
  type Sent,
  send,
} from './support.js';

const text = JSON.stringify(envelope([event(1)]));
const bytes = Buffer.from(text);
const small = '{"v":1,"key":"demo","device_id":"d💄","events":[{"event_type":"view"}]}';
const withEvents = (list: string): string => `{"v":1,"key":"demo","device_id":"d","session_id":"s","events":${list}}`;
const view = `"event_type":"view","event_time":${now},"product_id":"1"`;
const max = 500_000;
/** Brings a body to a length with blanks, which mean nothing. */
const padded = (body: string, length: number): string => body + ' '.repeat(length - Buffer.byteLength(body));
const deep = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth);

const code = ({ answer }: Sent): unknown => (answer['error'] as { code?: string } | undefined)?.code;
const look = (sent: Sent): void => {
  expectDocumented(sent);
  expectRecords(sent.put);
  expectLetters(sent.buried);
};

describe('a body that cannot be read', () => {
  const cut = Buffer.from(small);
  test(`is kept when it is cut, at whichever of its ${cut.length - 1} bytes`, async () => {
    for (let length = 0; length < cut.length; length++) {
      const part = cut.subarray(0, length);
      const sent = await send(part);
      look(sent);
      expect([length, sent.response.status, code(sent)]).toEqual([length, 400, 'malformed_json']);
      expect(kept(sent.letters[0]).equals(part)).toBe(true);
    }
  });

  const utf16 = (order: 'le' | 'be', mark: boolean): Buffer => {
    const encoded = Buffer.from((mark ? '\ufeff' : '') + text, 'utf16le');
    return order === 'be' ? encoded.swap16() : encoded;
  };
  const [before = '', after = ''] = small.split('💄');
  const spliced = (insert: number[]): Buffer =>
    Buffer.concat([Buffer.from(before), Buffer.from(insert), Buffer.from(after)]);
  test.each<[string, Uint8Array]>([
    ['empty', Buffer.alloc(0)],
    ['a byte order mark alone', Buffer.from([0xef, 0xbb, 0xbf])],
    ['one NUL', Buffer.from([0])],
    ['UTF-16LE with a mark', utf16('le', true)],
    ['UTF-16BE with a mark', utf16('be', true)],
    ['UTF-16LE', utf16('le', false)],
    ['UTF-16BE', utf16('be', false)],
    ['UTF-32LE', Buffer.from([...text].flatMap((c) => [c.codePointAt(0) ?? 0, 0, 0, 0]))],
    ['Latin-1', spliced([0xe9])],
    ['Windows-1252', spliced([0x93])],
    ['an overlong slash', spliced([0xc0, 0xaf])],
    ['an overlong NUL, as Java writes it', spliced([0xc0, 0x80])],
    ['an overlong quote', spliced([0xe0, 0x80, 0xa2])],
    ['half a character', spliced([0xf0, 0x9f, 0x92])],
    ['a surrogate in UTF-8 (CESU-8)', spliced([0xed, 0xa0, 0xbd, 0xed, 0xb2, 0x84])],
    ['beyond U+10FFFF', spliced([0xf4, 0x90, 0x80, 0x80])],
    ['two byte order marks', Buffer.from(`\ufeff\ufeff${text}`)],
    ['two envelopes', Buffer.from(text + text)],
    ['JSON lines', Buffer.from(`${text}\n${text}\n`)],
    ['a NUL at its end', Buffer.from(`${text}\0`)],
    ['a control character within a text', Buffer.from(text.replace('d-1', 'd\u0001'))],
    ['a line break within a text', Buffer.from(text.replace('d-1', 'd\n1'))],
    ['NaN', Buffer.from(text.replace(String(now - 900), 'NaN'))],
    ['Infinity', Buffer.from(text.replace(String(now - 900), '-Infinity'))],
    ['a hexadecimal number', Buffer.from(text.replace(String(now - 900), '0x10'))],
    ['a number with a leading zero', Buffer.from(text.replace(String(now - 900), '01'))],
    ['single quotes', Buffer.from(text.replaceAll('"', "'"))],
    ['a comment', Buffer.from(`/* */${text}`)],
    ['a comma too many', Buffer.from(text.replace(']', ',]'))],
    ['JSONP', Buffer.from(`f(${text})`)],
    ["a form's field", Buffer.from(`payload=${encodeURIComponent(text)}`)],
    ['base64', Buffer.from(bytes.toString('base64'))],
    ['XML', Buffer.from('<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')],
    ['a page', Buffer.from('<html><body>502 Bad Gateway</body></html>')],
    ['a gzip body without its header', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0])],
    ['an open list, 500,000 deep', Buffer.from('['.repeat(max))],
    ['an open object, 100,000 deep', Buffer.from('{"a":'.repeat(max / 5))],
    ['half a million quotes', Buffer.from('"'.repeat(max))],
    ['half a million control characters', Buffer.alloc(max, 1)],
    ['half a million 0xFF', Buffer.alloc(max, 0xff)],
    ['characters where the message could cut one', Buffer.from(`["x", @${'💄'.repeat(60)}]`)],
    ['a character that the message quotes', Buffer.from('💄')],
  ])('for it is %s is malformed_json, and kept', async (_what, body) => {
    const sent = await send(body);
    look(sent);
    expect([sent.response.status, code(sent)]).toEqual([400, 'malformed_json']);
    expect(kept(sent.letters[0]).equals(Buffer.from(body))).toBe(true);
  });
});

describe('a body that is JSON and no envelope', () => {
  test.each([
    'null',
    '0',
    '"text"',
    '[]',
    `[${text}]`,
    '{}',
    '{"__proto__":{"v":1,"key":"demo","events":[{}]}}',
    `{"constructor":{"prototype":{"key":"demo"}},"v":1,"events":[{}]}`,
    deep('[', ']', max / 2),
    deep('{"a":', '}', 80_000).replace('}', '0}'),
    withEvents('{}'),
    withEvents('{"0":{},"length":1}'),
    withEvents('[]'),
    withEvents('null'),
    withEvents(`[${Array.from({ length: 501 }, () => '0').join()}]`),
    withEvents(`[${Array.from({ length: 10_000 }, () => '0').join()}]`),
    withEvents(`[${Array.from({ length: 200_000 }, () => '0').join()}]`),
    withEvents('[{}],"events":[]'),
    text.replace('"v":1', '"v":"1"'),
    text.replace('"v":1', '"v":1,"v":2'),
    text.replace('"v":1', '"v":1e400'),
    text.replace('"demo"', '["demo"]'),
    text.replace('"demo"', '"demo","key":5'),
    text.replace('"demo"', '{"toString":"demo"}'),
    text.replace('"demo"', '"demo\\u0000"'),
    text.replace('"demo"', '"\\ud800"'),
    text.replace('"demo"', `"${'x'.repeat(65)}"`),
    text.replace('"d-1"', '1e400'),
    text.replace('"d-1"', '9007199254740993'),
    text.replace('"d-1"', '"\\udc00"'),
    text.replace('"d-1"', deep('[', ']', 100_000)),
    text.replace(String(now - 50), '-1'),
    text.replace(String(now - 50), '1e400'),
  ])('such as %.100s is malformed_envelope, and kept', async (body) => {
    const sent = await send(body);
    look(sent);
    expect([sent.response.status, code(sent)]).toEqual([400, 'malformed_envelope']);
    expect(kept(sent.letters[0]).toString()).toBe(body);
  });

  test.each(['toString', '__proto__', 'constructor', 'demo ', 'DEMO', 'd\u0435mo'])(
    'with the key %j is of no shop',
    async (key) => {
      const sent = await send(text.replace('"demo"', JSON.stringify(key)));
      look(sent);
      expect([sent.response.status, code(sent)]).toEqual([401, 'unknown_key']);
    },
  );
});

describe('a body of a size', patient, () => {
  test('at the bound is read, and one byte more is refused', async () => {
    const sent = await send(padded(text, max));
    look(sent);
    expect(sent.answer).toEqual({ accepted: 1, rejected: [] });
    const refused = await send(padded(text, max + 1));
    look(refused);
    expect([refused.response.status, code(refused)]).toEqual([413, 'body_too_large']);
  });

  const filling = (open: string, close: string, piece: string): string => {
    const room = max - Buffer.byteLength(withEvents(`[${open}${close}]`));
    return withEvents(`[${open}${piece.repeat(Math.floor(room / Buffer.byteLength(piece)))}${close}]`);
  };
  test.each([
    ['one text', filling('"', '"', 'x')],
    ['one text of quotes', filling('"', '"', '\\"')],
    ['one text of escaped control characters', filling('"', '"', '\\u0001')],
    ['one text of characters beyond the first plane', filling('"', '"', '💄')],
    ['one field', filling(`{${view},"brand":"`, '"}', 'x')],
    ['one field of the page', filling(`{${view},"event_type":0,"page_url":"`, '"}', 'x')],
    ['one name', filling('{"', '":0}', 'k')],
    ['one name of slashes and tildes', filling(`{${view},"`, '":0}', '~/')],
    ['one number', filling('1', '', '0')],
    ['one number of decimals', filling(`{${view},"price":0.`, '}', '1')],
    ['one text of digits', filling(`{${view},"sku":"`, '"}', '1')],
    ['one amount of zeros', filling(`{${view},"price":"1.`, '1"}', '0')],
    ['one amount of commas', filling(`{${view},"price":"`, '"}', '1,')],
    ['one category of dots', filling(`{${view},"category_code":"a`, '"}', '.')],
    ['one category of parts', filling(`{${view},"category_code":"a`, '."}', '.a')],
    ['one object of one name again and again', filling('{"a":0', '}', ',"a":0')],
    ['properties of one name again and again', filling(`{${view},"event_type":0,"properties":{"a":0`, '}}', ',"a":0')],
    ['lines of an order that are none', filling('{"event_type":"purchase","items":[0', ']}', ',0')],
    ['lines of an order that are empty', filling('{"event_type":"purchase","items":[{}', ']}', ',{}')],
    [
      'lines of an order that are lists',
      filling(`{"event_type":"purchase","items":[${deep('[', ']', 1000)}`, ']}', `,[]`),
    ],
    ['blanks', filling('', '0', ' ')],
  ])('at the bound, made of %s, is one dead letter', async (_what, body) => {
    const sent = await send(body);
    look(sent);
    expect(sent.response.status).toBe(200);
    expect(sent.answer['accepted']).toBe(0);
    expect(sent.rejected).toHaveLength(1);
  });

  test('of 500 events, each wrong in as many ways as it can be, has 500 dead letters', async () => {
    const bad = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`field_${n}`, 'x']));
    const sent = await send(
      JSON.stringify(envelope(Array.from({ length: 500 }, () => ({ event_type: 'cart', ...bad })))),
    );
    look(sent);
    expect(sent.rejected).toHaveLength(500);
    expect(sent.letters[499]?.['errors']).toHaveLength(20);
  });
});

describe('one key twice', () => {
  const uuid = (n: number): string => JSON.stringify(id(n));
  test.each([
    ['key', text.replace('"key":', '"key":"other","key":'), 1],
    ['events', text.replace('"events":', '"events":[1,2],"events":'), 1],
    ['events, once with escapes', text.replace('"events":', '"events":[1,2],"\\u0065vents":'), 1],
    ['device_id', text.replace('"device_id":', '"device_id":5e300,"device_id":'), 1],
    ['event_id', withEvents(`[{${view},"event_id":"x","event_id":${uuid(1)}}]`), 1],
    ['event_type', withEvents(`[{"event_type":"buy",${view},"event_id":${uuid(1)}}]`), 1],
  ])('counts as the last one says: %s', async (_name, body, accepted) => {
    const sent = await send(body);
    look(sent);
    expect(sent.answer).toEqual({ accepted, rejected: [] });
    expect(sent.records).toMatchObject([{ event_id: id(1), site: 'demo', device_id: expect.stringMatching(/^d/) }]);
  });

  test('is in the dead letter as it came', async () => {
    const raw = `{${view},"event_id":${uuid(1)},"event_id":"x","price":1,"price":"1,5"}`;
    const sent = await send(withEvents(`[0,1],"events":[ ${raw} , 2]`));
    look(sent);
    expect(sent.letters.map((letter) => [letter['index'], letter['raw']])).toEqual([
      [0, raw],
      [1, '2'],
    ]);
    expect(sent.rejected[0]?.['event_id']).toBe('x');
  });
});

describe('a name that every object has', () => {
  test.each([
    `{${view},"event_id":"${id(1)}","__proto__":{"polluted":true}}`,
    `{${view},"event_id":"${id(1)}","constructor":{"prototype":{"polluted":true}}}`,
    `{${view},"event_id":"${id(1)}","toString":1}`,
    `{"__proto__":{${view},"event_id":"${id(1)}"}}`,
    `{"event_type":"purchase","event_time":1,"event_id":"${id(1)}","order_id":"A","items":[{"__proto__":{"product_id":"1"}}]}`,
  ])('is no field of an event: %s', async (raw) => {
    const sent = await send(withEvents(`[${raw}]`));
    look(sent);
    expect(sent.rejected).toHaveLength(1);
    expect(sent.letters[0]?.['raw']).toBe(raw);
    expectUnpolluted();
  });

  test('is a name like any other among properties', async () => {
    const properties = '{"__proto__":"a","constructor":"b","toString":"c","hasOwnProperty":null}';
    const sent = await send(withEvents(`[{${view},"event_id":"${id(1)}","properties":${properties}}]`));
    look(sent);
    expect(sent.answer).toEqual({ accepted: 1, rejected: [] });
    expect(JSON.stringify(sent.records[0]?.['properties'])).toBe(properties);
  });

  test('is ignored in an envelope and its context', async () => {
    const body = text.replace(
      '"v":1',
      '"__proto__":{"polluted":true},"context":{"__proto__":{"page_url":"x"},"constructor":1},"v":1',
    );
    const sent = await send(body);
    look(sent);
    expect(sent.answer).toMatchObject({ accepted: 1 });
    expect(sent.records[0]).not.toHaveProperty('page_url');
    expectUnpolluted();
  });
});

describe('a content type or encoding', () => {
  test.each([
    ['application/x-www-form-urlencoded', ''],
    ['multipart/form-data; boundary=x', ''],
    ['application/xml', ''],
    ['text/html', ''],
    ['application/octet-stream', ''],
    ['application/json, text/plain', ''],
    ['application/csp-report', ''],
    ['application/json5', ''],
    [' ;charset=utf-8', ''],
    ['text/plain\u0000', ''],
    ['text/plain', 'br'],
    ['text/plain', 'deflate'],
    ['text/plain', 'compress'],
    ['text/plain', 'zstd'],
    ['text/plain', 'gzip, gzip'],
    ['text/plain', 'gzip,identity'],
    ['text/plain', 'gzip;q=1'],
    ['text/plain', 'chunked'],
    ['text/plain', '*'],
  ])('that is %j, %j is refused, whatever the body', async (type, coding) => {
    const sent = await send(text, { headers: { 'content-type': type, 'content-encoding': coding } });
    look(sent);
    expect([sent.response.status, code(sent)]).toEqual([415, 'unsupported_media_type']);
  });

  test.each([
    ['text/plain', ''],
    ['TEXT/PLAIN;CHARSET=utf-8', ''],
    ['application/json; charset="utf-8"', 'Identity'],
    [' application/json ', ' identity '],
    ['', ''],
    // What the body is decides, not what is said of its characters.
    ['text/plain; charset=utf-16', ''],
  ])('that is %j, %j is read', async (type, coding) => {
    const sent = await send(text, { headers: { 'content-type': type, 'content-encoding': coding } });
    look(sent);
    expect(sent.answer).toEqual({ accepted: 1, rejected: [] });
  });

  test('need not be there', async () => {
    expect((await send(text, { headers: {} })).answer).toEqual({ accepted: 1, rejected: [] });
  });

  test('need not be right for a byte order mark to be taken off', async () => {
    expect((await send(`\ufeff${text}`)).answer).toEqual({ accepted: 1, rejected: [] });
  });
});
