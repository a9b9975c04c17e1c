import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aggregate } from '../../../collector/src/sinks/aggregate.js';
import type { TumblingWindowEvent } from '../../src/lambda-event.js';
import { createWindowHandler, type WindowHandlerOptions } from '../../src/windows/handler.js';
import type { WindowRow } from '../../src/windows/row.js';
import { collect, type Fields, invocation, seed, sequence, totalsOf, view } from './support.js';

async function rowsOf(values: readonly unknown[], options: Partial<WindowHandlerOptions> = {}): Promise<WindowRow[]> {
  const { rows, put } = collect();
  await createWindowHandler({ put, ...options })(invocation(values));
  return rows;
}

describe('what is counted', () => {
  test('gives one row for each site, user, type and minute of the event', async () => {
    const rows = await rowsOf([
      view(),
      view(),
      view({ event_time: '2026-11-20T09:31:00.000Z' }),
      view({ customer_id: 'bo' }),
      view({ event_type: 'cart' }),
      view({ site: 'other' }),
    ]);
    expect(rows.map(({ emission_id, interactions, ...row }) => Object.values(row).join(' '))).toEqual([
      'ana view 2 2026-11-20T09:30:00.000Z 2026-11-20T09:31:00.000Z shop',
      'ana view 1 2026-11-20T09:31:00.000Z 2026-11-20T09:32:00.000Z shop',
      'ana cart 1 2026-11-20T09:30:00.000Z 2026-11-20T09:31:00.000Z shop',
      'bo view 1 2026-11-20T09:30:00.000Z 2026-11-20T09:31:00.000Z shop',
      'ana view 1 2026-11-20T09:30:00.000Z 2026-11-20T09:31:00.000Z other',
    ]);
    expect(new Set(rows.map(({ emission_id }) => emission_id))).toEqual(
      new Set([`shardId-000000000000:${sequence(6)}`]),
    );
  });

  test('counts by arrival in the minute of the invocation', async () => {
    const rows = await rowsOf([view(), view({ event_time: '2026-11-19T00:00:00.000Z' })], { time: 'arrival' });
    expect(rows).toMatchObject([
      { qtd_event: 2, window_start: '2026-11-20T09:31:00.000Z', window_end: '2026-11-20T09:32:00.000Z' },
    ]);
  });

  test.each([
    [{ customer_id: 'c', device_id: 'd', session_id: 's' }, 'c'],
    [{ customer_id: undefined, device_id: 'd', session_id: 's' }, 'd'],
    [{ customer_id: undefined, session_id: 's' }, 's'],
    [{ customer_id: '__proto__' }, '__proto__'],
    [{ customer_id: '1515915625598503848' }, '1515915625598503848'],
  ])('takes the customer, else the device, else the session for the user: %j', async (fields, user) => {
    expect(await rowsOf([view(fields)])).toMatchObject([{ user_id: user, qtd_event: 1 }]);
  });

  test('has windows of another length from the epoch on', async () => {
    const times = ['09:30:09.999', '09:30:10.000', '09:30:19.999'];
    const rows = await rowsOf(
      times.map((time) => view({ event_time: `2026-11-20T${time}Z` })),
      { windowSeconds: 10 },
    );
    expect(rows.map(({ window_start, window_end, qtd_event }) => [window_start, window_end, qtd_event])).toEqual([
      ['2026-11-20T09:30:00.000Z', '2026-11-20T09:30:10.000Z', 1],
      ['2026-11-20T09:30:10.000Z', '2026-11-20T09:30:20.000Z', 2],
    ]);
  });

  test('counts an event once that is twice in an invocation, and as two when its type or site differs', async () => {
    const twice = view({ event_id: 'a' });
    const rows = await rowsOf([twice, twice, { ...twice, event_type: 'purchase' }, { ...twice, site: 'other' }]);
    expect(rows.map(({ qtd_event }) => qtd_event)).toEqual([1, 1, 1]);
  });

  test('takes aggregates of the Kinesis Producer Library apart', async () => {
    const part = (fields: Fields) => ({ partitionKey: 'k', data: Buffer.from(JSON.stringify(fields)) });
    const bytes = aggregate([part(view()), part(view()), part(view({ event_type: 'cart' }))]);
    const rows = await rowsOf([bytes, view()]);
    expect(rows.map(({ event_type, qtd_event }) => [event_type, qtd_event])).toEqual([
      ['view', 3],
      ['cart', 1],
    ]);
  });
});

describe('what is not counted', () => {
  test.each([
    ['{', 'no JSON'],
    ['', 'no JSON'],
    [Buffer.from([0x22, 0xff, 0x22]), 'no JSON'],
    ['null', 'no JSON object'],
    ['[]', 'no JSON object'],
    [view({ site: '' }), 'no site'],
    [view({ event_type: 7 }), 'no event_type'],
    [view({ event_id: undefined }), 'no event_id'],
    [view({ event_time: '2026-11-20 09:30:00' }), 'no event_time'],
    [view({ event_time: '2026-02-30T09:30:00.000Z' }), 'no event_time'],
    [view({ event_time: 1_795_253_400_000 }), 'no event_time'],
    [view({ customer_id: undefined, session_id: undefined }), 'no customer_id, device_id or session_id'],
    ['{"site":"\\ud800"}', 'no site'],
  ])('is reported, and the rest is counted: %s', async (value, reason) => {
    const skipped: string[][] = [];
    const onSkip = (...what: string[]): void => void skipped.push(what);
    expect(await rowsOf([view(), value, view()], { onSkip })).toMatchObject([{ qtd_event: 2 }]);
    expect(skipped).toEqual([[reason, sequence(2)]]);
  });
});

describe('interactions', () => {
  const keysOf = async (values: readonly Fields[], options: Partial<WindowHandlerOptions> = {}) =>
    (await rowsOf(values, options))[0]?.interactions ?? [];

  test('are not listed for views, web vitals, cancellations and refunds', async () => {
    const types = ['view', 'web_vitals', 'cancel', 'refund', 'other'];
    const rows = await rowsOf(types.map((event_type) => view({ event_type, order_id: 'a' })));
    expect(rows.map((row) => 'interactions' in row)).toEqual(types.map(() => false));
  });

  test('are one for all lines of an order, whatever their time', async () => {
    const lines = ['09:30:01', '09:30:01', '09:30:02'].map((time) =>
      view({ event_type: 'purchase', order_id: 'A-1', event_time: `2026-11-20T${time}.000Z` }),
    );
    expect(await keysOf(lines)).toEqual([expect.stringMatching(/^[\w-]{8}$/)]);
    expect(await keysOf([...lines, view({ event_type: 'purchase', order_id: 'A-2' })])).toHaveLength(2);
  });

  test('are three at most for a bulk act, however many rows it writes', async () => {
    const bulk = Array.from({ length: 200 }, () => view({ event_type: 'remove_from_cart' }));
    expect(await keysOf(bulk)).toHaveLength(3);
    expect(await keysOf([...bulk, view({ event_type: 'remove_from_cart', session_id: 's-2' })])).toHaveLength(4);
    const later = view({ event_type: 'remove_from_cart', event_time: '2026-11-20T09:30:16.000Z' });
    expect(await keysOf([...bulk, later])).toHaveLength(4);
  });

  test('are the same for the same event on any shard', async () => {
    const cart = view({ event_type: 'cart' });
    const { rows, put } = collect();
    const handle = createWindowHandler({ put });
    await handle(invocation([cart]));
    await handle(invocation([cart], { shardId: 'shardId-000000000001' }));
    expect(rows[0]?.interactions).toEqual(rows[1]?.interactions);
    expect(rows[0]?.emission_id).not.toBe(rows[1]?.emission_id);
  });

  test('are bounded in a row, while its events are all counted', async () => {
    const orders = Array.from({ length: 300 }, (_, index) => view({ event_type: 'purchase', order_id: `A-${index}` }));
    expect(await rowsOf(orders)).toMatchObject([{ qtd_event: 300, interactions: { length: 256 } }]);
    expect(await keysOf(orders, { maxInteractions: 7 })).toHaveLength(7);
  });
});

describe('emissions', () => {
  test('wait for the end of the window, and have the last number counted though the last invocation is empty', async () => {
    const { rows, put } = collect();
    const handle = createWindowHandler({ put });
    const { state } = await handle(
      invocation([view(), view({ event_type: 'cart' }), '{'], { isFinalInvokeForWindow: false }),
    );
    expect(rows).toEqual([]);
    const last = invocation([], { state: JSON.parse(JSON.stringify(state)) });
    expect(await handle(last)).toEqual({ state: {} });
    expect(await handle(last)).toEqual({ state: {} });
    expect(rows).toHaveLength(4);
    expect(rows.slice(2)).toEqual(rows.slice(0, 2));
    expect(rows[0]?.emission_id).toBe(`shardId-000000000000:${sequence(2)}`);
  });

  test('are not made when nothing was counted', async () => {
    expect(await rowsOf([])).toEqual([]);
    expect(await rowsOf(['{'])).toEqual([]);
  });

  test('are made when the window ends early, and the next begins with nothing', async () => {
    const { rows, put } = collect();
    const early = invocation([view()], { isFinalInvokeForWindow: false, isWindowTerminatedEarly: true });
    expect(await createWindowHandler({ put })(early)).toEqual({ state: {} });
    expect(rows).toHaveLength(1);
  });

  test('that cannot be put make the invocation fail', async () => {
    const put = async () => {
      throw new Error('the stream is full');
    };
    await expect(createWindowHandler({ put })(invocation([view()]))).rejects.toThrow('the stream is full');
  });

  test('within one aggregate have ids of their own', async () => {
    const parts = Array.from({ length: 400 }, (_, index) => ({
      partitionKey: 'k',
      data: Buffer.from(JSON.stringify(view({ customer_id: `customer ${index % 200}` }))),
    }));
    const rows = await rowsOf([aggregate(parts)], { maxStateBytes: 4096 });
    expect(new Set(rows.map(({ emission_id }) => emission_id)).size).toBeGreaterThan(2);
    const known = rows.map(({ emission_id, user_id }) => `${emission_id} ${user_id}`);
    expect(new Set(known).size).toBe(rows.length);
    expect(Object.values(totalsOf(rows))).toEqual(Array(200).fill(2));
  });
});

describe('whatever the order, the repeats, the shards and the batches', () => {
  const users = ['ana', 'bo', '__proto__', 'ü ✓ "\\', '42'];
  const someEvents = fc.array(
    fc.record({
      customer_id: fc.constantFrom(...users),
      event_type: fc.constantFrom(
        'view',
        'cart',
        'remove_from_cart',
        'purchase',
        'web_vitals',
        'v',
        ':x',
        'constructor',
      ),
      site: fc.constantFrom('shop', 'constructor'),
      minute: fc.integer({ min: 0, max: 3 }),
      order_id: fc.constantFrom('A', 'B'),
      session_id: fc.constantFrom('s', 't'),
    }),
    { maxLength: 150 },
  );

  test('totals are exact, a repeated invocation emits the same rows, and no state is too large', async () => {
    await fc.assert(
      fc.asyncProperty(
        someEvents,
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        fc.array(fc.constantFrom('goes on', 'goes on', 'final', 'early'), { minLength: 1 }),
        fc.integer({ min: 1, max: 3 }),
        fc.infiniteStream(fc.boolean()),
        async (shapes, sizes, ends, shards, again) => {
          const values = shapes.map(({ minute, ...shape }) =>
            view({ ...shape, event_time: `2026-11-20T09:3${minute}:07.000Z` }),
          );
          const maxStateBytes = 4096;
          const { rows, put } = collect();
          const handle = createWindowHandler({ put, maxStateBytes });
          for (let shard = 0; shard < shards; shard++) {
            const own = values.filter((_, index) => index % shards === shard);
            let state: unknown = {};
            for (let at = 0, batch = 0; at < own.length || batch === 0; batch++) {
              const size = sizes[batch % sizes.length] as number;
              const end = at + size >= own.length ? 'final' : ends[batch % ends.length];
              const event: TumblingWindowEvent = invocation(own.slice(at, at + size), {
                first: at + 1,
                state,
                shardId: `shardId-00000000000${shard}`,
                isFinalInvokeForWindow: end === 'final',
                isWindowTerminatedEarly: end === 'early',
              });
              const before = rows.length;
              const first = await handle(event);
              if (again.next().value) {
                const emitted = rows.splice(before);
                expect(await handle(event)).toEqual(first);
                expect(rows.slice(before)).toEqual(emitted);
              }
              const text = JSON.stringify(first.state);
              expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxStateBytes);
              state = JSON.parse(text);
              at += size;
            }
          }
          const ids = rows.map((row) =>
            JSON.stringify([row.emission_id, row.site, row.user_id, row.event_type, row.window_start]),
          );
          expect(new Set(ids).size).toBe(ids.length);
          const expected: Record<string, number> = {};
          for (const { site, customer_id, event_type, event_time } of values) {
            const start = `${String(event_time).slice(0, 17)}00.000Z`;
            const key = JSON.stringify([site, customer_id, event_type, start]);
            expected[key] = (expected[key] ?? 0) + 1;
          }
          expect(totalsOf(rows)).toEqual(expected);
        },
      ),
      { seed, numRuns: 150 },
    );
  });

  test('the same records in other batches are emitted at the same places', async () => {
    await fc.assert(
      fc.asyncProperty(someEvents, fc.integer({ min: 1, max: 60 }), async (shapes, size) => {
        const values = shapes.map(({ minute, ...shape }, index) =>
          view({
            ...shape,
            event_id: createHash('md5').update(String(index)).digest('hex'),
            customer_id: `${shape.customer_id} ${index}`,
            event_time: `2026-11-20T09:3${minute}:07.000Z`,
          }),
        );
        const emit = async (batch: number): Promise<WindowRow[]> => {
          const { rows, put } = collect();
          const handle = createWindowHandler({ put, maxStateBytes: 4096 });
          let state: unknown = {};
          for (let at = 0; at < values.length; at += batch)
            ({ state } = await handle(
              invocation(values.slice(at, at + batch), { first: at + 1, state, isFinalInvokeForWindow: false }),
            ));
          await handle(invocation([], { state }));
          return rows;
        };
        expect(await emit(size)).toEqual(await emit(1000));
      }),
      { seed, numRuns: 100 },
    );
  });
});

describe('the size of the state', () => {
  const shapes: [string, (index: number) => Fields][] = [
    ['many keys', (index) => view({ event_type: 'purchase', order_id: `A-${index}` })],
    ['many events', (index) => view({ customer_id: `c${index % 145}` })],
    ['long names', (index) => view({ customer_id: `${'😀"'.repeat(60)}${index}`, event_type: `type ${index}` })],
  ];

  test.each(shapes)('stays within its bound and comes near it: %s', async (_, shape) => {
    const { rows, put } = collect();
    const handle = createWindowHandler({ put, maxStateBytes: 4096, maxInteractions: 10_000 });
    let state: unknown = {};
    let largest = 0;
    for (let first = 1; first <= 10_000; first += 20) {
      const values = Array.from({ length: 20 }, (_, index) => shape(first + index));
      ({ state } = await handle(invocation(values, { first, state, isFinalInvokeForWindow: false })));
      largest = Math.max(largest, Buffer.byteLength(JSON.stringify(state)));
    }
    expect(largest).toBeLessThanOrEqual(4096);
    expect(largest).toBeGreaterThan(3200);
    await handle(invocation([], { state }));
    expect(rows.reduce((sum, { qtd_event }) => sum + qtd_event, 0)).toBe(10_000);
  });
});

describe('misuse', () => {
  const put = async (): Promise<void> => {};

  test.each<[Record<string, unknown>, string]>([
    [{ put: undefined }, 'put must be a function, got undefined'],
    [{ time: 'ingestion' }, `time must be 'event' or 'arrival', got "ingestion"`],
    [{ windowSeconds: 0 }, 'windowSeconds must be a whole number from 1 to 900, got 0'],
    [{ windowSeconds: '60' }, 'windowSeconds must be a whole number from 1 to 900, got "60"'],
    [{ maxStateBytes: 2_000_000 }, 'maxStateBytes must be a whole number from 4096 to 1000000, got 2000000'],
    [{ maxInteractions: 0.5 }, 'maxInteractions must be a whole number from 1 to 10000, got 0.5'],
  ])('fails at start: %j', (options, message) => {
    expect(() => createWindowHandler({ put, ...options } as WindowHandlerOptions)).toThrow(new TypeError(message));
  });

  test('an event source without a tumbling window is told what to set', async () => {
    const { window, ...event } = invocation([view()]);
    await expect(createWindowHandler({ put })(event as TumblingWindowEvent)).rejects.toThrow(
      'set TumblingWindowInSeconds',
    );
  });

  test('a window of another length than that counted by arrival is told', async () => {
    const handle = createWindowHandler({ put, time: 'arrival', windowSeconds: 30 });
    await expect(handle(invocation([view()]))).rejects.toThrow(
      "windowSeconds is 30, but the event source's window has 60 s",
    );
  });

  test('a state of somebody else is refused, not counted', async () => {
    const event = invocation([view()], { state: { counts: 3 } });
    await expect(createWindowHandler({ put })(event)).rejects.toThrow('not one that this handler returned');
  });
});
