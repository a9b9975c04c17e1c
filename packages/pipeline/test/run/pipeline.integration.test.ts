import { writeFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  CreateStreamCommand,
  DeleteStreamCommand,
  MergeShardsCommand,
  SplitShardCommand,
} from '@aws-sdk/client-kinesis';
import { startFaultProxy } from '@rastro/collector/dev';
import { createKinesisClient } from '@rastro/collector/kinesis';
import { expect, test } from 'vitest';
import { readManifest } from '../../src/lake.js';
import { startDevPipeline, startPipeline } from '../../src/run.js';
import { createDynamoClient, webhookChannel } from '../../src/windows.js';
import { view } from '../windows/support.js';
import { atEnd, createWorld, eventually, robot, startIn } from './support.js';

test('events are in the lake and counted when it has finished, and a robot is warned of once', async () => {
  const world = await createWorld({ shards: 4 });
  const alerts: string[] = [];
  const pipeline = await startIn(world, {
    channels: [
      async (alert) => {
        alerts.push(alert.alert_id);
      },
    ],
  });
  await world.put([...robot(), ...robot({ site: 'other' }).slice(0, 80), view()]);
  await pipeline.finish();
  expect(await world.counts()).toEqual({ 'robot view': 260, 'ana view': 1 });
  expect(pipeline.status()).toMatchObject({ rows: 261, errors: 0, pendingAlerts: 0 });
  expect(alerts).toEqual(['shop:robot:2026-11-20T09:30:00.000Z']);
  expect(pipeline.alerts().map(({ alert_id }) => alert_id)).toEqual(alerts);

  // Late events after the alert are counted and no news.
  const again = await startIn(world, {
    channels: [
      async (alert) => {
        alerts.push(alert.alert_id);
      },
    ],
  });
  await world.put(robot());
  await again.finish();
  expect((await world.counts())['robot view']).toBe(440);
  expect(alerts).toHaveLength(1);
  expect(pipeline.errors).toEqual([]);
});

test('a channel that is broken holds up no counting, and gets its alert at a later start', async () => {
  const world = await createWorld();
  let status = 500;
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      if (status === 200) bodies.push(JSON.parse(body).alert_id);
      response.writeHead(status).end();
    });
  }).listen(0, '127.0.0.1');
  atEnd(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const channels = [webhookChannel({ url, firstDelayMs: 1 })];

  const first = await startIn(world, { channels });
  await world.put([...robot(), view()]);
  await first.finish();
  expect(await world.counts()).toEqual({ 'robot view': 180, 'ana view': 1 });
  expect(first.status().pendingAlerts).toBe(1);
  expect(first.errors[0]).toContain(`alerts: An alert was not taken by webhook ${url}`);

  status = 200;
  const second = await startIn(world, { channels });
  await second.finish();
  expect(bodies).toEqual(['shop:robot:2026-11-20T09:30:00.000Z']);
  expect(second.status().pendingAlerts).toBe(0);
});

test('finishing ends with what is in the way when the table fails for good, and the next start counts all of it once', async () => {
  const world = await createWorld();
  const nobody = createDynamoClient({ endpoint: 'http://127.0.0.1:1', region: 'us-east-1' });
  atEnd(() => nobody.destroy());
  const broken = await startIn(world, { dynamo: nobody }, { patienceMs: 1_000 });
  await world.put([view(), view(), view({ event_type: 'cart' })]);
  await expect(broken.finish()).rejects.toThrow(/'counts' fails and gets no further: .*ECONNREFUSED/s);
  expect(broken.status().rows).toBe(3);
  await expect(broken.settled()).rejects.toThrow(/closed/);

  const mended = await startIn(world);
  await mended.finish();
  expect(await world.counts()).toEqual({ 'ana view': 2, 'ana cart': 1 });
});

test('finishing says so when the second stream goes away, and nothing is lost with it', async () => {
  const world = await createWorld();
  const proxy = await startFaultProxy({ target: world.kinesis.endpoint });
  atEnd(() => proxy.stop());
  const second = createKinesisClient({ endpoint: proxy.endpoint, region: 'us-east-1' });
  atEnd(() => second.destroy());
  const broken = await startIn(world, { client: second, emitSeconds: 900 }, { patienceMs: 1_000 });
  await world.put([view()]);
  await broken.settled();
  await proxy.down();
  await expect(broken.finish()).rejects.toThrow(/windows/);
  const mended = await startIn(world);
  await mended.finish();
  expect(await world.counts()).toEqual({ 'ana view': 1 });
});

test('closing waits for no table that never answers', async () => {
  const world = await createWorld();
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  atEnd(() => {
    silent.closeAllConnections();
    silent.close();
  });
  let asked = false;
  silent.on('request', () => {
    asked = true;
  });
  await new Promise((resolve) => silent.once('listening', resolve));
  const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const dynamo = createDynamoClient({ endpoint, region: 'us-east-1' });
  atEnd(() => dynamo.destroy());
  const pipeline = await startIn(world, { dynamo });
  await world.put(Array.from({ length: 500 }, (_, user) => view({ customer_id: `user ${user}` })));
  await eventually(() => asked);
  // 500 rows, 16 at a time, six tries of 3 s each would be ten minutes.
  await pipeline.close();
  const mended = await startIn(world);
  await mended.finish();
  const counts = await world.counts();
  expect(Object.keys(counts)).toHaveLength(500);
  expect(new Set(Object.values(counts))).toEqual(new Set([1]));
}, 30_000);

test('a disk that is full holds up no closing, and what was not written is read again', async () => {
  const world = await createWorld();
  const { nodeFiles } = await import('../../src/lake/files.js');
  const full = async (): Promise<never> => {
    throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  };
  let isFull = true;
  const files = new Proxy(nodeFiles, {
    get: (target, name) => {
      const given = Reflect.get(target, name) as unknown;
      if (!isFull || typeof given !== 'function' || !/^(write|rename|sync|commit|replace)/.test(String(name)))
        return given;
      return full;
    },
  });
  isFull = false;
  const errors: string[] = [];
  const ended: unknown[] = [];
  const pipeline = await startPipeline({
    client: world.client,
    streamName: 'events',
    directory: world.directory,
    lake: { files, maxBufferedBytes: 1_000, flushRecords: 1 },
    onError: (error) => errors.push((error as Error).message),
    onEnd: (error) => ended.push(error),
  });
  atEnd(() => pipeline.close().catch(() => {}));
  isFull = true;
  await world.put(Array.from({ length: 100 }, () => view()));
  await eventually(() => errors.length > 0);
  await expect(pipeline.close()).rejects.toThrow(/ENOSPC/);
  expect(ended).toEqual([]);
  const mended = await startPipeline({ client: world.client, streamName: 'events', directory: world.directory });
  await mended.finish();
  expect(mended.status().rows).toBe(100);
}, 30_000);

test('what is not counted is told, and costs nothing else', async () => {
  const world = await createWorld();
  const pipeline = await startIn(world);
  await world.put([
    view(),
    '',
    '{',
    '[]',
    '"text"',
    Buffer.from([0xff, 0xfe]),
    `{"__proto__":{"site":"x"},"constructor":1}`,
    `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
    view({ event_time: '9999-12-31T23:59:59.999Z' }),
    view({ event_time: '0001-01-01T00:00:00Z' }),
    view({ event_time: 17 }),
    view({ customer_id: 12345, session_id: undefined }),
    view({ customer_id: 'a\nb#c\u202e' }),
    view({ customer_id: '__proto__', event_type: '__proto__' }),
    view({ event_type: '!alert' }),
    view({ properties: { big: 'x'.repeat(900_000) } }),
    view({ event_type: 'x'.repeat(257) }),
  ]);
  await pipeline.finish();
  const counts = await world.counts();
  expect(counts).toEqual({
    'ana view': 4,
    'a\nb#c\u202e view': 1,
    '__proto__ __proto__': 1,
    'ana !alert': 1,
  });
  expect(pipeline.errors.join('\n')).toMatch(/windows: \d+ records were not counted/);
  const { rows, errors } = pipeline.status();
  expect({ rows, errors }).toEqual({ rows: 8, errors: 9 });
});

test('one user with 20,000 events in a minute is counted exactly and warned of once', async () => {
  const world = await createWorld();
  const pipeline = await startIn(world);
  const types = ['view', 'cart', 'purchase', 'remove_from_cart'];
  await world.put(
    Array.from({ length: 20_000 }, (_, index) =>
      view({ event_type: types[index % 4], order_id: `o-${index}`, session_id: `s-${index}` }),
    ),
  );
  await pipeline.finish();
  expect(await world.counts()).toEqual({
    'ana view': 5_000,
    'ana cart': 5_000,
    'ana purchase': 5_000,
    'ana remove_from_cart': 5_000,
  });
  expect(pipeline.alerts()).toHaveLength(1);
  expect(pipeline.errors).toEqual([]);
}, 60_000);

test('shards of both streams are split and merged while it runs and while it is stopped, and each event counts once', async () => {
  const world = await createWorld();
  const half = String(2n ** 127n);
  const split = (StreamName: string, ShardToSplit: string, at = half) =>
    world.client.send(new SplitShardCommand({ StreamName, ShardToSplit, NewStartingHashKey: at }));
  const merge = (StreamName: string, ShardToMerge: string, AdjacentShardToMerge: string) =>
    world.client.send(new MergeShardsCommand({ StreamName, ShardToMerge, AdjacentShardToMerge }));
  const burst = () => world.put(Array.from({ length: 50 }, (_, user) => view({ customer_id: `user ${user % 10}` })));
  const shard = (number: number): string => `shardId-${String(number).padStart(12, '0')}`;

  const first = await startIn(world);
  await burst();
  await split('events', shard(0));
  await split('rows', shard(0));
  await burst();
  await first.settled();
  await first.close();
  await burst();
  await eventually(() =>
    merge('events', shard(1), shard(2)).then(
      () => true,
      () => false,
    ),
  );
  await eventually(() =>
    merge('rows', shard(1), shard(2)).then(
      () => true,
      () => false,
    ),
  );
  await burst();
  const second = await startIn(world);
  await burst();
  await second.finish();
  const counts = await world.counts();
  expect(Object.values(counts)).toEqual(Array.from({ length: 10 }, () => 25));
  expect(second.status().rows).toBe(250);
  expect([...first.errors, ...second.errors]).toEqual([]);
}, 60_000);

test('streams that are made anew under their names are read from their beginning at the next start', async () => {
  const world = await createWorld();
  const first = await startIn(world);
  await world.put([view()]);
  await first.finish();
  // The emulator tells instants of creation, and sequence numbers, apart by the second.
  const second = () => Math.floor(Date.now() / 1000);
  const madeIn = second();
  await eventually(async () => second() > madeIn);
  for (const StreamName of ['events', 'rows']) {
    await world.client.send(new DeleteStreamCommand({ StreamName }));
    await eventually(() =>
      world.client.send(new CreateStreamCommand({ StreamName, ShardCount: 1 })).then(
        () => true,
        () => false,
      ),
    );
  }
  await eventually(() =>
    world.put([view()]).then(
      () => true,
      () => false,
    ),
  );
  const again = await startIn(world);
  await again.finish();
  expect(await world.counts()).toEqual({ 'ana view': 2 });
  expect(again.status().rows).toBe(2);
});

test('an outage of the stream is waited out', async () => {
  const world = await createWorld();
  const proxy = await startFaultProxy({ target: world.kinesis.endpoint });
  atEnd(() => proxy.stop());
  const client = createKinesisClient({ endpoint: proxy.endpoint, region: 'us-east-1', timeoutMs: 500 });
  atEnd(() => client.destroy());
  const pipeline = await startIn(world, {}, { client });
  const users = (from: number) => Array.from({ length: 40 }, (_, at) => view({ customer_id: `user ${from + at}` }));
  await world.put(users(0));
  await proxy.down('reset');
  await world.put(users(40));
  await eventually(() => pipeline.errors.length > 3);
  await proxy.up();
  proxy.set({
    internalFailure: 0.2,
    unavailable: 0.1,
    resetAfter: 0.2,
    hangAfter: 0.05,
    recordThrottled: 0.3,
    expiredToken: 0.05,
  });
  await world.put(users(80));
  await eventually(() => pipeline.status().rows === 120);
  proxy.set({ internalFailure: 0, unavailable: 0, resetAfter: 0, hangAfter: 0, recordThrottled: 0, expiredToken: 0 });
  await pipeline.finish();
  const counts = await world.counts();
  expect(Object.keys(counts)).toHaveLength(120);
  expect(new Set(Object.values(counts))).toEqual(new Set([1]));
}, 60_000);

test('a second process, or one on the same folder, is refused and leaves nothing behind', async () => {
  const world = await createWorld();
  const pipeline = await startIn(world);
  await expect(startIn(world)).rejects.toThrow(/in use|another process/i);
  await world.put([view()]);
  await pipeline.finish();
  expect(await world.counts()).toEqual({ 'ana view': 1 });
});

test.each([
  ['lake/lake.json', '{"version":1'],
  ['state/windows/reader.json', 'nonsense'],
  ['state/counts/reader.json', '{"version":2}'],
])('%s that cannot be read is refused by its name, and leaves nothing running', async (name, content) => {
  const world = await createWorld();
  const first = await startIn(world);
  await world.put([view()]);
  await first.finish();
  const path = join(world.directory, name);
  const good = await readFile(path);
  writeFileSync(path, content);
  await expect(startIn(world)).rejects.toThrow(name.split('/').at(-1));
  await writeFile(path, good);
  const second = await startIn(world);
  await second.finish();
  expect(await world.counts()).toEqual({ 'ana view': 1 });
});

test('a second stream that is missing, or is the first one, is refused at the start', async () => {
  const world = await createWorld();
  await expect(startIn(world, { streamName: 'nowhere' })).rejects.toThrow(/'nowhere' cannot be described/);
  await expect(startIn(world, { streamName: 'events' })).rejects.toThrow(TypeError);
  await expect(startIn(world, {}, { streamName: 'nowhere' })).rejects.toThrow(/'nowhere' cannot be described/);
  await expect(startIn(world, { threshold: 0 })).rejects.toThrow(TypeError);
  await expect(startIn(world, { emitSeconds: 0 })).rejects.toThrow(/counting.emitSeconds must be .* got 0/);
  await expect(startIn(world, { time: 'arrival', emitSeconds: 10 })).rejects.toThrow(/counting.emitSeconds must be/);
  // The folder is free.
  await (await startIn(world)).finish();
});

test('closing twice, while it settles and after it has finished, ends once', async () => {
  const world = await createWorld();
  const pipeline = await startIn(world);
  await world.put([view()]);
  const settling = pipeline.settled().catch((error: Error) => error.message);
  await Promise.all([pipeline.close(), pipeline.close()]);
  expect([undefined, 'The pipeline was closed before all was read']).toContain(await settling);
  await expect(pipeline.finish()).rejects.toThrow(/closed/);
  await pipeline.close();
});

test('two pipelines for development beside one stream, and one after the other, count alone', async () => {
  const world = await createWorld();
  const stream = { streamName: 'events', endpoint: world.kinesis.endpoint, region: 'us-east-1' };
  const start = async (name: string, emitSeconds: number) => {
    await mkdir(join(world.directory, name), { recursive: true });
    const dev = await startDevPipeline({ stream, directory: join(world.directory, name), emitSeconds });
    atEnd(() => dev.close());
    return dev;
  };
  const sumOf = async (dev: Awaited<ReturnType<typeof start>>): Promise<number> => {
    const client = createDynamoClient({ endpoint: dev.dynamo.endpoint, region: 'us-east-1' });
    const { scanCounts } = await import('../../src/windows.js');
    let sum = 0;
    for await (const { qtd_event } of scanCounts(client, dev.dynamo.table)) sum += qtd_event;
    client.destroy();
    return sum;
  };
  const [a, b] = [await start('a', 1), await start('b', 2)];
  await world.put([view(), view()]);
  await a.finish();
  await world.put([view()]);
  await b.finish();
  expect([await sumOf(a), await sumOf(b)]).toEqual([2, 3]);
  await Promise.all([a.close(), a.close(), b.close()]);
  const c = await start('c', 1);
  await c.finish();
  expect(await sumOf(c)).toBe(3);
  await c.close();
});

test('the lake names as many events as there are', async () => {
  const world = await createWorld();
  const pipeline = await startIn(world);
  const events = [view(), view()];
  await world.put([...events, ...events]);
  await pipeline.finish();
  const { files } = await readManifest(pipeline.lakeDirectory);
  expect(files.filter(({ dataset }) => dataset === 'events').reduce((sum, { rows }) => sum + rows, 0)).toBe(2);
  expect(await world.counts()).toEqual({ 'ana view': 2 });
  await rm(world.directory, { recursive: true, force: true });
});

test('a threshold above what a row carries by default is seen crossed', async () => {
  const world = await createWorld();
  const pipeline = await startIn(world, { threshold: 300 });
  await world.put(Array.from({ length: 320 }, (_, at) => view({ event_type: 'purchase', order_id: `o-${at}` })));
  await pipeline.finish();
  expect(pipeline.alerts()).toEqual([expect.objectContaining({ interactions: 301, threshold: 300 })]);
});

test('a table that throttles, fails, hangs and loses answers has each event once, and one alert', async () => {
  const world = await createWorld({ shards: 2 });
  const proxy = await startFaultProxy({ target: world.dynamo.endpoint });
  atEnd(() => proxy.stop());
  const dynamo = createDynamoClient({ endpoint: proxy.endpoint, region: 'us-east-1' });
  atEnd(() => dynamo.destroy());
  const operations = ['UpdateItem', 'Query', 'GetItem'];
  const faults = {
    throttled: 0.1,
    internalFailure: 0.05,
    unavailable: 0.05,
    resetBefore: 0.05,
    resetAfter: 0.1,
    hangAfter: 0.003,
  };
  proxy.set({ operations, ...faults });
  const alerts: string[] = [];
  const pipeline = await startIn(world, {
    dynamo,
    channels: [
      async ({ alert_id }) => {
        alerts.push(alert_id);
      },
    ],
  });
  const burst = (from: number) => Array.from({ length: 60 }, (_, at) => view({ customer_id: `user ${from + at}` }));
  await world.put([...robot(), ...burst(0)]);
  await pipeline.settled();
  await world.put([...burst(0), ...burst(60)]);
  await pipeline.finish();
  const { 'robot view': ofRobot, ...others } = await world.counts();
  expect(ofRobot).toBe(180);
  expect(Object.keys(others)).toHaveLength(120);
  expect(Object.values(others).reduce((sum, count) => sum + count)).toBe(180);
  expect(new Set(alerts)).toEqual(new Set(['shop:robot:2026-11-20T09:30:00.000Z']));
  expect(proxy.counts()).toBeDefined();
}, 60_000);
