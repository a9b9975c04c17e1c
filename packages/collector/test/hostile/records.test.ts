import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { id, now } from '../support/collect.js';
import { badText, goodEnvelope, goodEvent, goodEvents } from './arbitraries.js';
import { expectDocumented, expectRecords, type Json, patient, runs, send } from './support.js';

const ids = ['customer_id', 'device_id', 'session_id', 'product_id', 'sku', 'category_id', 'category_code', 'order_id'];
const amounts = ['price', 'order_total', 'tax', 'shipping'];
/** What the record says for a field of the wire. */
const written = (name: string, value: unknown): unknown =>
  ids.includes(name) ? String(value) : amounts.includes(name) ? Number(value) + 0 : value;

describe('a record', () => {
  test('has every field that was sent, and is valid against the published schema', patient, async () => {
    const property = fc.asyncProperty(goodEnvelope, goodEvent(1), async (fields, event) => {
      const sent = await send(JSON.stringify({ ...fields, events: [event] }));
      expectDocumented(sent);
      expectRecords(sent.put);
      const { items = [{}], ...whole } = event as Json & { items?: Json[] };
      expect(sent.answer).toMatchObject({ accepted: 1, rejected: [] });
      expect(sent.records).toHaveLength(items.length);
      for (const [name, value] of Object.entries(whole)) {
        if (['event_id', 'event_time', 'properties', 'page_url', 'page_title'].includes(name)) continue;
        const [first, ...others] = sent.records.map((record) => record[name]);
        expect(first, name).toEqual(written(name, value));
        const once = ['order_total', 'tax', 'shipping'].includes(name);
        for (const other of others) expect(other, name).toEqual(once ? undefined : written(name, value));
      }
      // Each line of the order is there once, whatever its number.
      const left = sent.records.map((record) => ({ ...record }));
      for (const item of items) {
        const at = left.findIndex((record) =>
          Object.entries({ ...(whole['properties'] ? { properties: whole['properties'] } : {}), ...item }).every(
            ([name, value]) => JSON.stringify(record[name]) === JSON.stringify(written(name, value)),
          ),
        );
        expect(at, JSON.stringify(item)).toBeGreaterThanOrEqual(0);
        left.splice(at, 1);
      }
    });
    await fc.assert(property, runs(700));
  });

  test('is the same when its request comes again, but for the time of arrival', patient, async () => {
    const property = fc.asyncProperty(
      goodEnvelope,
      goodEvents(4),
      fc.array(badText, { maxLength: 3 }),
      async (fields, events, bad) => {
        const list = [...events.map((event) => JSON.stringify(event)), ...bad].join(',');
        const body = `${JSON.stringify({ ...fields, sent_at: undefined }).slice(0, -1)},"events":[${list}]}`;
        const first = await send(body);
        const second = await send(body);
        expect(second.answer).toEqual(first.answer);
        expect(second.put).toEqual(first.put);
        expect(second.buried).toEqual(first.buried);
        expect(new Set(first.put.map((record) => record.id)).size).toBe(
          new Set(first.records.map((record) => `${record['event_type']} ${record['event_id']}`)).size,
        );
      },
    );
    await fc.assert(property, runs(300));
  });

  const lastInstant = 253_402_300_799_999;
  const instant = fc.oneof(
    fc.integer({ min: 0, max: lastInstant }),
    fc.constantFrom(0, -0, 1, now, now - 10_000, now - 10_001, now + 10_000, now + 10_001, lastInstant),
    fc.integer({ min: now - 20_000, max: now + 20_000 }),
  );
  test("of any clock has the sender's time, corrected where the clock is more than 10 s off", patient, async () => {
    const property = fc.asyncProperty(instant, fc.option(instant, { nil: undefined }), async (time, sentAt) => {
      const event = { event_id: id(1), event_type: 'view', event_time: time, product_id: '1' };
      const { put, records, answer } = await send(
        JSON.stringify({ v: 1, key: 'demo', device_id: 'd', session_id: 's', sent_at: sentAt, events: [event] }),
      );
      expectRecords(put);
      const off = sentAt === undefined ? 0 : now - sentAt;
      const corrected = Math.abs(off) > 10_000;
      const expected = Math.min(Math.max(corrected ? time + off : time, 0), lastInstant);
      expect(records[0]).toMatchObject({ event_time_raw: time + 0, event_time: new Date(expected).toISOString() });
      expect(records[0]?.['flags']).toEqual(corrected ? ['clock_corrected'] : undefined);
      expect(answer['warnings']).toEqual(corrected ? [{ index: 0, code: 'clock_corrected' }] : undefined);
    });
    await fc.assert(property, runs(500));
  });

  test.each([-1, 0.5, lastInstant + 1, Number.MAX_SAFE_INTEGER, '1795253400123', null, true, []])(
    'is not made of an event whose time is %j',
    async (event_time) => {
      const event = { event_id: id(1), event_type: 'view', event_time, product_id: '1' };
      const { records, rejected } = await send(JSON.stringify({ v: 1, key: 'demo', device_id: 'd', events: [event] }));
      expect(records).toEqual([]);
      expect(rejected).toMatchObject([{ index: 0, path: '/event_time' }]);
    },
  );
});

describe('an order', () => {
  const line = fc
    .record({
      product_id: fc.constantFrom('1', '2', 'é'),
      sku: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
      price: fc.option(fc.constantFrom(1, '1.0', 2.5), { nil: undefined }),
      quantity: fc.option(fc.constantFrom(1, 2), { nil: undefined }),
    })
    // Everything else follows from what lines are sorted by.
    .map((item) => ({
      ...item,
      product_name: JSON.stringify([item.product_id, item.sku, Number(item.price), item.quantity]),
    }));
  const lines = fc.array(line, { minLength: 1, maxLength: 12 });
  test('has the same records in whatever order its lines are listed', patient, async () => {
    const shuffled = lines.chain((items) =>
      fc.tuple(fc.constant(items), fc.shuffledSubarray(items, { minLength: items.length, maxLength: items.length })),
    );
    const report = async (items: object[], eventId: number): Promise<Json[]> => {
      const order = { event_id: id(eventId), event_type: 'purchase', event_time: now, order_id: 'A', tax: 1, items };
      const { put, records } = await send(JSON.stringify({ v: 1, key: 'demo', device_id: 'd', events: [order] }));
      expectRecords(put);
      return records;
    };
    const property = fc.asyncProperty(shuffled, async ([items, others]) => {
      const records = await report(items, 1);
      expect(await report(others, 2)).toEqual(records);
      expect(new Set(records.map((record) => record['event_id'])).size).toBe(items.length);
      expect(records.map((record) => record['line'])).toEqual(items.map((_, at) => at + 1));
    });
    await fc.assert(property, runs(300));
  });
});
