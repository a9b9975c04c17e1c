import {
  DescribeStreamSummaryCommand,
  type KinesisClient,
  type ListShardsCommand,
  type StreamDescriptionSummary,
} from '@aws-sdk/client-kinesis';
import { describe, expect, test } from 'vitest';
import { checkStreams, type Finding, type StreamCheckOptions } from '../../src/sinks/stream-check.js';

const names = { streamName: 'shop', deadLetterStreamName: 'shop-dead-letter' };
const named = (name: string, message = 'said so'): Error => Object.assign(new Error(message), { name });
/** As DescribeStreamSummary answers for a stream in order. */
const good = (fields: Partial<StreamDescriptionSummary> = {}): StreamDescriptionSummary => ({
  StreamName: 'shop',
  StreamARN: 'arn:aws:kinesis:eu-west-1:111122223333:stream/shop',
  StreamStatus: 'ACTIVE',
  StreamModeDetails: { StreamMode: 'PROVISIONED' },
  RetentionPeriodHours: 168,
  StreamCreationTimestamp: new Date(0),
  EnhancedMonitoring: [],
  EncryptionType: 'KMS',
  KeyId: 'alias/aws/kinesis',
  OpenShardCount: 4,
  MaxRecordSizeInKiB: 1024,
  ...fields,
});
type Summary = Partial<StreamDescriptionSummary> | Error;

function fake(summary: Summary, shards: Error | number = 4): KinesisClient {
  const send = async (command: DescribeStreamSummaryCommand | ListShardsCommand): Promise<object> => {
    // Only the stream for events has what is tried.
    const tried = command.input.StreamName === 'shop';
    if (command instanceof DescribeStreamSummaryCommand) {
      if (tried && summary instanceof Error) throw summary;
      return { StreamDescriptionSummary: good(tried ? (summary as object) : {}) };
    }
    if (tried && shards instanceof Error) throw shards;
    return { Shards: Array.from({ length: 4 }, (_, at) => ({ ShardId: `shardId-${at}` })) };
  };
  return { send } as unknown as KinesisClient;
}
const check = async (summary: Summary, options: StreamCheckOptions = {}, shards?: Error): Promise<Finding[]> =>
  (await checkStreams(fake(summary, shards), names, undefined, options)).filter(({ stream }) => stream === 'shop');
const problems = (findings: readonly Finding[]): string[] =>
  findings.filter(({ severity }) => severity !== 'note').map(({ severity, code }) => `${severity} ${code}`);

describe('checkStreams', () => {
  test('finds nothing but notes on a stream in order', async () => {
    const findings = await check({});
    expect(problems(findings)).toEqual([]);
    expect(findings.map(({ code }) => code)).toEqual(['encryption', 'shards']);
    expect(findings[1]?.message).toContain('4 open shards: up to 4,000 records and 4 MB a second');
  });

  test.each<[string, Summary, StreamCheckOptions, string[]]>([
    ['that is being created', { StreamStatus: 'CREATING' }, {}, ['error stream_not_active']],
    ['that is being deleted', { StreamStatus: 'DELETING' }, {}, ['error stream_not_active']],
    ['whose shards are being split', { StreamStatus: 'UPDATING' }, {}, []],
    ['that takes too small records', { MaxRecordSizeInKiB: 1024 }, { largestRecordKiB: 2048 }, ['error record_size']],
    ['of 10 MiB records', { MaxRecordSizeInKiB: 10_240 }, {}, []],
    ['that ignores keys', { RecordDistributionStrategy: 'AUTO' }, {}, ['warning auto_distribution']],
    [
      'that ignores keys, and aggregates',
      { RecordDistributionStrategy: 'AUTO' },
      { aggregate: true },
      ['error auto_distribution_drops_aggregates'],
    ],
    [
      'that keeps to keys, and aggregates',
      { RecordDistributionStrategy: 'USER_PARTITION_KEY' },
      { aggregate: true },
      [],
    ],
  ])('of a stream %s', async (_what, summary, options, expected) => {
    expect(problems(await check(summary, options))).toEqual(expected);
  });

  test.each<[string, Summary, string]>([
    ['keeps records for a day', { RetentionPeriodHours: 24 }, 'kept for 24 h'],
    ['has one shard', { OpenShardCount: 1 }, '1 open shard: '],
    [
      'is on demand and warm',
      { StreamModeDetails: { StreamMode: 'ON_DEMAND' }, WarmThroughput: { CurrentMiBps: 50 } },
      'warm for 50 MiB',
    ],
    ['has a key of KMS', {}, 'kms:GenerateDataKey'],
    ['has no key of KMS', { EncryptionType: 'NONE' }, 'not encrypted'],
  ])('notes that a stream %s', async (_what, summary, text) => {
    const findings = await check(summary);
    expect(problems(findings)).toEqual([]);
    expect(findings.map(({ message }) => message).join('\n')).toContain(text);
  });

  test('names a stream that is missing, once', async () => {
    const none = named('ResourceNotFoundException', 'Stream shop under account 111122223333 not found.');
    const findings = await check(none, {}, none);
    expect(findings).toEqual([
      expect.objectContaining({ severity: 'error', code: 'stream_missing', message: expect.stringContaining('shop') }),
    ]);
    expect(findings[0]?.message).not.toContain('1111');
  });

  test('lets a role run that may only put records, and says what to allow', async () => {
    const denied = named('AccessDeniedException', 'User: arn:aws:sts::111122223333:x is not authorized');
    const findings = await check(denied, {}, denied);
    expect(problems(findings)).toEqual(['warning permission_missing', 'warning permission_missing']);
    const text = findings.map(({ message }) => message).join('\n');
    for (const action of ['kinesis:DescribeStreamSummary', 'kinesis:ListShards', 'kinesis:PutRecords'])
      expect(text).toContain(action);
    expect(text).not.toContain('1111');
  });

  test.each([
    ['TimeoutError', 'warning not_checked'],
    ['LimitExceededException', 'warning not_checked'],
    ['ExpiredTokenException', 'error not_checked'],
    ['CredentialsProviderError', 'error not_checked'],
  ])('does not throw on %s', async (name, expected) => {
    expect(problems(await check(named(name)))).toEqual([expected]);
  });

  test('writes to the log what it found, the worst first', async () => {
    const lines: string[] = [];
    const at = (level: string) => (_details: object, message: string) => void lines.push(`${level} ${message}`);
    const log = { info: at('info'), warn: at('warn'), error: at('error') };
    const same = { streamName: 'shop', deadLetterStreamName: 'shop' };
    await checkStreams(fake({ StreamStatus: 'CREATING' }), same, log);
    expect(lines.map((line) => line.split(' ', 1)[0])).toEqual([
      ...['error', 'error', 'warn'],
      ...['info', 'info', 'info', 'info'],
    ]);
    expect(lines[0]).toContain('shop: the stream is CREATING');
  });
});
