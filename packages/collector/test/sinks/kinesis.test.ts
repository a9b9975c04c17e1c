import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { createKinesisSink, type KinesisSink, type KinesisSinkOptions } from '@rastro/collector/kinesis';
import { describe, expect, test } from 'vitest';
import { record } from './contract.js';

type Answer = (keys: string[], call: number) => ('ok' | string)[] | Error | Promise<('ok' | string)[]>;

/** A sink whose calls are answered as told, and the calls it made: keys, and the text of each record. */
function fake(
  answer: Answer,
  options: Partial<KinesisSinkOptions> = {},
): { sink: KinesisSink; calls: string[][]; texts: string[][] } {
  const calls: string[][] = [];
  const texts: string[][] = [];
  const sink = createKinesisSink({
    client: {} as KinesisClient,
    streamName: 's',
    trackShards: false,
    lingerMs: 0,
    baseDelayMs: 0,
    putRecords: async (_stream, entries) => {
      const keys = entries.map(({ partitionKey }) => partitionKey);
      calls.push(keys);
      texts.push(entries.map(({ data }) => String(data)));
      const results = await answer(keys, calls.length);
      if (results instanceof Error) throw results;
      return keys.map((_, at) => {
        const code = results[at] ?? 'NoAnswer';
        return code === 'ok' ? undefined : { code, message: 'm' };
      });
    },
    ...options,
  });
  return { sink, calls, texts };
}
const named = (name: string): Error => Object.assign(new Error('said so'), { name });
const keyed = (...keys: string[]) => keys.map((partitionKey, n) => record(n, { partitionKey }));
const ok = (keys: string[]): string[] => keys.map(() => 'ok');
const throttled = 'ProvisionedThroughputExceededException';

describe('createKinesisSink', () => {
  test('puts only the failed records again', async () => {
    const { sink, calls } = fake((keys, call) => keys.map((key) => (call < 4 && key === 'b' ? throttled : 'ok')));
    expect(await sink.put(keyed('a', 'b', 'c'))).toEqual([]);
    expect(calls.map((keys) => [...keys].sort())).toEqual([['a', 'b', 'c'], ['b'], ['b'], ['b']]);
  });

  test('pauses longer after each failure, with full jitter, at most a second', async () => {
    let time = 0;
    const pauses: number[] = [];
    let last = 0;
    const { sink } = fake(
      (_keys, call) => {
        if (call > 1) pauses.push(time - last);
        last = time;
        return call < 9 ? [throttled] : ['ok'];
      },
      { baseDelayMs: 50, random: () => 1, now: () => (time += 1), deadlineMs: 1e9 },
    );
    // A clock that goes on by itself: the pauses are those of the sink, whatever the machine's timers do.
    const tick = setInterval(() => (time += 200), 1);
    expect(await sink.put(keyed('a'))).toEqual([]);
    clearInterval(tick);
    for (const [at, pause] of pauses.entries()) expect(pause).toBeGreaterThanOrEqual(Math.min(1_000, 50 * 2 ** at));
  });

  test('says which records failed at the deadline, and that sending again may help', async () => {
    let time = 0;
    const { sink, calls } = fake(
      (keys) => {
        time += 1_000;
        return keys.map((key) => (key === 'b' ? 'InternalFailure' : 'ok'));
      },
      { now: () => ++time, deadlineMs: 2_500 },
    );
    expect(await sink.put(keyed('a', 'b'))).toEqual([{ index: 1, retryable: true, message: 'InternalFailure: m' }]);
    expect(calls).toHaveLength(3);
  });

  test('names the error of a call that keeps failing', async () => {
    const { sink } = fake(() => named('TimeoutError'), { deadlineMs: 0, now: () => 0 });
    expect(await sink.put(keyed('a'))).toEqual([
      { index: 0, retryable: true, message: 'PutRecords on s: TimeoutError: said so' },
    ]);
  });

  test('takes an answer with fewer results than records as failure of the rest', async () => {
    const { sink } = fake((keys) => keys.slice(1).map(() => 'ok'), { deadlineMs: 0, now: () => 0 });
    expect(await sink.put(keyed('a', 'a'))).toMatchObject([{ index: 1, retryable: true }]);
  });

  test('finds the one record for which the service refuses the whole call', async () => {
    const { sink } = fake((keys) => (keys.includes('bad') ? named('ValidationException') : ok(keys)));
    expect(await sink.put(keyed('a', 'b', 'bad', 'd', 'e'))).toMatchObject([{ index: 2, retryable: false }]);
    expect(sink.status()).toMatchObject({ queuedRecords: 0, queuedBytes: 0, inFlight: 0 });
  });

  test('keeps the order of a key when parts of a call that was divided are to be put again', async () => {
    for (const failures of [
      ['ValidationException', 'TimeoutError', 'TimeoutError'],
      ['ValidationException', throttled],
      ['ValidationException', 'ValidationException', throttled],
    ]) {
      const landed: number[] = [];
      const { sink, texts } = fake((keys, call) => {
        const failure = failures[call - 1];
        if (failure) return named(failure);
        landed.push(...(texts[call - 1] ?? []).map((text) => JSON.parse(text).n as number));
        return ok(keys);
      });
      expect(await sink.put(keyed('k', 'k', 'k', 'k'))).toEqual([]);
      expect(landed).toEqual([0, 1, 2, 3]);
    }
  });

  test('takes a service that refuses everything for a mistake of the call, not of the records', async () => {
    const { sink, calls } = fake(() => named('ValidationException'), { deadlineMs: 0, now: () => 0 });
    const failures = await sink.put(Array.from({ length: 400 }, (_, n) => record(n, { partitionKey: 'k' })));
    expect(failures).toHaveLength(400);
    expect(failures.every(({ retryable }) => retryable)).toBe(true);
    expect(calls.length).toBeLessThan(40);
  });

  test('fails a record that the stream cannot take for good, and puts its neighbours', async () => {
    const { sink, texts } = fake(ok, { maxRecordBytes: 100 });
    const big = record(1, { data: 'é'.repeat(49), partitionKey: 'ab' });
    const failures = await sink.put([record(0), { ...big, partitionKey: 'abc' }, big]);
    expect(failures).toEqual([
      { index: 1, retryable: false, message: 'The record has 101 bytes with its key, the stream takes 100.' },
    ]);
    expect(texts.flat()).toHaveLength(2);
  });

  test('refuses a name that no stream can have, and records that no call could carry', () => {
    expect(() => fake(ok, { streamName: 'bad name' })).toThrow('streamName');
    expect(() => fake(ok, { maxRecordBytes: 10_485_760 })).toThrow('maxRecordBytes: 1–4000000 are needed');
  });

  test('keeps a call within 500 records and 4 MB', async () => {
    const { sink, calls } = fake(ok, { trackShards: false });
    await sink.put(Array.from({ length: 1001 }, (_, n) => record(n, { partitionKey: 'k' })));
    expect(calls.map(({ length }) => length)).toEqual([500, 500, 1]);
    calls.length = 0;
    await sink.put(Array.from({ length: 10 }, (_, n) => record(n, { data: 'x'.repeat(900_000), partitionKey: 'k' })));
    expect(calls.map(({ length }) => length)).toEqual([4, 4, 2]);
  });

  test('shares a call among those who wait together', async () => {
    const { sink, calls } = fake(ok, { lingerMs: 20 });
    await Promise.all([sink.put(keyed('a')), sink.put(keyed('b', 'c')), sink.put(keyed('a'))]);
    expect(calls).toHaveLength(1);
    expect([...(calls[0] ?? [])].sort()).toEqual(['a', 'a', 'b', 'c']);
  });

  test('does not wait when a call is full', async () => {
    const { sink, calls } = fake(ok, { lingerMs: 60_000 });
    await sink.put(Array.from({ length: 500 }, (_, n) => record(n)));
    expect(calls).toHaveLength(1);
  });

  test('keeps the order of a key across calls and failures', async () => {
    let seed = 7;
    const chance = (): number => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const landed: string[] = [];
    const { sink, texts } = fake(
      async (keys, call) => {
        await new Promise((resolve) => setTimeout(resolve, chance() * 4));
        if (chance() < 0.3) throw named('TimeoutError');
        const text = texts[call - 1] ?? [];
        return keys.map((_, at) => {
          if (chance() < 0.2) return throttled;
          landed.push(text[at] as string);
          return 'ok';
        });
      },
      { lingerMs: 1, strictOrder: true, deadlineMs: 1e9, maxInFlight: 4, random: chance },
    );
    const puts: Promise<unknown>[] = [];
    for (let n = 0; n < 400; n++) {
      puts.push(sink.put([record(n, { partitionKey: `k${n % 5}`, data: JSON.stringify({ n }) })]));
      if (n % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await Promise.all(puts);
    const order = landed.map((text) => JSON.parse(text).n as number);
    expect(order).toHaveLength(400);
    for (let key = 0; key < 5; key++) {
      const own = order.filter((n) => n % 5 === key);
      expect(own).toEqual([...own].sort((a, b) => a - b));
    }
  });

  test('puts a failed record again before later ones of its key', async () => {
    const { sink, texts } = fake((keys, call) => (call === 1 ? named('TimeoutError') : ok(keys)), { lingerMs: 1 });
    await Promise.all([
      sink.put([record(1, { partitionKey: 'k' })]),
      later(() => sink.put([record(2, { partitionKey: 'k' })])),
    ]);
    expect(
      texts
        .slice(1)
        .flat()
        .map((text) => JSON.parse(text).n),
    ).toEqual([1, 2]);
  });

  test('never has a key in two calls at a time, and others meanwhile', async () => {
    const open = new Map<string, number>();
    let most = 0;
    let together = 0;
    const { sink } = fake(
      async (keys) => {
        together++;
        for (const key of new Set(keys)) {
          open.set(key, (open.get(key) ?? 0) + 1);
          most = Math.max(most, open.get(key) ?? 0);
        }
        const now = together;
        await new Promise((resolve) => setTimeout(resolve, 2));
        for (const key of new Set(keys)) open.set(key, (open.get(key) ?? 0) - 1);
        together--;
        calls = Math.max(calls, now);
        return ok(keys);
      },
      { lingerMs: 0 },
    );
    let calls = 0;
    await Promise.all(
      Array.from({ length: 60 }, (_, n) => later(() => sink.put([record(n, { partitionKey: `k${n % 12}` })]), n % 7)),
    );
    expect(most).toBe(1);
    expect(calls).toBeGreaterThan(1);
    expect(calls).toBeLessThanOrEqual(8);
  });

  test('one throttled shard does not hold up the others', async () => {
    let blocked = true;
    const { sink } = fake((keys) => keys.map((key) => (key === 'hot' && blocked ? throttled : 'ok')), {
      deadlineMs: 1e9,
    });
    let hot = false;
    const waits = sink.put(keyed('hot')).then(() => {
      hot = true;
    });
    for (let n = 0; n < 20; n++) expect(await sink.put(keyed(`cold${n}`))).toEqual([]);
    expect(hot).toBe(false);
    blocked = false;
    await waits;
  });

  test('a shard that pauses is not waited for by another that has something to send', async () => {
    let hot = 0;
    const { sink } = fake(
      (keys) =>
        keys.map((key) => {
          if (key !== 'hot') return 'ok';
          hot++;
          return throttled;
        }),
      { baseDelayMs: 1_000, random: () => 1, deadlineMs: 1e9, lingerMs: 1 },
    );
    sink.put(keyed('hot'));
    while (sink.status().pausedLanes === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(await sink.put(keyed('cold0'))).toEqual([]);
    expect(hot).toBe(1);
  });

  test('gives up what waits behind a record of its key that was given up', async () => {
    let time = 0;
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { sink, texts } = fake(
      async (keys) => {
        await gate;
        time = 10_000;
        return keys.map(() => throttled);
      },
      { now: () => time, deadlineMs: 5_000 },
    );
    const first = sink.put([record(1, { partitionKey: 'k' })]);
    const second = sink.put([record(2, { partitionKey: 'k' })], { deadlineMs: 1e9 });
    release();
    expect(await first).toMatchObject([{ retryable: true }]);
    expect(await second).toMatchObject([{ retryable: true }]);
    expect(texts).toHaveLength(1);
  });

  test('gives up a key until its put has said so, but not what comes from a spool', async () => {
    let time = 0;
    let broken = true;
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { sink } = fake(
      async (keys) => {
        if (keys.includes('slow')) await gate;
        if (broken && keys.includes('k')) {
          time = 10_000;
          return keys.map((key) => (key === 'k' ? throttled : 'ok'));
        }
        return ok(keys);
      },
      { now: () => time, deadlineMs: 5_000, maxInFlight: 4 },
    );
    // Two calls, for the keys lie in two ranges: `k` is given up while its put waits for the other.
    const slow = sink.put([record(0, { partitionKey: 'slow' })]);
    const first = sink.put([record(1, { partitionKey: 'k' }), record(2, { partitionKey: 'slow' })]);
    while (time === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    broken = false;
    expect(await sink.put([record(3, { partitionKey: 'k' })])).toMatchObject([{ index: 0, retryable: true }]);
    const spooled = sink.put([record(4, { partitionKey: 'k' })], { deadlineMs: Number.POSITIVE_INFINITY });
    setTimeout(() => {
      time += 2_000;
    }, 5);
    expect(await spooled).toEqual([]);
    release();
    await Promise.all([slow, first]);
  });

  test('refuses at once what would exceed the bytes that may wait, and goes on afterwards', async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { sink } = fake((keys) => gate.then(() => ok(keys)), { maxQueueBytes: 1_000 });
    const first = sink.put([record(1, { data: 'x'.repeat(900) })]);
    expect(await sink.put([record(2, { data: 'x'.repeat(900) })])).toMatchObject([
      { index: 0, retryable: true, message: expect.stringContaining('wait for s already') },
    ]);
    release();
    expect(await first).toEqual([]);
    expect(await sink.put([record(3, { data: 'x'.repeat(900) })])).toEqual([]);
  });

  test('settles what was put before it is closed, and takes nothing after', async () => {
    const { sink } = fake((keys) => new Promise((resolve) => setTimeout(() => resolve(ok(keys)), 5)), {
      lingerMs: 5,
    });
    const before = sink.put(keyed('a', 'b'));
    // Twice, as whoever closes in a hurry does.
    await Promise.all([sink.close?.(), sink.close?.(), before.then((failures) => expect(failures).toEqual([]))]);
    expect(await sink.put(keyed('c'))).toMatchObject([{ retryable: true }]);
  });

  test('gives up what would be tried for ever once it is closed', async () => {
    const { sink } = fake((keys) => keys.map(() => throttled));
    const endless = sink.put(keyed('a'), { deadlineMs: Number.POSITIVE_INFINITY });
    await new Promise((resolve) => setTimeout(resolve, 5));
    await sink.close?.();
    expect(await endless).toMatchObject([{ index: 0, retryable: true }]);
  });

  test('tells its calls and what it puts again', async () => {
    const told: unknown[] = [];
    const { silentObserver } = await import('@rastro/collector');
    const { sink } = fake((keys, call) => keys.map((_, at) => (call === 1 && at === 0 ? throttled : 'ok')), {
      observer: {
        ...silentObserver,
        put: (role, { records, failed, outcome }) => told.push([role, records, failed, outcome]),
        retried: (role, records) => told.push([role, 'again', records]),
      },
      role: 'dead_letters',
    });
    await sink.put(keyed('a', 'a'));
    expect(told).toEqual([
      ['dead_letters', 2, 1, 'partial'],
      ['dead_letters', 'again', 1],
      ['dead_letters', 1, 0, 'ok'],
    ]);
  });
});

async function later<T>(act: () => Promise<T>, turns = 1): Promise<T> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
  return act();
}
