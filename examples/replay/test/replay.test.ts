import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { WireEvent } from '../src/events.js';
import { main } from '../src/main.js';
import { createTestIo, replay, tempDir, toCsv, useCollector, viewRows, writeTemp } from './support/run.js';

const order = [
  '2019-10-01 00:00:01 UTC,purchase,11,1487580005134238553,,runail,2.62,1,s1',
  '2019-10-01 00:00:01 UTC,view,12,1487580005134238553,,runail,2.62,2,s2',
  '2019-10-01 00:00:01 UTC,purchase,13,1487580006317032337,,,4.75,1,s1',
  '2019-10-01 00:00:01 UTC,purchase,13,1487580006317032337,,,4.75,1,s1',
];
const unique = (events: readonly WireEvent[]): WireEvent[] => [
  ...new Map(events.map((event) => [event.event_id, event])).values(),
];
const products = (events: readonly WireEvent[]): string[] =>
  events.flatMap((event) => (event.items ?? [event]).map((item) => item.product_id ?? '')).sort();

describe('what is sent', () => {
  it('is an envelope of the replay, without a clock', async () => {
    const collector = await useCollector();
    const { exitCode } = await replay(collector, [writeTemp(toCsv(viewRows(3))), '--key', 'shop']);
    expect(exitCode).toBe(0);
    const [{ events, ...envelope } = { events: [] }] = collector.envelopes;
    expect(envelope).toEqual({ v: 1, key: 'shop', source: 'replay', sdk: 'rastro-replay/0.1.0' });
    expect(events.map((event) => event.product_id)).toEqual(['5700000', '5700001', '5700002']);
  });

  it('is the same for a plain and a gzip file', async () => {
    const collector = await useCollector();
    const csv = toCsv([...viewRows(700), ...order]);
    await replay(collector, [writeTemp(csv)]);
    const plain = collector.events.splice(0);
    await replay(collector, [writeTemp(gzipSync(csv))]);
    const ids = (events: WireEvent[]): string[] => events.map((event) => event.event_id).sort();
    expect(ids(collector.events)).toEqual(ids(plain));
  });

  it('is one purchase per order, and two events for two equal rows', async () => {
    const collector = await useCollector();
    const cart = '2019-10-01 00:00:02 UTC,cart,14,1487580005134238553,,,1,1,s1';
    const { summary } = await replay(collector, [writeTemp(toCsv([...order, cart, cart]))]);
    expect(collector.events.map((event) => event.event_type)).toEqual(['view', 'purchase', 'cart', 'cart']);
    expect(collector.events[1]?.items?.map((item) => item.product_id)).toEqual(['11', '13', '13']);
    expect(unique(collector.events)).toHaveLength(4);
    expect(summary).toMatchObject({ rows_read: 6, sent: { events: 4, rows: 6 }, orders: 1 });
  });

  it('has identifiers and prices byte by byte as the file has them', async () => {
    const collector = await useCollector();
    const ids = '1515915625519388267,2144415922528452715';
    const row = '2020-09-24 11:57:06+00:00,purchase,9007199254740993,2144415922528452715,,,31.90,1515915625519388267,s';
    await replay(collector, [writeTemp(toCsv([row]))]);
    for (const id of ids.split(',')) expect(collector.bodies[0]).toContain(`"${id}"`);
    expect(collector.bodies[0]).toContain('"product_id":"9007199254740993"');
    expect(collector.bodies[0]).toContain('"price":"31.90"');
  });

  it('includes rows that no collector accepts', async () => {
    const collector = await useCollector();
    const rows = ['soon,purchase,1,,,,2,3,s', ',view,1,,,,2,3,s', '2019-11-24 19:06:48 UTC,,,,,,,,'];
    await replay(collector, [writeTemp(toCsv(rows))]);
    expect(collector.events.map((event) => event.event_time)).toEqual([
      'soon',
      undefined,
      Date.UTC(2019, 10, 24, 19, 6, 48),
    ]);
  });

  it('keeps to 500 events and 400,000 bytes per request, and to the concurrency', async () => {
    // The first answer waits for the second request; the later ones leave time for a third, if there were one.
    let second = (): void => {};
    const first = new Promise<void>((resolve) => {
      second = resolve;
    });
    const collector = await useCollector({
      async beforeAnswer(n) {
        if (n === 1) await first;
        else second();
        await new Promise((resolve) => setTimeout(resolve, 5));
      },
    });
    const long = viewRows(700).map((row) => row.replace('runail', 'x'.repeat(2000)));
    await replay(collector, [writeTemp(toCsv(viewRows(2600))), writeTemp(toCsv(long)), '--concurrency', '2']);
    expect(Math.max(...collector.envelopes.map(({ events }) => events.length))).toBe(500);
    expect(Math.max(...collector.bodies.map((body) => Buffer.byteLength(body)))).toBeLessThanOrEqual(400_000);
    expect(unique(collector.events)).toHaveLength(3300);
    expect(collector.inFlight.most).toBe(2);
  });

  it('flows at the rate that was asked for', async () => {
    const collector = await useCollector();
    const { io, summary } = await replay(collector, [writeTemp(toCsv(viewRows(100))), '--rate', '10']);
    expect(summary?.seconds).toBeGreaterThan(9);
    expect(summary?.seconds).toBeLessThan(11);
    expect(Math.max(...io.sleeps)).toBeLessThanOrEqual(100);
    expect(Math.max(...collector.envelopes.map(({ events }) => events.length))).toBeLessThan(6);
  });
});

describe('the summary', () => {
  it('counts rejections by code, in events and in rows, with an example', async () => {
    const reject = (event: WireEvent) =>
      event.items || event.product_id === '5700002'
        ? { code: 'not_a_decimal', message: 'An amount is a number.' }
        : undefined;
    const warn = (event: WireEvent) => (event.product_id === '5700003' ? 'session_missing' : undefined);
    const collector = await useCollector({ reject, warn });
    const file = writeTemp(toCsv([...order, ...viewRows(10)]));
    const { summary, exitCode, io } = await replay(collector, [file]);
    expect(exitCode).toBe(0);
    expect(summary).toMatchObject({
      rows_read: 14,
      sent: { events: 12, rows: 14 },
      accepted: { events: 10, rows: 10 },
      rejected: { events: 2, rows: 4 },
      rejected_by_code: { not_a_decimal: { events: 2, rows: 4, example: { file, message: 'An amount is a number.' } } },
      warnings: { session_missing: 1 },
      requests: 1,
      hottest_key: { key: '1487580005134238553', records: 10, share: 1 },
    });
    expect(io.out()).toContain('not_a_decimal: 4 rows in 2 events; row 1 of');
  });

  it('has the records per shard when the collector tells them', async () => {
    const streamSummary = {
      shards: { 'shardId-000': 3, 'shardId-001': 1 },
      hottest_key: { key: 'k', count: 2, share: 0.5 },
      total: 4,
    };
    const telling = await replay(await useCollector({ streamSummary }), [writeTemp(toCsv(viewRows(4)))]);
    expect(telling.io.out()).toMatch(/shardId-000 +3 +75\.0 %/);
    const silent = await replay(await useCollector(), [writeTemp(toCsv(viewRows(4)))]);
    expect(silent.io.out()).not.toContain('shard');
  });

  it('is JSON for machines', async () => {
    const { io, summary } = await replay(await useCollector(), [writeTemp(toCsv(viewRows(4))), '--json']);
    expect(JSON.parse(io.out())).toEqual(summary);
  });

  it('notes rows that are uneven or not sorted', async () => {
    const rows = [...viewRows(3).reverse(), '2019-10-02 00:00:00 UTC,view,1'];
    const { io } = await replay(await useCollector(), [writeTemp(toCsv(rows))]);
    expect(io.out()).toContain('more or fewer fields than the header: 1 row\n');
    expect(io.out()).toContain('not sorted by time: 2 rows;');
  });
});

describe('stopping and resuming', () => {
  it('sends each row once after de-duplication, whenever it was interrupted', async () => {
    const rows = [...order, ...viewRows(4000).map((row, i) => (i % 5 === 0 ? row.replace('view', 'purchase') : row))];
    const file = writeTemp(toCsv(rows));
    const stateDir = tempDir();
    let interrupt = new AbortController();
    const collector = await useCollector({
      beforeAnswer: (n) => {
        if (n % 3 === 0) interrupt.abort();
      },
      refuse: (n) => (n % 4 === 0 ? { status: 503 } : undefined),
    });
    const codes: number[] = [];
    for (let run = 0; run < 20 && codes.at(-1) !== 0; run += 1) {
      interrupt = new AbortController();
      codes.push((await replay(collector, [file], { io: createTestIo(interrupt.signal), stateDir })).exitCode);
    }
    expect(codes.length).toBeGreaterThan(2);
    expect(codes.slice(0, -1).every((code) => code === 130)).toBe(true);
    expect(codes.at(-1)).toBe(0);
    const expected = await useCollector();
    await replay(expected, [file]);
    expect(products(unique(collector.events))).toEqual(products(expected.events));
    expect(new Set(unique(collector.events).map((event) => JSON.stringify(event)))).toEqual(
      new Set(expected.events.map((event) => JSON.stringify(event))),
    );
    expect(collector.events.length).toBeLessThan(2 * expected.events.length);
  });

  it('says that a file is sent already, and sends it again with --restart', async () => {
    const collector = await useCollector();
    const file = writeTemp(toCsv(viewRows(5)));
    const stateDir = tempDir();
    await replay(collector, [file], { stateDir });
    const again = await replay(collector, [file], { stateDir });
    expect(again.exitCode).toBe(0);
    expect(again.io.out()).toContain('already sent; use --restart');
    expect(collector.bodies).toHaveLength(1);
    await replay(collector, [file, '--restart'], { stateDir });
    expect(collector.bodies).toHaveLength(2);
    expect(unique(collector.events)).toHaveLength(5);
    await replay(collector, [file, '--key', 'other'], { stateDir });
    expect(collector.bodies).toHaveLength(3);
  });

  it('stops at the limit, completes the order begun there, and goes on after it', async () => {
    const collector = await useCollector();
    const file = writeTemp(toCsv([...order, ...viewRows(5)]));
    const stateDir = tempDir();
    const first = await replay(collector, [file, '--limit', '1'], { stateDir });
    expect(first.summary?.files[0]).toMatchObject({ state: 'limited', confirmed_rows: 1 });
    expect(products(collector.events)).toEqual(['11', '13', '13']);
    expect((await replay(collector, [file, '--limit', '1'], { stateDir })).summary?.sent.events).toBe(0);
    const rest = await replay(collector, [file], { stateDir });
    expect(rest.summary?.files[0]).toMatchObject({ state: 'sent', resumed_after: 1, confirmed_rows: 9 });
    expect(unique(collector.events)).toHaveLength(7);
  });

  it('stops with exit code 1 when the collector refuses, and keeps no row for confirmed that is not', async () => {
    const error = { code: 'unknown_key', message: 'No site has this key.' };
    const collector = await useCollector({ refuse: (n) => (n > 2 ? { status: 401, body: { error } } : undefined) });
    const stateDir = tempDir();
    const file = writeTemp(toCsv(viewRows(3000)));
    const { exitCode, summary, io } = await replay(collector, [file, file, '--concurrency', '1'], { stateDir });
    expect(exitCode).toBe(1);
    expect(io.err()).toContain('401 unknown_key: No site has this key.');
    expect(summary?.error).toContain('unknown_key');
    expect(summary?.files).toEqual([{ file, state: 'failed', resumed_after: 0, confirmed_rows: 1000 }]);
    const state = readFileSync(join(stateDir, readdirSync(stateDir)[0] as string), 'utf8');
    expect(JSON.parse(state)).toMatchObject({ file, rows: 1000, done: false, key: 'demo' });
  });

  it('sends what could be read of a broken file', async () => {
    const collector = await useCollector();
    const whole = gzipSync(toCsv(viewRows(5000)));
    const { exitCode, io } = await replay(collector, [writeTemp(whole.subarray(0, -5000))]);
    expect(exitCode).toBe(1);
    expect(io.err()).toContain('unexpected end of file');
    expect(collector.events.length).toBeGreaterThan(500);
  });

  it('names a state file that it cannot read', async () => {
    const collector = await useCollector();
    const stateDir = tempDir();
    const file = writeTemp(toCsv(viewRows(1)));
    await replay(collector, [file], { stateDir });
    writeFileSync(join(stateDir, readdirSync(stateDir)[0] as string), '{');
    const { exitCode, io } = await replay(collector, [file], { stateDir });
    expect(exitCode).toBe(1);
    expect(io.err()).toMatch(/\.json: is no state of a replay\. Delete it, or start over with --restart\./);
  });
});

describe('main', () => {
  it('prints help and version, and names wrong options', async () => {
    const io = createTestIo();
    expect(await main(['--help'], io)).toEqual({ exitCode: 0 });
    expect(await main(['--version'], io)).toEqual({ exitCode: 0 });
    expect(io.out()).toMatch(/Usage: .*\n0\.1\.0\n$/s);
    expect(await main(['--quick'], io)).toEqual({ exitCode: 2 });
    expect(io.err()).toContain("'--quick'");
  });

  it('does not grow with the file', async () => {
    const heap: number[] = [];
    const collector = await useCollector({
      beforeAnswer: () => {
        collector.bodies.length = collector.envelopes.length = collector.events.length = 0;
        heap.push(process.memoryUsage().heapUsed);
      },
    });
    const line = `${viewRows(1)[0]}\n`;
    const file = writeTemp(gzipSync(toCsv([]) + line.repeat(150_000), { level: 1 }));
    const { summary } = await replay(collector, [file]);
    expect(summary?.accepted.rows).toBe(150_000);
    // The least of many samples is what a collection of garbage left. A row that is kept costs some 500 bytes.
    const third = Math.floor(heap.length / 3);
    const growth = Math.min(...heap.slice(-third)) - Math.min(...heap.slice(0, third));
    expect(growth).toBeLessThan(20_000_000);
  }, 60_000);
});
