import { GetRecordsCommand, GetShardIteratorCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import { type EmbeddedKinesis, startEmbeddedKinesis } from '@rastro/collector/dev';
import { createKinesisClient } from '@rastro/collector/kinesis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createReadiness } from '../../src/adapters/readiness.js';
import { checkStreams } from '../../src/sinks/stream-check.js';
import { createStreamProbe } from '../../src/sinks/stream-probe.js';

const names = { streamName: 'shop', deadLetterStreamName: 'letters' };
let kinesis: EmbeddedKinesis;
let client: KinesisClient;
beforeAll(async () => {
  kinesis = await startEmbeddedKinesis({ streams: Object.values(names).map((name) => ({ name, shards: 1 })) });
  client = createKinesisClient({ endpoint: kinesis.endpoint, region: kinesis.region });
});
afterAll(async () => {
  client.destroy();
  await kinesis.stop();
});

test('streams of an emulator are in order, with notes', async () => {
  const findings = await checkStreams(client, names);
  expect(findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
  expect(findings).toContainEqual(
    expect.objectContaining({ stream: 'shop', code: 'shards', message: expect.stringContaining('1 open shard') }),
  );
});

test('a stream that is not there is named', async () => {
  const findings = await checkStreams(client, { ...names, streamName: 'none' });
  expect(findings[0]).toMatchObject({ stream: 'none', severity: 'error', code: 'stream_missing' });
});

test('asking whether an emulator is ready writes nothing', async () => {
  const probe = createStreamProbe(client, names.streamName);
  const signal = new AbortController().signal;
  for (let n = 0; n < 3; n++) expect(await probe(signal)).toEqual({ ok: true, text: 'the stream is ACTIVE' });
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({
      StreamName: names.streamName,
      ShardId: 'shardId-000000000000',
      ShardIteratorType: 'TRIM_HORIZON',
    }),
  );
  const { Records } = await client.send(new GetRecordsCommand({ ShardIterator }));
  expect(Records).toEqual([]);
});

test('a collector before an emulator becomes ready, and is not when a stream is missing', async () => {
  const patience = { waitMs: 20_000 };
  expect(await createReadiness({ client, ...names, ...patience }).check()).toMatchObject({ ready: true });
  const missing = createReadiness({ client, ...names, streamName: 'none', ...patience });
  expect(await missing.check()).toMatchObject({
    ready: false,
    checks: { stream: expect.stringContaining('there is no stream none') },
  });
});

test('a service that refuses connections is not ready, and the answer says why', async () => {
  const other = await startEmbeddedKinesis();
  const deaf = createKinesisClient({ endpoint: other.endpoint, region: other.region });
  await other.stop();
  const { ready, checks } = await createReadiness({ client: deaf, ...names, waitMs: 20_000 }).check();
  expect(ready).toBe(false);
  expect(checks['stream']).toMatch(/ECONNREFUSED/);
  expect((await checkStreams(deaf, names)).map(({ code }) => code)).toContain('not_checked');
  deaf.destroy();
});
