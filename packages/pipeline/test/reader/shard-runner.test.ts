import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { KinesisEvent, TumblingWindowEvent } from '../../src/lambda-event.js';
import type { Patience, ReadRecord } from '../../src/reader/follow.js';
import {
  createShardRunner,
  type Discarded,
  maxStateBytes,
  type RunnerContext,
  type ShardRunner,
} from '../../src/reader/shard-runner.js';
import { openStateFile, type StateFile } from '../../src/reader/state-file.js';
import { afterwards, scratch } from '../support/scratch.js';

type WindowEvent = TumblingWindowEvent<Record<string, number>>;
interface Bench {
  runner: ShardRunner;
  file: StateFile;
  errors: string[];
  discarded: Discarded[];
  waits: number[];
  stop: AbortController;
  context: RunnerContext;
  /** Puts records into the runner as one batch; each is its text, `at` its arrival. */
  put(...records: [number: number, at: number, text?: string][]): Promise<void>;
}

async function bench(
  invoke: (event: never) => unknown,
  options: Partial<RunnerContext> = {},
  directory?: string,
): Promise<Bench> {
  const file = await openStateFile(directory ?? (await scratch()));
  afterwards(() => file.close());
  const errors: string[] = [];
  const discarded: Discarded[] = [];
  const waits: number[] = [];
  const stop = new AbortController();
  const patience = { backOff: async (failures: number) => void waits.push(failures) } as Patience;
  const context: RunnerContext = {
    name: 'test',
    invoke: async (event) => invoke(event as never),
    source: { awsRegion: 'r', eventSourceARN: 'arn', invokeIdentityArn: 'role' },
    file,
    batchSize: 100,
    windowMs: 0,
    graceMs: 5,
    maxRetries: Number.POSITIVE_INFINITY,
    bisect: false,
    dedup: true,
    counts: { records: 0, duplicates: 0, discarded: 0, invocations: 0, failures: 0 },
    onDiscard: (one) => void discarded.push(one),
    onError: (error) => errors.push((error as Error).message),
    patience,
    signal: stop.signal,
    checkLock: () => {},
    ...options,
  };
  const runner = createShardRunner('s', context);
  const put = (...given: [number, number, string?][]): Promise<void> => {
    const records = given.map(
      ([number, arrivedAt, text]): ReadRecord => ({
        shardId: 's',
        partitionKey: 'k',
        sequenceNumber: String(number),
        arrivedAt,
        data: Buffer.from(text ?? `{"event_id":"e${number}"}`),
      }),
    );
    return runner.take({
      shardId: 's',
      records,
      lastSequenceNumber: records.at(-1)?.sequenceNumber ?? '0',
      millisBehindLatest: 0,
    });
  };
  return { runner, file, errors, discarded, waits, stop, context, put };
}
const numbers = (event: KinesisEvent): number[] => event.Records.map(({ kinesis }) => Number(kinesis.sequenceNumber));
const failing = (...sequenceNumbers: (number | string)[]): object => ({
  batchItemFailures: sequenceNumbers.map((number) => ({ itemIdentifier: String(number) })),
});

test('passes only what is dealt with, and goes on from the lowest record that failed', async () => {
  const calls: number[][] = [];
  const positions: unknown[] = [];
  const answers = [failing(3, 2), failing('unknown'), undefined];
  const { put, file, errors, context } = await bench((event: KinesisEvent) => {
    calls.push(numbers(event));
    positions.push(file.get('s').position);
    return answers.shift();
  });
  await put([1, 0], [2, 0], [3, 0]);
  expect(calls).toEqual([
    [1, 2, 3],
    [2, 3],
    [2, 3],
  ]);
  expect(positions).toEqual([undefined, '1', '1']);
  expect(file.get('s').position).toBe('3');
  expect(errors).toEqual([
    expect.stringContaining('record 2'),
    expect.stringContaining('"unknown", no record of the batch'),
  ]);
  expect(context.counts).toEqual({ records: 3, duplicates: 0, discarded: 0, invocations: 3, failures: 2 });
});

test('the same batch comes again, ever later, until the function works', async () => {
  let calls = 0;
  const { put, file, waits, errors } = await bench(() => {
    if (++calls < 5) throw new Error('down');
  });
  await put([1, 0]);
  expect(calls).toBe(5);
  expect(waits).toEqual([0, 1, 2, 3]);
  expect(errors[0]).toBe('test: an invocation for s failed: down');
  expect(file.get('s').position).toBe('1');
});

test('a batch that is given up is told with its reason, and before it is passed', async () => {
  let heard = 0;
  const { put, file, discarded, waits, context } = await bench(
    () => {
      throw new Error('poison');
    },
    {
      maxRetries: 2,
      onDiscard: (one) => {
        expect(file.get('s').position).toBeUndefined();
        if (++heard === 1) throw new Error('nobody listens');
        discarded.push(one);
      },
    },
  );
  await put([1, 0], [2, 0]);
  expect(context.counts.invocations).toBe(3);
  expect(waits).toEqual([0, 1, 0]);
  expect(discarded).toMatchObject([{ shardId: 's', reason: 'poison', records: [{ sequenceNumber: '1' }, {}] }]);
  expect(context.counts.discarded).toBe(2);
  expect(file.get('s').position).toBe('2');
});

test('bisecting leaves the record alone that cannot be dealt with', async () => {
  const dealtWith: number[] = [];
  const { put, discarded } = await bench(
    (event: KinesisEvent) => {
      if (numbers(event).includes(5)) throw new Error('poison');
      dealtWith.push(...numbers(event));
    },
    { maxRetries: 1, bisect: true },
  );
  await put(...Array.from({ length: 9 }, (_, n): [number, number] => [n, 0]));
  expect(dealtWith).toEqual([0, 1, 2, 3, 4, 6, 7, 8]);
  expect(discarded.map(({ records }) => records.map(({ sequenceNumber }) => sequenceNumber))).toEqual([['5']]);
});

test('duplicates are dropped, also after a restart; what is no event never is', async () => {
  const directory = await scratch();
  const calls: number[][] = [];
  const handler = (event: KinesisEvent): void => void calls.push(numbers(event));
  const { put, file, context } = await bench(handler, {}, directory);
  await put([1, 0, '{"event_id":"a"}'], [2, 0, '{"event_id":"a"}'], [3, 0, 'x'], [4, 0, 'x']);
  await put([5, 0, '{"event_id":"a"}']);
  expect(calls).toEqual([[1, 3, 4]]);
  expect(context.counts.duplicates).toBe(2);
  expect(file.get('s').position).toBe('5');
  await file.close();
  const again = await bench(handler, {}, directory);
  await again.put([6, 0, '{"event_id":"a"}'], [7, 0, '{"event_id":"b"}']);
  expect(calls).toEqual([[1, 3, 4], [7]]);
});

test('a batch that was never dealt with is not remembered: its events come again', async () => {
  const directory = await scratch();
  const { put, stop, file } = await bench(
    (event: KinesisEvent) => {
      if (!numbers(event).includes(2)) return;
      stop.abort();
      throw new Error('killed');
    },
    { batchSize: 1 },
    directory,
  );
  await put([1, 0], [2, 0], [3, 0]);
  await file.close();
  const calls: number[][] = [];
  const again = await bench((event: KinesisEvent) => void calls.push(numbers(event)), {}, directory);
  expect(again.file.get('s').position).toBe('1');
  await again.put([2, 0], [3, 0]);
  expect(calls).toEqual([[2, 3]]);
});

/** Counts, and keeps what it emits. */
function counter(): { invoke: (event: WindowEvent) => object; emitted: unknown[]; events: WindowEvent[] } {
  const emitted: unknown[] = [];
  const events: WindowEvent[] = [];
  const invoke = (event: WindowEvent): object => {
    events.push(event);
    const state = { ...event.state };
    for (const number of numbers(event)) state[number] = 1;
    if (event.isFinalInvokeForWindow)
      emitted.push([event.window.start, Object.keys(state).join(), event.isWindowTerminatedEarly]);
    return { state };
  };
  return { invoke, emitted, events };
}
const windows = { windowMs: 60_000 };

test('a window ends with the first record of the next; its state is handed on and then dropped', async () => {
  const { invoke, emitted, events } = counter();
  const { put, file } = await bench(invoke, { ...windows, batchSize: 2 });
  await put([1, 0], [2, 1], [3, 59_999], [4, 60_000]);
  expect(events.map((event) => [event.window.start, numbers(event), event.isFinalInvokeForWindow])).toEqual([
    ['1970-01-01T00:00:00Z', [1, 2], false],
    ['1970-01-01T00:00:00Z', [3], false],
    ['1970-01-01T00:00:00Z', [], true],
    ['1970-01-01T00:01:00Z', [4], false],
  ]);
  expect(events.map(({ state }) => Object.keys(state).length)).toEqual([0, 2, 3, 0]);
  expect(events[2]).toEqual({
    Records: [],
    window: { start: '1970-01-01T00:00:00Z', end: '1970-01-01T00:01:00Z' },
    state: { 1: 1, 2: 1, 3: 1 },
    shardId: 's',
    eventSourceARN: 'arn',
    isFinalInvokeForWindow: true,
    isWindowTerminatedEarly: false,
  });
  expect(emitted).toEqual([['1970-01-01T00:00:00Z', '1,2,3', false]]);
  expect(file.get('s')).toEqual({ position: '4', window: { start: 60_000, end: 120_000 }, state: '{"4":1}' });
});

test('the window of an idle shard is closed once its end and the grace have passed; a late record opens it again', async () => {
  const { invoke, emitted } = counter();
  const { put, runner } = await bench(invoke, windows);
  await put([1, 30_000]);
  await runner.caughtUp(60_004);
  expect(emitted).toEqual([]);
  await runner.caughtUp(60_005);
  await runner.caughtUp(60_006);
  expect(emitted).toEqual([['1970-01-01T00:00:00Z', '1', false]]);
  await put([2, 59_000]);
  await runner.end();
  expect(emitted.slice(1)).toEqual([['1970-01-01T00:00:00Z', '2', true]]);
});

test('the end of a shard closes its window early and is kept', async () => {
  const { invoke, emitted } = counter();
  const { put, runner, file } = await bench(invoke, windows);
  await put([1, 30_000]);
  await runner.end();
  expect(emitted).toEqual([['1970-01-01T00:00:00Z', '1', true]]);
  expect(file.get('s')).toEqual({ position: 'END' });
});

test('a state over 1 MB ends the window early, and the rest of it begins with nothing', async () => {
  const states: unknown[] = [];
  const { put } = await bench(
    (event: WindowEvent) => {
      states.push([Object.keys(event.state).length, event.isFinalInvokeForWindow, event.isWindowTerminatedEarly]);
      return { state: { text: 'x'.repeat(numbers(event)[0] === 1 ? maxStateBytes : 1) } };
    },
    { ...windows, batchSize: 1 },
  );
  await put([1, 0], [2, 0], [3, 0]);
  expect(states).toEqual([
    [0, false, false],
    [1, true, true],
    [0, false, false],
    [1, false, false],
  ]);
});

test('an answer without state is a failure, of the final invocation as well', async () => {
  const answers: unknown[] = [{}, { state: { a: 1 } }, undefined, { state: {} }];
  const { put, runner, context, errors } = await bench(() => answers.shift(), windows);
  await put([1, 0]);
  await runner.end();
  expect(context.counts).toMatchObject({ invocations: 4, failures: 2, records: 1 });
  expect(errors[0]).toContain('the answer has no state');
});

test('with windows a partial failure keeps the state of what is dealt with, a whole one that of before', async () => {
  const seen: unknown[] = [];
  const answers: object[] = [
    { state: { n: 1 }, ...failing(2) },
    { state: { n: 99 }, ...failing(2) },
    { state: { n: 2 } },
  ];
  const { put } = await bench((event: WindowEvent) => {
    seen.push([numbers(event), event.state]);
    return answers.shift();
  }, windows);
  await put([1, 0], [2, 0]);
  expect(seen).toEqual([
    [[1, 2], {}],
    [[2], { n: 1 }],
    [[2], { n: 1 }],
  ]);
});

test('a final invocation is on the disk before it is made, and comes again with the same state before anything else', async () => {
  const directory = await scratch();
  const finals: unknown[] = [];
  const first = await bench(
    async (event: WindowEvent) => {
      if (!event.isFinalInvokeForWindow) return { state: { ...event.state, [numbers(event).join()]: 1 } };
      const written = JSON.parse(await readFile(join(directory, 'reader.json'), 'utf8'));
      expect(written.shards.s).toMatchObject({ position: '1', closing: { early: true } });
      finals.push([event.state, event.isWindowTerminatedEarly]);
      // The process ends here: what it emitted is out, and nobody knows.
      first.stop.abort();
      throw new Error('killed');
    },
    windows,
    directory,
  );
  await first.put([1, 0]);
  await first.runner.end();
  await first.file.close();
  expect(first.file.get('s').position).toBe('1');

  const { invoke, events } = counter();
  const second = await bench(invoke, windows, directory);
  await second.put([2, 1]);
  expect(events.map((event) => [numbers(event), event.state, event.isWindowTerminatedEarly])).toEqual([
    [[], { 1: 1 }, true],
    [[2], {}, false],
  ]);
  expect(finals).toEqual([[{ 1: 1 }, true]]);
});

test('a final invocation that is given up is told with what was counted', async () => {
  const { put, runner, discarded } = await bench(
    (event: WindowEvent) => {
      if (event.isFinalInvokeForWindow) throw new Error('down');
      return { state: { n: 7 } };
    },
    { ...windows, maxRetries: 1 },
  );
  await put([1, 0]);
  await runner.end();
  expect(discarded).toEqual([
    {
      shardId: 's',
      records: [],
      reason: 'down',
      window: { start: '1970-01-01T00:00:00Z', end: '1970-01-01T00:01:00Z' },
      state: { n: 7 },
    },
  ]);
});

test('finishing a window tries once, and leaves it as it is when that fails', async () => {
  let down = true;
  const { put, runner, file } = await bench((event: WindowEvent) => {
    if (event.isFinalInvokeForWindow && down) throw new Error('down');
    return { state: { n: 1 } };
  }, windows);
  await put([1, 0]);
  expect(await runner.finishWindow()).toBe(false);
  expect(file.get('s')).toMatchObject({ state: '{"n":1}', closing: { early: true } });
  down = false;
  expect(await runner.finishWindow()).toBe(true);
  expect(file.get('s')).toEqual({ position: '1' });
});
