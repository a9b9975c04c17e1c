import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { badText, goodEnvelope, goodEvents, listText } from './arbitraries.js';
import { expectDocumented, expectLetters, expectRecords, type Json, patient, runs, send } from './support.js';

interface Entry {
  readonly text: string;
  /** The event, when it is a good one. */
  readonly good?: Json;
}
/** Good events and bad texts in any order. */
const entries: fc.Arbitrary<Entry[]> = fc
  .tuple(goodEvents(6), fc.array(badText, { maxLength: 6 }), fc.array(fc.nat(), { minLength: 12, maxLength: 12 }))
  .map(([good, bad, ranks]) =>
    [...good.map((event) => ({ text: JSON.stringify(event), good: event })), ...bad.map((text) => ({ text }))]
      .map((entry, at) => ({ entry, rank: ranks[at] ?? 0 }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ entry }) => entry),
  );
/** Fields of the envelope as text, `events` among them at any place, and perhaps a second one that does not count. */
const bodyText = (fields: Json, list: string, place: number, decoy: string | undefined): string => {
  const parts = Object.entries(fields).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  parts.splice(place % (parts.length + 1), 0, `"ev\\u0065nts" : ${list}`);
  if (decoy !== undefined) parts.unshift(`"events":${decoy}`);
  return `{${parts.join(',')}}`;
};

describe('good events among whatever else', () => {
  test(
    'are on the stream as if they had come alone, and the others in the dead letters to the byte',
    patient,
    async () => {
      let mixed = 0;
      const property = fc.asyncProperty(
        goodEnvelope,
        entries.chain((list) => fc.tuple(fc.constant(list), listText(list.map(({ text }) => text)))),
        fc.nat(),
        fc.option(badText, { nil: undefined }),
        async (fields, [list, text], place, decoy) => {
          const sent = await send(bodyText(fields, text, place, decoy));
          expect(sent.response.status).toBe(200);
          expectDocumented(sent);
          expectRecords(sent.put);
          expectLetters(sent.buried);

          const bad = list.flatMap((entry, index) => (entry.good ? [] : [{ raw: entry.text, index }]));
          expect(sent.answer['accepted']).toBe(list.length - bad.length);
          expect(sent.rejected.map(({ index }) => index)).toEqual(bad.map(({ index }) => index));
          expect(sent.letters.map(({ raw, index }) => ({ raw, index }))).toEqual(bad);
          if (bad.length > 0 && bad.length < list.length) mixed++;

          const alone: Json[] = [];
          for (const { good } of list) {
            if (good) alone.push(...(await send(JSON.stringify({ ...fields, events: [good] }))).records);
          }
          expect(sent.records).toEqual(alone);
        },
      );
      await fc.assert(property, runs(500));
      expect(mixed).toBeGreaterThan(100);
    },
  );

  test('are kept whole where one word makes the body no JSON', patient, async () => {
    const words = fc.constantFrom(
      'NaN',
      'Infinity',
      '-Infinity',
      'undefined',
      "'x'",
      '0x1',
      '01',
      '1.',
      '.5',
      '+1',
      '',
      '\u0000',
      '\ufeff',
      '/**/0',
      '{"a":1,}',
      '"\n"',
    );
    const property = fc.asyncProperty(goodEvents(2), words, fc.boolean(), async (events, word, first) => {
      const texts = events.map((event) => JSON.stringify(event));
      const list = first ? [word, ...texts] : [...texts, word];
      const body = `{"v":1,"key":"demo","device_id":"d","events":[${list.join(',')}]}`;
      const sent = await send(body);
      expectDocumented(sent);
      expect(sent.answer['error']).toMatchObject({ code: 'malformed_json' });
      expect(sent.letters).toMatchObject([{ raw: body, raw_encoding: 'utf8' }]);
      expectLetters(sent.buried);
    });
    await fc.assert(property, runs(300));
  });
});
