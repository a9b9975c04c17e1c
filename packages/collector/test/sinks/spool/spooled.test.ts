import { describe, expect, test } from 'vitest';
import { type StreamRole, silentObserver } from '../../../src/core/observer.js';
import type { PutOptions, Sink, SinkFailure, SinkRecord } from '../../../src/core/types.js';
import { createMemorySink } from '../../../src/sinks/memory.js';
import { type Spool, type SpooledOptions, type SpooledSink, spooled } from '../../../src/spool.js';
import { sinkContract } from '../contract.js';
import {
  drainAll,
  type Fault,
  failure,
  faultyFiles,
  numberOf,
  numbers,
  open,
  record,
  recordingLog,
  scratch,
  until,
} from './support.js';

for (const mode of ['fallback', 'first'] as const) {
  sinkContract(`spooled, ${mode},`, async () => {
    const inner = createMemorySink();
    const spool = await open({ directory: await scratch() });
    const sink = spooled(inner, spool, { mode, onRefused: async () => {} });
    const read = async () => {
      await until(() => spool.idle);
      return [...inner.records];
    };
    return { sink, read };
  });
}

interface Call {
  readonly records: readonly SinkRecord[];
  readonly options: PutOptions | undefined;
  answer(failures?: readonly SinkFailure[]): void;
  fail(error: Error): void;
}

/** A sink whose answers the test gives; `answer` set, it answers by itself. */
function manual() {
  const calls: Call[] = [];
  const sink = {
    calls,
    closed: false,
    auto: undefined as ((records: readonly SinkRecord[]) => readonly SinkFailure[]) | undefined,
    put(records: readonly SinkRecord[], options?: PutOptions): Promise<readonly SinkFailure[]> {
      return new Promise((resolve, reject) => {
        calls.push({ records, options, answer: (failures = []) => resolve(failures), fail: reject });
        if (sink.auto) resolve(sink.auto(records));
      });
    },
    async close() {
      sink.closed = true;
      for (const { records, answer } of calls) answer(refusal(records, true));
    },
  };
  return sink;
}
const refusal = (records: readonly SinkRecord[], retryable: boolean): SinkFailure[] =>
  records.map((_, index) => ({ index, retryable, message: 'said so' }));
const namesOf = (records: readonly SinkRecord[]): number[] => records.map(numberOf);

async function setup(options: Partial<SpooledOptions> = {}) {
  const directory = await scratch();
  const disk: { fault: Fault } = { fault: () => undefined };
  const spool = await open({ directory, files: faultyFiles((...given) => disk.fault(...given)) });
  const inner = manual();
  const told = { spooled: 0, drained: 0 };
  const observer = {
    ...silentObserver,
    spooled: (stream: StreamRole, n: number) => {
      if (stream === 'dead_letters') told.spooled += n;
    },
    drained: (stream: StreamRole, n: number) => {
      if (stream === 'dead_letters') told.drained += n;
    },
  };
  const log = recordingLog();
  const refused: number[] = [];
  const sink = spooled(inner, spool, {
    mode: 'fallback',
    onRefused: async (records) => void refused.push(...namesOf(records)),
    observer,
    stream: 'dead_letters',
    log,
    baseDelayMs: 1,
    maxDelayMs: 4,
    ...options,
  });
  const call = async (at: number): Promise<Call> => {
    await until(() => inner.calls.length > at);
    return inner.calls[at] as Call;
  };
  return { directory, disk, spool, inner, sink, told, log, refused, call };
}

describe('spooled, fallback', () => {
  test('gives records straight to the sink, with the options of the put, and touches no disk', async () => {
    const { sink, inner, spool, call } = await setup();
    const put = sink.put(numbers(0, 2), { deadlineMs: 7 });
    expect(await call(0)).toMatchObject({ records: numbers(0, 2), options: { deadlineMs: 7 } });
    inner.calls[0]?.answer();
    expect(await put).toEqual([]);
    expect(spool.status()).toMatchObject({ records: 0, segments: 0 });
  });

  test('spools what the sink gives up on, then all that comes, and drains in order; then goes straight again', async () => {
    const { sink, inner, spool, told, call } = await setup();
    const first = sink.put(numbers(0, 3));
    (await call(0)).answer([{ index: 1, retryable: true, message: 'down' }]);
    expect(await first).toEqual([]);
    expect(await sink.put(numbers(3, 5))).toEqual([]);
    const drain = await call(1);
    expect(drain.options).toEqual({ deadlineMs: Number.POSITIVE_INFINITY });
    expect(namesOf(drain.records)).toEqual([1]);
    const next = await call(2);
    expect(namesOf(next.records)).toEqual([3, 4]);
    next.answer();
    // On its way to the stream: what comes goes behind it.
    expect(await sink.put(numbers(5, 6))).toEqual([]);
    expect(sink.status()).toMatchObject({ draining: true });
    drain.answer();
    (await call(3)).answer();
    await until(() => spool.idle);
    const straight = sink.put(numbers(6, 7));
    expect((await call(4)).options).toBeUndefined();
    inner.calls[4]?.answer();
    await straight;
    expect(inner.calls.slice(1).flatMap(({ records }) => namesOf(records))).toEqual([1, 3, 4, 5, 6]);
    expect(told).toEqual({ spooled: 4, drained: 4 });
  });

  test('what failed of a later put waits for the puts before it, and so does all that comes', async () => {
    const { sink, spool, call } = await setup();
    const puts = [sink.put([record(0), record(1)]), sink.put([record(2)])];
    (await call(1)).answer(refusal([record(2)], true));
    await new Promise(setImmediate);
    const third = sink.put([record(3)]);
    await new Promise(setImmediate);
    expect(spool.idle).toBe(true);
    (await call(0)).answer([{ index: 0, retryable: true, message: 'down' }]);
    expect(await Promise.all([...puts, third])).toEqual([[], [], []]);
    const drained: number[] = [];
    for (let at = 2; drained.length < 3; at++) {
      const { records, answer } = await call(at);
      drained.push(...namesOf(records));
      answer();
    }
    expect(drained).toEqual([0, 2, 3]);
  });

  test('a put that succeeds is answered at once, whatever the puts before it wait for', async () => {
    const { sink, call } = await setup();
    const slow = sink.put([record(0)]);
    const quick = sink.put([record(1)]);
    (await call(1)).answer();
    expect(await quick).toEqual([]);
    (await call(0)).answer();
    expect(await slow).toEqual([]);
  });

  test('what the sink refuses for good is the answer of a put', async () => {
    const { sink, refused, call } = await setup();
    const put = sink.put(numbers(0, 3));
    const final = { index: 2, retryable: false, message: 'too large' };
    (await call(0)).answer([{ index: 0, retryable: true, message: 'down' }, final]);
    expect(await put).toEqual([final]);
    (await call(1)).answer();
    expect(refused).toEqual([]);
  });

  test('a sink that throws has failed for all records', async () => {
    const { sink, call } = await setup();
    const put = sink.put(numbers(0, 2));
    (await call(0)).fail(new Error('broken'));
    expect(await put).toEqual([]);
    expect(namesOf((await call(1)).records)).toEqual([0, 1]);
    (await call(1)).answer();
  });

  test('what the disk does not take either has failed, and says both reasons', async () => {
    const { sink, disk, inner, call } = await setup();
    disk.fault = (operation) => (operation === 'write' ? failure('ENOSPC') : undefined);
    const put = sink.put(numbers(0, 3));
    const final = { index: 1, retryable: false, message: 'too large' };
    (await call(0)).answer([{ index: 0, retryable: true, message: 'down' }, final]);
    expect(await put).toMatchObject([
      { index: 0, retryable: true, message: expect.stringMatching(/down; .*ENOSPC/) },
      final,
    ]);
    // Nothing is in the spool: the sink is asked again.
    const next = sink.put([record(3)]);
    (await call(1)).answer();
    expect(await next).toEqual([]);
    expect(inner.calls).toHaveLength(2);
  });

  test('too much that waits for its turn is refused', async () => {
    const { sink, call } = await setup({ maxWaiting: 100 });
    const puts = [sink.put([record(0)]), sink.put([record(1)])];
    (await call(1)).answer(refusal([record(1)], true));
    await new Promise(setImmediate);
    const more = numbers(2, 6).map((one) => sink.put([one]));
    expect(await more[3]).toMatchObject([{ index: 0, retryable: true, message: expect.stringContaining('waits') }]);
    (await call(0)).answer(refusal([record(0)], true));
    expect(await Promise.all(puts)).toEqual([[], []]);
    const drained: number[] = [];
    for (let at = 2; !drained.includes(4); at++) {
      const { records, answer } = await call(at);
      drained.push(...namesOf(records));
      answer();
    }
    expect(drained).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('spooled, first', () => {
  test('answers when the disk has the records, before the sink does', async () => {
    const { sink, call, told } = await setup({ mode: 'first' });
    expect(await sink.put(numbers(0, 3))).toEqual([]);
    expect(told).toEqual({ spooled: 3, drained: 0 });
    (await call(0)).answer();
    await until(() => told.drained === 3);
  });

  test('fails for all records when the disk does', async () => {
    const { sink, disk, inner } = await setup({ mode: 'first' });
    disk.fault = (operation) => (operation === 'sync' ? failure('EIO') : undefined);
    expect(await sink.put(numbers(0, 2))).toMatchObject([
      { index: 0, retryable: true },
      { index: 1, retryable: true, message: expect.stringContaining('EIO') },
    ]);
    expect(inner.calls).toEqual([]);
  });
});

describe('draining', () => {
  test('what the sink refuses for good is handed over, and passed over only when that has succeeded', async () => {
    let tries = 0;
    const seen: { records: number[]; failures: readonly SinkFailure[] }[] = [];
    const { sink, spool, call, log } = await setup({
      mode: 'first',
      async onRefused(records, failures) {
        expect(spool.status().records).toBe(3);
        if (++tries < 3) throw new Error('not now');
        seen.push({ records: namesOf(records), failures });
      },
    });
    await sink.put(numbers(0, 3));
    (await call(0)).answer([{ index: 1, retryable: false, message: 'too large' }]);
    await until(() => spool.idle);
    expect(seen).toEqual([{ records: [1], failures: [{ index: 0, retryable: false, message: 'too large' }] }]);
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(2);
  });

  test('a sink that gives up all the same gets the rest again, in order, before anything new', async () => {
    const { sink, spool, inner, call } = await setup({ mode: 'first' });
    await sink.put([record(0), record(1)]);
    await call(0);
    await sink.put([record(2)]);
    await call(1);
    inner.calls[0]?.answer([{ index: 1, retryable: true, message: 'down' }]);
    await sink.put([record(3)]);
    await new Promise(setImmediate);
    expect(inner.calls).toHaveLength(2);
    inner.calls[1]?.answer(refusal([record(2)], true));
    expect(namesOf((await call(2)).records)).toEqual([1]);
    inner.calls[2]?.answer(refusal([record(1)], true));
    expect(namesOf((await call(3)).records)).toEqual([1]);
    inner.calls[3]?.answer();
    expect(namesOf((await call(4)).records)).toEqual([2]);
    inner.calls[4]?.answer();
    expect(namesOf((await call(5)).records)).toEqual([3]);
    inner.calls[5]?.answer();
    await until(() => spool.idle);
  });

  test('keeps several batches on their way, and no more than it may', async () => {
    const directory = await scratch();
    const before = await open({ directory });
    const large = (n: number): SinkRecord => ({ ...record(n), data: JSON.stringify({ n, x: 'x'.repeat(200_000) }) });
    for (let n = 0; n < 20; n++) await before.append([large(n)]);
    await before.close();
    const spool = await open({ directory });
    const inner = manual();
    spooled(inner, spool, { mode: 'fallback', onRefused: async () => {}, maxOutstandingBytes: 1_000_000 });
    await until(() => inner.calls.length === 5);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(inner.calls).toHaveLength(5);
    for (let at = 0; at < 20; at++) {
      await until(() => inner.calls.length > at);
      inner.calls[at]?.answer();
    }
    await until(() => spool.idle);
    expect(inner.calls.flatMap(({ records }) => namesOf(records))).toEqual(numbers(0, 20).map(numberOf));
  });

  test('begins with what an earlier process left', async () => {
    const { directory, sink, inner } = await setup({ mode: 'first' });
    await sink.put(numbers(0, 5));
    await sink.close();
    expect(inner.closed).toBe(true);
    const spool = await open({ directory });
    const stream = createMemorySink();
    spooled(stream, spool, { mode: 'fallback', onRefused: async () => {} });
    await until(() => spool.idle);
    expect(namesOf(stream.records)).toEqual([0, 1, 2, 3, 4]);
  });

  test('goes on when the disk can be read again', async () => {
    const { sink, spool, disk, call } = await setup({ mode: 'first' });
    disk.fault = (operation) => (operation === 'read' ? failure('EIO') : undefined);
    await sink.put(numbers(0, 2));
    await new Promise((resolve) => setTimeout(resolve, 10));
    disk.fault = () => undefined;
    (await call(0)).answer();
    await until(() => spool.idle);
  });
});

describe('closing', () => {
  test('spools what the sink gives up on at its end, and takes no more', async () => {
    const { directory, sink, call } = await setup();
    const put = sink.put(numbers(0, 3));
    await call(0);
    const closed = sink.close();
    expect(await sink.put([record(9)])).toMatchObject([{ index: 0, retryable: true }]);
    expect(await put).toEqual([]);
    await closed;
    expect(namesOf(await drainAll(await open({ directory })))).toEqual([0, 1, 2]);
  });

  test('waits no longer for a sink that does not end than it may', async () => {
    const { directory, sink, inner, log, call } = await setup({ mode: 'first', closeTimeoutMs: 5 });
    inner.close = () => new Promise(() => {});
    await sink.put(numbers(0, 3));
    const late = await call(0);
    await sink.close();
    expect(log.lines).toMatchObject([{ level: 'warn' }]);
    const spool = await open({ directory });
    // An answer this late changes nothing of what the next process has.
    late.answer();
    await new Promise(setImmediate);
    expect(namesOf(await drainAll(spool))).toEqual([0, 1, 2]);
  });

  test('ends once', async () => {
    const { sink } = await setup();
    expect(sink.close()).toBe(sink.close());
    await sink.close();
  });
});

const keys = ['k0', 'k1', 'k2', 'k3'];

/**
 * A stream that goes up and down, behind a producer that keeps the order within a key: it sends in the order of the calls,
 * and what it gives up on takes all later ones of the key along, until the put has been answered.
 */
function createProducer(random: () => number) {
  interface Entry {
    readonly record: SinkRecord;
    readonly put: Put;
    readonly index: number;
  }
  interface Put {
    left: number;
    readonly patient: boolean;
    readonly failures: SinkFailure[];
    readonly keys: Set<string>;
    resolve(failures: SinkFailure[]): void;
  }
  const stream: SinkRecord[] = [];
  let queue: Entry[] = [];
  /** Puts that gave up on the key and have not said so. */
  const blocked = new Map<string, number>();
  const settle = (put: Put): void => {
    if (--put.left > 0) return;
    for (const key of put.keys) blocked.set(key, (blocked.get(key) ?? 0) - 1);
    put.resolve(put.failures);
  };
  const giveUp = ({ record: { partitionKey }, put, index }: Entry): void => {
    put.failures.push({ index, retryable: true, message: 'gave up' });
    if (!put.keys.has(partitionKey)) {
      put.keys.add(partitionKey);
      blocked.set(partitionKey, (blocked.get(partitionKey) ?? 0) + 1);
    }
    settle(put);
  };
  const sink: Sink = {
    put: (records, options) =>
      new Promise((resolve) => {
        const patient = options?.deadlineMs === Number.POSITIVE_INFINITY;
        const put: Put = { left: records.length, patient, failures: [], keys: new Set(), resolve };
        for (const [index, one] of records.entries()) {
          const entry = { record: one, put, index };
          if (blocked.get(one.partitionKey)) giveUp(entry);
          else queue.push(entry);
        }
      }),
  };
  return {
    sink,
    stream,
    /** Sends some, of a few keys: others are slow. */
    send(): void {
      const slow = new Set(keys.filter(() => random() < 0.3));
      const most = Math.floor(random() * 12);
      const sent = queue.filter(({ record: { partitionKey } }) => !slow.has(partitionKey)).slice(0, most);
      queue = queue.filter((entry) => !sent.includes(entry));
      for (const { record: one, put } of sent) {
        stream.push(one);
        settle(put);
      }
    },
    /** Loses patience with one, and so with those behind it. */
    lose(): void {
      const entry = queue.filter(({ put }) => !put.patient)[0];
      if (!entry) return;
      const gone = queue
        .slice(queue.indexOf(entry))
        .filter(({ record: one }) => one.partitionKey === entry.record.partitionKey);
      queue = queue.filter((one) => !gone.includes(one));
      for (const one of gone) giveUp(one);
    },
  };
}

describe('the order within a key', () => {
  const lehmer = (seed: number) => {
    let state = seed * 16_807 + 1;
    return () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
  };
  const run = async (spool: Spool, seed: number, mode: 'fallback' | 'first') => {
    const random = lehmer(seed);
    const producer = createProducer(random);
    const sink: SpooledSink = spooled(producer.sink, spool, {
      mode,
      onRefused: async () => {},
      baseDelayMs: 1,
      maxDelayMs: 2,
      maxOutstandingBytes: 3_000,
    });
    const puts: Promise<readonly SinkFailure[]>[] = [];
    let next = 0;
    let spooledOnce = false;
    for (let step = 0; step < 200; step++) {
      const up = step % 100 < 40 || step % 100 > 70;
      if (random() < 0.6) {
        puts.push(
          sink.put(
            Array.from({ length: 1 + Math.floor(random() * 5) }, () => record(next++, `k${Math.floor(random() * 4)}`)),
          ),
        );
      }
      if (up && random() < 0.8) producer.send();
      if (!up && random() < 0.3) producer.lose();
      spooledOnce ||= !spool.idle;
      if (random() < 0.5) await new Promise(setImmediate);
    }
    let settled = false;
    const all = Promise.all(puts).then((failures) => {
      settled = true;
      return failures;
    });
    await until(() => {
      producer.send();
      return settled && spool.idle;
    });
    expect((await all).flat()).toEqual([]);
    expect(spooledOnce).toBe(true);
    expect(namesOf(producer.stream).toSorted((a, b) => a - b)).toEqual(numbers(0, next).map(numberOf));
    for (const key of keys) {
      const order = namesOf(producer.stream.filter(({ partitionKey }) => partitionKey === key));
      expect(order).toEqual(order.toSorted((a, b) => a - b));
    }
  };

  test.each(Array.from({ length: 20 }, (_, seed) => seed + 1))(
    'holds over straight, spool and straight: run %i',
    async (seed) => {
      await run(await open({ directory: await scratch(), segmentBytes: 4_096 }), seed, 'fallback');
    },
  );
  test.each([1, 2, 3])('holds when all goes through the spool: run %i', async (seed) => {
    await run(await open({ directory: await scratch(), segmentBytes: 4_096 }), seed, 'first');
  });
});
