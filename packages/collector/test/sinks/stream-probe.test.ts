import { KinesisClient } from '@aws-sdk/client-kinesis';
import { describe, expect, test } from 'vitest';
import { asksForDryRun, createStreamProbe } from '../../src/sinks/stream-probe.js';

interface Sent {
  readonly action: string;
  readonly body: Record<string, unknown>;
}
type Answer = readonly [status: number, body: object];

/** The SDK's own client, with all it does to a request, and answers that the test decides. */
function clientWith(answer: (sent: Sent) => Answer, endpoint?: string): { client: KinesisClient; sent: Sent[] } {
  const sent: Sent[] = [];
  const handle = async (request: { headers: Record<string, string>; body: Uint8Array }): Promise<object> => {
    const action = request.headers['x-amz-target']?.split('.')[1] ?? '';
    const one = { action, body: JSON.parse(new TextDecoder().decode(request.body)) };
    sent.push(one);
    const [statusCode, body] = answer(one);
    const text = JSON.stringify(body);
    return {
      response: {
        statusCode,
        headers: { 'content-type': 'application/x-amz-json-1.1' },
        body: new TextEncoder().encode(text),
      },
    };
  };
  const client = new KinesisClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
    requestHandler: { handle } as never,
    ...(endpoint ? { endpoint } : {}),
  });
  return { client, sent };
}
const refusal = (type: string): Answer => [400, { __type: type, message: 'said so' }];
const active: Answer = [200, { StreamDescriptionSummary: { StreamStatus: 'ACTIVE' } }];
const signal = new AbortController().signal;

describe('createStreamProbe', () => {
  test('asks AWS by a dry run, each time', async () => {
    const { client, sent } = clientWith(() => refusal('DryRunOperationException'));
    const probe = createStreamProbe(client, 'shop');
    expect(await probe(signal)).toEqual({ ok: true, text: 'a dry run of PutRecords passed' });
    expect(await probe(signal)).toMatchObject({ ok: true });
    expect(sent).toHaveLength(2);
    for (const one of sent)
      expect(one).toMatchObject({ action: 'PutRecords', body: { StreamName: 'shop', DryRun: true } });
  });

  test.each([
    ['AccessDeniedException', { ok: false, misconfigured: true, text: expect.stringContaining('kinesis:PutRecords') }],
    ['ResourceNotFoundException', { ok: false, misconfigured: true, text: expect.stringContaining('no stream shop') }],
    [
      'KMSAccessDeniedException',
      { ok: false, misconfigured: true, text: expect.stringContaining('kms:GenerateDataKey') },
    ],
    ['InternalFailureException', { ok: false, misconfigured: false }],
    ['ProvisionedThroughputExceededException', { ok: true, text: expect.stringContaining('throttles') }],
    ['LimitExceededException', { ok: true }],
    ['KMSThrottlingException', { ok: true }],
  ])('takes %s for what it is', async (type, expected) => {
    const { client, sent } = clientWith(() => refusal(type));
    expect(await createStreamProbe(client, 'shop')(signal)).toMatchObject(expected);
    expect(sent).toHaveLength(1);
  });

  test.each([
    'http://127.0.0.1:4567',
    'https://kinesis.localhost.localstack.cloud:4566',
    'https://amazonaws.com.example',
  ])('never puts a record on an emulator such as %s', async (endpoint) => {
    const { client, sent } = clientWith(() => active, endpoint);
    const probe = createStreamProbe(client, 'shop');
    expect(await probe(signal)).toEqual({ ok: true, text: 'the stream is ACTIVE' });
    await probe(signal);
    expect(sent.map(({ action }) => action)).toEqual(['DescribeStreamSummary', 'DescribeStreamSummary']);
  });

  test.each([
    ['kinesis.eu-west-1.amazonaws.com', '{"DryRun":true,"Records":[]}', true],
    ['kinesis.cn-north-1.amazonaws.com.cn', '{"DryRun":true}', true],
    ['vpce-1-2.kinesis.eu-west-1.vpce.amazonaws.com', new TextEncoder().encode('\xa1DryRun\xf5'), true],
    // A version of the SDK that does not know the parameter leaves it out.
    ['kinesis.eu-west-1.amazonaws.com', '{"Records":[]}', false],
    ['kinesis.eu-west-1.amazonaws.com', new TextEncoder().encode('{}'), false],
    ['kinesis.eu-west-1.amazonaws.com', undefined, false],
    ['127.0.0.1', '{"DryRun":true}', false],
  ])('lets a request to %s with %s pass: %s', (hostname, body, expected) => {
    expect(asksForDryRun({ hostname, body })).toBe(expected);
  });

  test('does not try again what came back as if it had been written', async () => {
    const { client, sent } = clientWith(({ action }) => (action === 'PutRecords' ? [200, { Records: [] }] : active));
    const probe = createStreamProbe(client, 'shop');
    await probe(signal);
    await probe(signal);
    expect(sent.map(({ action }) => action)).toEqual(['PutRecords', 'DescribeStreamSummary', 'DescribeStreamSummary']);
  });

  test.each<[string, (sent: Sent) => Answer, object]>([
    ['is being created', () => [200, { StreamDescriptionSummary: { StreamStatus: 'CREATING' } }], { ok: false }],
    [
      'may not be described, and whose shards may be listed',
      ({ action }) => (action === 'ListShards' ? [200, { Shards: [] }] : refusal('AccessDeniedException')),
      { ok: true },
    ],
    ['may neither be described nor listed', () => refusal('AccessDeniedException'), { ok: true }],
    ['does not exist', () => refusal('ResourceNotFoundException'), { ok: false, misconfigured: true }],
  ])('of an emulated stream that %s', async (_what, answer, expected) => {
    const { client } = clientWith(answer, 'http://127.0.0.1:4567');
    expect(await createStreamProbe(client, 'shop')(signal)).toMatchObject(expected);
  });
});
