import { createMemorySink, once, type Sink, type SinkFailure } from '@rastro/collector';
import { describe, expect, test } from 'vitest';
import { envelope, event, harness, id } from '../support/collect.js';

/** A sink whose answer the test decides. */
const answering = (failures: (count: number) => SinkFailure[]): Sink => ({
  put: async (records) => failures(records.length),
});
const fail = (index: number, retryable: boolean): SinkFailure => ({ index, retryable, message: 'no' });

describe('the answer', () => {
  test.each([
    ['the stream takes one record less', { sink: answering(() => [fail(1, true)]) }],
    ['the stream throws', { sink: { put: () => Promise.reject(new Error('down')) } }],
    ['the dead-letter stream does not take the rejected one', { deadLetters: answering(() => [fail(0, true)]) }],
    [
      'neither stream takes a refused record',
      { sink: answering(() => [fail(0, false)]), deadLetters: answering((n) => (n > 0 ? [fail(0, true)] : [])) },
    ],
  ])('is 503 with Retry-After when %s', async (_what, options) => {
    const { post } = harness(options);
    const response = await post(envelope([event(1), event(2), event(3, { price: 'x' })]));
    expect(response.status).toBe(503);
    expect(response.headers['retry-after']).toBe('5');
    expect(JSON.parse(String(response.body))).toMatchObject({ error: { code: 'unavailable' } });
  });

  test('is 503 when a malformed body cannot be kept', async () => {
    const { post } = harness({ deadLetters: answering(() => [fail(0, true)]) });
    expect((await post('{')).status).toBe(503);
  });

  test('is written to the log when it is 503, with the reason', async () => {
    const lines: [object, string][] = [];
    const log = {
      info() {},
      warn() {},
      error: (details: object, message: string) => void lines.push([details, message]),
    };
    await harness({ sink: answering(() => [fail(0, true)]), log }).post(envelope([event(1)]));
    expect(lines).toEqual([[{ failed: 1, of: 1, reason: 'no' }, 'not durable']]);
  });

  test('names a record that the stream refuses for good, once it is a dead letter', async () => {
    const { answer, letters } = harness({ sink: answering(() => [fail(1, false)]) });
    expect(await answer(envelope([event(1), event(2)]))).toMatchObject({
      accepted: 1,
      rejected: [{ index: 1, event_id: id(2), code: 'record_refused' }],
    });
    expect(letters()).toMatchObject([{ code: 'record_refused', event_id: id(2), raw: JSON.stringify(event(2)) }]);
  });
});

describe('a repeat', () => {
  const shops = { sites: { demo: {}, other: {} } };
  test('is told by site, type and id: none of these alone hides an event', async () => {
    const inner = createMemorySink();
    const { answer } = harness({ ...shops, sink: once(inner) });
    await answer(envelope([event(1), event(2)]));
    await answer(envelope([event(1), event(2)]));
    await answer(envelope([event(1, { event_type: 'cart' })]));
    await answer(envelope([event(1)], { key: 'other' }));
    expect(inner.records).toHaveLength(4);
  });

  test('of a rejected event without an id is another one from another visitor', async () => {
    const inner = createMemorySink();
    const { answer } = harness({ deadLetters: once(inner) });
    for (const device_id of ['a', 'b', 'a']) await answer(envelope([{}], { device_id }));
    expect(inner.records).toHaveLength(2);
  });
});

describe('once', () => {
  const record = (name: string) => ({ id: name, partitionKey: 'k', data: '{}' });
  const recording = (): { sink: Sink; puts: string[][]; next: { failures: SinkFailure[]; gate?: Promise<void> } } => {
    const puts: string[][] = [];
    const next: { failures: SinkFailure[]; gate?: Promise<void> } = { failures: [] };
    const sink: Sink = {
      async put(records) {
        puts.push(records.map(({ id }) => id));
        const { failures } = next;
        await next.gate;
        return failures;
      },
    };
    return { sink, puts, next };
  };

  test('does not write a durable record again', async () => {
    const { sink, puts } = recording();
    const wrapped = once(sink);
    expect(await wrapped.put([record('a'), record('a'), record('b')])).toEqual([]);
    expect(await wrapped.put([record('b'), record('c')])).toEqual([]);
    expect(puts).toEqual([['a', 'b'], ['c']]);
  });

  test('writes a failed record again', async () => {
    const { sink, puts, next } = recording();
    const wrapped = once(sink);
    next.failures = [fail(1, true)];
    expect(await wrapped.put([record('a'), record('b')])).toMatchObject([{ index: 1 }]);
    next.failures = [];
    expect(await wrapped.put([record('a'), record('b')])).toEqual([]);
    expect(puts).toEqual([['a', 'b'], ['b']]);
  });

  test('lets a repeat wait for the record on its way, and share its fate', async () => {
    const { sink, puts, next } = recording();
    let open = (): void => {};
    next.gate = new Promise((resolve) => {
      open = resolve;
    });
    next.failures = [fail(0, true)];
    const wrapped = once(sink);
    const first = wrapped.put([record('a')]);
    const second = wrapped.put([record('z'), record('a')]);
    open();
    expect(await first).toMatchObject([{ index: 0 }]);
    expect(await second).toMatchObject([{ index: 0 }, { index: 1 }]);
    expect(puts).toEqual([['a'], ['z']]);
  });

  test('passes on what the sink throws, to the repeat too, and forgets', async () => {
    let broken = true;
    const wrapped = once({ put: async () => (broken ? Promise.reject(new Error('down')) : []) });
    const both = await Promise.allSettled([wrapped.put([record('a')]), wrapped.put([record('a')])]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    broken = false;
    expect(await wrapped.put([record('a')])).toEqual([]);
  });

  test('forgets the oldest beyond its bounds of number and age', async () => {
    const { sink, puts } = recording();
    let time = 0;
    const wrapped = once(sink, { maxIds: 2, keepMs: 100, now: () => time });
    await wrapped.put([record('a'), record('b'), record('c')]);
    await wrapped.put([record('a'), record('c')]);
    time = 101;
    await wrapped.put([record('c')]);
    expect(puts).toEqual([['a', 'b', 'c'], ['a'], ['c']]);
  });
});
