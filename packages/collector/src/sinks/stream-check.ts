import {
  DescribeStreamSummaryCommand,
  type KinesisClient,
  ListShardsCommand,
  type StreamDescriptionSummary,
} from '@aws-sdk/client-kinesis';
import type { Logger } from '../core/types.js';
import { explain, isConfiguration, nameOf } from './kinesis-answers.js';

export interface StreamNamesToCheck {
  readonly streamName: string;
  readonly deadLetterStreamName: string;
}
export interface StreamCheckOptions {
  /** Whether records are aggregated before they are put on the stream for events. @default false */
  aggregate?: boolean | undefined;
  /** Largest record that may be put on each stream. Unit: KiB. @default 1_024, a dead letter of the largest body */
  largestRecordKiB?: number | undefined;
}

export interface Finding {
  readonly stream: string;
  /** `error`: events are lost or refused. `warning`: something works less well, or is not known. `note`: good to know. */
  readonly severity: 'error' | 'warning' | 'note';
  readonly code: FindingCode;
  /** For people: what is, and what to do. */
  readonly message: string;
}
export type FindingCode =
  | 'stream_missing'
  | 'stream_not_active'
  | 'permission_missing'
  | 'not_checked'
  | 'same_stream'
  | 'record_size'
  | 'auto_distribution'
  | 'auto_distribution_drops_aggregates'
  | 'encryption'
  | 'retention'
  | 'shards';

/**
 * Looks at both streams at the start, and says what will not work as promised. It does not throw, and it needs no
 * permission: where one is missing it says so.
 *
 * @returns Errors first, then warnings, then notes.
 */
export async function checkStreams(
  client: KinesisClient,
  { streamName, deadLetterStreamName }: StreamNamesToCheck,
  log?: Logger,
  options: StreamCheckOptions = {},
): Promise<readonly Finding[]> {
  const { aggregate = false, largestRecordKiB = 1_024 } = options;
  const found = await Promise.all([
    checkStream(client, streamName, { largestRecordKiB, aggregate, ordered: true }),
    // Dead letters are spread over all shards as they come, and are never aggregated.
    checkStream(client, deadLetterStreamName, { largestRecordKiB, aggregate: false, ordered: false }),
  ]);
  const findings = found.flat();
  if (streamName === deadLetterStreamName) {
    const message = 'events and dead letters go to the same stream: readers must tell them apart by their fields';
    findings.push({ stream: streamName, severity: 'warning', code: 'same_stream', message });
  }
  const order = ['error', 'warning', 'note'];
  findings.sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  for (const { severity, message, ...details } of findings) {
    const level = severity === 'note' ? 'info' : severity === 'warning' ? 'warn' : 'error';
    log?.[level](details, `${details.stream}: ${message}`);
  }
  return findings;
}

interface Needs {
  readonly largestRecordKiB: number;
  readonly aggregate: boolean;
  readonly ordered: boolean;
}

async function checkStream(client: KinesisClient, stream: string, needs: Needs): Promise<Finding[]> {
  const [summary, shards] = await Promise.all([
    attempt('kinesis:DescribeStreamSummary', async () => {
      const answer = await client.send(new DescribeStreamSummaryCommand({ StreamName: stream }));
      return answer.StreamDescriptionSummary;
    }),
    attempt('kinesis:ListShards', async () => {
      const answer = await client.send(
        new ListShardsCommand({ StreamName: stream, ShardFilter: { Type: 'AT_LATEST' } }),
      );
      return answer.Shards?.length;
    }),
  ]);
  const failures = [summary, shards].flatMap((result) => ('error' in result ? [result] : []));
  // Once is enough: the second call says the same.
  const missing = failures.find(({ error }) => nameOf(error) === 'ResourceNotFoundException');
  if (missing) {
    const message = `${explain(missing.error, missing.action, stream)}. Create it, or set the right name and region`;
    return [{ stream, severity: 'error', code: 'stream_missing', message }];
  }
  const findings = failures.map(({ error, action }) => notChecked(stream, error, action));
  if ('value' in summary && summary.value) findings.push(...judge(stream, summary.value, needs));
  return findings;
}

type Attempt<T> = { readonly action: string } & ({ readonly value: T } | { readonly error: unknown });
async function attempt<T>(action: string, call: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { action, value: await call() };
  } catch (error) {
    return { action, error };
  }
}

function notChecked(stream: string, error: unknown, action: string): Finding {
  if (nameOf(error) === 'AccessDeniedException') {
    const without =
      action === 'kinesis:ListShards'
        ? 'the producer cannot tell shards apart, so that one that throttles slows down the others'
        : 'its settings are not checked';
    return {
      stream,
      severity: 'warning',
      code: 'permission_missing',
      message: `${action} is not allowed: ${without}. Events are put all the same: kinesis:PutRecords is all that needs`,
    };
  }
  const severity = isConfiguration(nameOf(error)) ? 'error' : 'warning';
  return { stream, severity, code: 'not_checked', message: `${action} failed: ${explain(error, action, stream)}` };
}

function judge(stream: string, summary: StreamDescriptionSummary, needs: Needs): Finding[] {
  const findings: Finding[] = [];
  const add = (severity: Finding['severity'], code: FindingCode, message: string): void => {
    findings.push({ stream, severity, code, message });
  };
  const { StreamStatus: status, MaxRecordSizeInKiB: maxKiB, RetentionPeriodHours: hours } = summary;
  if (status === 'CREATING' || status === 'DELETING') {
    add('error', 'stream_not_active', `the stream is ${status}: it takes no records`);
  } else if (status === 'UPDATING') {
    add('note', 'stream_not_active', 'the stream is UPDATING (its shards are split or merged): it takes records');
  }
  if (maxKiB !== undefined && maxKiB < needs.largestRecordKiB) {
    const what = `records of at most ${maxKiB} KiB are taken, and ours can have ${needs.largestRecordKiB} KiB`;
    add('error', 'record_size', `${what}. Raise it (aws kinesis update-max-record-size), or lower maxBodyBytes`);
  }
  if (summary.RecordDistributionStrategy === 'AUTO') {
    const remedy = 'Set USER_PARTITION_KEY (aws kinesis update-stream-record-distribution-strategy)';
    if (needs.aggregate) {
      const message = `the stream ignores partition keys (record distribution AUTO), and the KCL drops aggregated records of such a stream without a word. ${remedy}, or turn aggregation off`;
      add('error', 'auto_distribution_drops_aggregates', message);
    } else if (needs.ordered) {
      const message = `the stream ignores partition keys (record distribution AUTO): records of a category are on all shards, in no order. ${remedy}`;
      add('warning', 'auto_distribution', message);
    }
  }
  add('note', 'encryption', encryption(summary));
  if (hours !== undefined && hours <= 24) {
    add('note', 'retention', `records are kept for ${hours} h: a reader that stands still for longer loses some`);
  }
  add('note', 'shards', capacity(summary));
  return findings;
}

function encryption({ EncryptionType }: StreamDescriptionSummary): string {
  if (EncryptionType !== 'KMS') return 'records are not encrypted at rest by a key of KMS';
  return 'records are encrypted by KMS: with a key of your own, the role of the collector needs kms:GenerateDataKey';
}

/** A shard takes 1,000 records and 1 MB a second: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html */
function capacity({ OpenShardCount = 0, StreamModeDetails, WarmThroughput }: StreamDescriptionSummary): string {
  const shards = `${OpenShardCount} open ${OpenShardCount === 1 ? 'shard' : 'shards'}`;
  const takes = `up to ${(OpenShardCount * 1_000).toLocaleString('en-US')} records and ${OpenShardCount} MB a second, if the keys spread`;
  if (StreamModeDetails?.StreamMode !== 'ON_DEMAND') return `${shards}: ${takes}`;
  const warm = WarmThroughput?.CurrentMiBps;
  return `${shards}, on demand${warm ? ` (warm for ${warm} MiB a second)` : ''}: now ${takes}; grows with use`;
}
