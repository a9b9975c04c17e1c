import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startEmbeddedKinesis } from '@rastro/collector/dev';
import { assemble, createKinesisClient } from '@rastro/collector/kinesis';
import { createHandler, handler, type LambdaEvent } from '@rastro/collector/lambda';
import { afterEach, expect, test, vi } from 'vitest';
import { readStream } from '../../../../e2e/support/read-stream.js';
import { envelope, event } from '../support/collect.js';
import { answerOf, httpApi, loadBalancer, restApi } from '../support/lambda.js';

afterEach(() => void vi.unstubAllEnvs());

const fresh = (n: number): object => ({ ...event(n), event_time: Date.now() });
const bodyOf = (...events: object[]): string => JSON.stringify(envelope(events, { sent_at: Date.now() }));

/** A port on which nothing listens. */
async function deadEndpoint(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

test('the ready-made handler starts once, and what it answered 200 for is on the stream', async () => {
  const streams = ['events', 'letters'];
  const kinesis = await startEmbeddedKinesis({ streams: streams.map((name) => ({ name, shards: 1 })) });
  vi.spyOn(console, 'log').mockReturnValue(undefined);
  try {
    // A setting that is missing fails this call, not those after it.
    vi.stubEnv('KINESIS_STREAM', '');
    await expect(handler(httpApi)).rejects.toThrow('KINESIS_STREAM');
    vi.stubEnv('KINESIS_STREAM', 'events');
    vi.stubEnv('DEAD_LETTER_STREAM', 'letters');
    vi.stubEnv('RASTRO_KEYS', 'demo');
    vi.stubEnv('AWS_REGION', kinesis.region);
    vi.stubEnv('KINESIS_ENDPOINT', kinesis.endpoint);
    const bodies = [bodyOf(fresh(1)), bodyOf(fresh(1), fresh(2)), bodyOf({ ...fresh(3), price: '7,5' })];
    const senders: LambdaEvent[] = [httpApi, restApi, loadBalancer];
    for (const [at, sender] of senders.entries()) {
      expect((await handler({ ...sender, body: bodies[at] ?? '' })).statusCode).toBe(200);
    }
    // The second call knew the event of the first: it was the same instance.
    expect(await readStream(kinesis.endpoint, kinesis.region, 'events')).toHaveLength(2);
    expect(await readStream(kinesis.endpoint, kinesis.region, 'letters')).toHaveLength(1);
  } finally {
    await kinesis.stop();
  }
});

test('without a stream the answer is 503, and the sender is told when to come again', async () => {
  const log: string[] = [];
  const note = (_details: object, message: string): void => void log.push(message);
  const collector = await assemble({
    client: createKinesisClient({ region: 'us-east-1', endpoint: await deadEndpoint() }),
    streamName: 'events',
    deadLetterStreamName: 'letters',
    sites: { demo: {} },
    log: { info: note, warn: note, error: note },
  });
  for (const sender of [httpApi, restApi, loadBalancer]) {
    const { status, headers, body } = answerOf(await createHandler(collector)({ ...sender, body: bodyOf(fresh(1)) }));
    expect(status).toBe(503);
    expect(headers['retry-after']).toBe('5');
    expect(body).not.toContain('accepted');
  }
  expect(log).not.toHaveLength(0);
  await collector.close();
});
