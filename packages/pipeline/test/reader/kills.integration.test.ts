import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { PutRecordsCommand, SplitShardCommand } from '@aws-sdk/client-kinesis';
import { createRandom, startEmbeddedKinesis } from '@rastro/collector/dev';
import { createKinesisClient } from '@rastro/collector/kinesis';
import { expect, test } from 'vitest';
import { aggregate } from '../../../collector/src/sinks/aggregate.js';
import { afterwards, scratch } from '../support/scratch.js';
import { killRepeatedly, startLife } from './support/kills.js';

const program = fileURLToPath(new URL('./child-windows.mjs', import.meta.url));

test('killed at any moment, 24 times, what it emits counts every event once', { timeout: 240_000 }, async () => {
  const streamName = 'killed';
  const kinesis = await startEmbeddedKinesis({ streams: [{ name: streamName, shards: 2 }] });
  afterwards(() => kinesis.stop());
  const { endpoint, region } = kinesis;
  const client = createKinesisClient({ endpoint, region });
  afterwards(() => client.destroy());
  const directory = join(await scratch(), 'state');
  const output = join(await scratch(), 'emitted.jsonl');
  const random = createRandom(20261120);

  const expected: Record<string, number> = {};
  let next = 0;
  /** A few events: some twice, some within an aggregate, some unreadable. */
  const put = async (): Promise<void> => {
    const Records = Array.from({ length: 1 + Math.floor(random() * 20) }, () => {
      const kind = random();
      const key = `user ${Math.floor(random() * 8)}`;
      const make = (): Buffer => {
        expected[key] = (expected[key] ?? 0) + 1;
        return Buffer.from(JSON.stringify({ site: 's', event_type: 'view', event_id: `e${next++}`, key }));
      };
      if (kind < 0.05) {
        expected['unreadable'] = (expected['unreadable'] ?? 0) + 1;
        return [{ PartitionKey: key, Data: Buffer.from('{') }];
      }
      if (kind < 0.2) {
        const parts = [make(), make(), make()].map((data) => ({ partitionKey: key, data }));
        return [{ PartitionKey: key, Data: aggregate(parts) }];
      }
      const record = { PartitionKey: key, Data: make() };
      return kind < 0.4 ? [record, record] : [record];
    }).flat();
    await client.send(new PutRecordsCommand({ StreamName: streamName, Records }));
  };
  let putting = true;
  const producer = (async () => {
    while (putting) {
      await put();
      await sleep(30);
    }
  })();

  // Lives end at a random moment; while they emit a window; and while they emit one that is not over, which the next life
  // goes on with.
  const argsOf = (life: number): string[] => {
    const kind = life % 3;
    const dieAfter = kind === 1 ? 1 + (life % 9) : 0;
    return [JSON.stringify({ endpoint, region, streamName, directory, output, dieAfter, dieFinishing: kind === 2 })];
  };
  let suicides = 0;
  await killRepeatedly({
    program,
    argsOf,
    kills: 24,
    random,
    longestLifeMs: 1_500,
    onLife: async ({ child, ended }, number) => {
      if (number === 11) {
        const NewStartingHashKey = String(2n ** 126n);
        const ShardToSplit = 'shardId-000000000000';
        await client.send(new SplitShardCommand({ StreamName: streamName, ShardToSplit, NewStartingHashKey }));
      }
      if (number % 3 === 2) {
        child.send({ finish: true });
        await ended;
      }
      if (child.signalCode === 'SIGKILL') suicides++;
    },
  });
  putting = false;
  await producer;
  const last = startLife(program, argsOf(0));
  await last.tells('ready');
  last.child.send({ finish: true });
  await last.tells('finished');
  await last.ended;

  const counted = new Map<string, { key: string; count: number }>();
  let repeated = 0;
  for (const line of (await readFile(output, 'utf8')).split('\n')) {
    if (!line.endsWith('}')) continue;
    const { id, key, count } = JSON.parse(line);
    const before = counted.get(id);
    if (before) repeated++;
    // What comes again is the same.
    expect({ key, count }).toEqual(before ?? { key, count });
    counted.set(id, { key, count });
  }
  const totals: Record<string, number> = {};
  for (const { key, count } of counted.values()) totals[key] = (totals[key] ?? 0) + count;
  expect(totals).toEqual(expected);
  // It was worth it: kills did hit the moment between an emission and the knowledge of it.
  expect(suicides).toBeGreaterThan(3);
  expect(repeated).toBeGreaterThan(3);
  expect(counted.size).toBeGreaterThan(50);
  expect([...counted.keys()].some((id) => id.startsWith('shardId-000000000002'))).toBe(true);
});
