// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DescribeStreamSummaryCommand, ListShardsCommand, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { createKinesisClient } from '@rastro/collector/kinesis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../../scripts/lib/run.mjs';
import { createAnswers, createRecordCounter, evenShards } from '../lib/put-records.mjs';

const script = join(root, 'bench/collector/null-kinesis.mjs');

describe('the record counter', () => {
  const body = Buffer.from(
    JSON.stringify({
      StreamName: 'events',
      Records: ['a', '"PartitionKey"', 'PartitionKey', '\\"PartitionKey', 'é'].map((PartitionKey) => ({
        Data: Buffer.from('{"PartitionKey":"PartitionKey"}').toString('base64'),
        PartitionKey,
      })),
    }),
  );

  it('counts the records of a call, whatever their keys say', () => {
    const counter = createRecordCounter();
    counter.add(body);
    expect(counter.count()).toBe(5);
  });

  it('counts them wherever the call is cut into parts', () => {
    for (const size of [1, 2, 3, 5, 13, 14, 15, 27, 100]) {
      const counter = createRecordCounter();
      for (let at = 0; at < body.length; at += size) counter.add(body.subarray(at, at + size));
      expect([size, counter.count()]).toEqual([size, 5]);
    }
  });
});

describe('the answers', () => {
  it('have one result per record, and are written once', () => {
    const answerOf = createAnswers(2);
    const { FailedRecordCount, Records } = JSON.parse(answerOf(3).toString());
    expect(FailedRecordCount).toBe(0);
    expect(new Set(Records.map((/** @type {{ SequenceNumber: string }} */ result) => result.SequenceNumber)).size).toBe(
      3,
    );
    expect(Records[2].ShardId).toBe('shardId-000000000000');
    expect(answerOf(3)).toBe(answerOf(3));
  });

  it('share the hash keys without a gap', () => {
    const ranges = evenShards(3).map(({ HashKeyRange: range }) => [
      BigInt(range.StartingHashKey),
      BigInt(range.EndingHashKey),
    ]);
    expect(ranges[0]?.[0]).toBe(0n);
    expect(ranges[1]?.[0]).toBe((ranges[0]?.[1] ?? 0n) + 1n);
    expect(ranges[2]?.[1]).toBe(2n ** 128n - 1n);
  });
});

describe('the null endpoint', () => {
  /** @type {import('node:child_process').ChildProcess} */
  let child;
  /** @type {string} */
  let endpoint;
  beforeAll(async () => {
    child = spawn(process.execPath, [script, '--shards', '2'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(/** @type {import('node:stream').Readable} */ (child.stdout), 'data');
    const ready = JSON.parse(String(line));
    expect(ready).toEqual({ port: expect.any(Number), null: true });
    endpoint = `http://127.0.0.1:${ready.port}`;
  });
  afterAll(async () => {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  });

  it('answers the calls of a producer, and tells how many came', async () => {
    const client = createKinesisClient({ endpoint, region: 'us-east-1' });
    const StreamName = 'any';
    const summary = await client.send(new DescribeStreamSummaryCommand({ StreamName }));
    expect(summary.StreamDescriptionSummary?.StreamStatus).toBe('ACTIVE');
    expect((await client.send(new ListShardsCommand({ StreamName }))).Shards).toHaveLength(2);
    const Records = Array.from({ length: 500 }, (_, at) => ({
      Data: Buffer.alloc(900, at),
      PartitionKey: `key ${at}`,
    }));
    const output = await client.send(new PutRecordsCommand({ StreamName, Records }));
    expect([output.FailedRecordCount, output.Records?.length]).toEqual([0, 500]);
    client.destroy();
    const told = await (await fetch(endpoint)).json();
    expect(told).toEqual({ null: true, calls: 1, records: 500 });
  });
});
