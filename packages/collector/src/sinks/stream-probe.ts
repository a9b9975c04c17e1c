import {
  DescribeStreamSummaryCommand,
  type KinesisClient,
  ListShardsCommand,
  PutRecordsCommand,
} from '@aws-sdk/client-kinesis';
import { explain, isConfiguration, isThrottle, nameOf } from './kinesis-answers.js';

export interface Probed {
  readonly ok: boolean;
  /** For people. */
  readonly text: string;
  /** Whether waiting cannot help: no such stream, no permission. */
  readonly misconfigured?: boolean;
}
export type StreamProbe = (signal: AbortSignal) => Promise<Probed>;

/**
 * Makes a function that asks Kinesis, without writing, whether a stream takes records. It does not throw.
 *
 * On AWS: `PutRecords` with `DryRun`, which checks what a real call needs and ends in `DryRunOperationException` when all is
 * well. https://docs.aws.amazon.com/streams/latest/dev/kds-dryrun-validation.html (2026-09)
 * Elsewhere: emulators do not know `DryRun` and would write the record; they are asked `DescribeStreamSummary`.
 */
export function createStreamProbe(client: KinesisClient, streamName: string): StreamProbe {
  let dryRun = true;
  return async (signal) => {
    if (dryRun) {
      const probed = await tryDryRun(client, streamName, signal);
      if (probed) return probed;
      dryRun = false;
    }
    return describe(client, streamName, signal);
  };
}

/** @returns Nothing when a dry run cannot be had here. */
async function tryDryRun(
  client: KinesisClient,
  StreamName: string,
  abortSignal: AbortSignal,
): Promise<Probed | undefined> {
  const Records = [{ Data: new TextEncoder().encode('{}'), PartitionKey: 'readiness' }];
  const command = new PutRecordsCommand({ StreamName, DryRun: true, Records });
  // Looks at the request as it is about to leave: whatever set the endpoint, and whatever version made the body, a record
  // is never written by this.
  command.middlewareStack.add(
    (next) => async (args) => {
      if (!asksForDryRun(args.request)) throw new NoDryRun();
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low', name: 'onlyDryRun' },
  );
  try {
    await client.send(command, { abortSignal });
    // It should have been refused. What it was instead is not known: not tried again.
    return undefined;
  } catch (error) {
    if (error instanceof NoDryRun) return undefined;
    if (nameOf(error) === 'DryRunOperationException') return { ok: true, text: 'a dry run of PutRecords passed' };
    return failed(error, 'kinesis:PutRecords', StreamName);
  }
}

class NoDryRun extends Error {
  override readonly name = 'NoDryRun';
}

const awsHost = /\.(amazonaws\.(com|com\.cn|eu)|api\.aws)$/;
export function asksForDryRun(request: unknown): boolean {
  const { hostname = '', body } = request as { hostname?: string; body?: unknown };
  if (!awsHost.test(hostname)) return false;
  if (typeof body === 'string') return body.includes('"DryRun":true');
  return ArrayBuffer.isView(body) && Buffer.from(body.buffer, body.byteOffset, body.byteLength).includes('DryRun');
}

async function describe(client: KinesisClient, StreamName: string, abortSignal: AbortSignal): Promise<Probed> {
  try {
    const { StreamDescriptionSummary } = await client.send(new DescribeStreamSummaryCommand({ StreamName }), {
      abortSignal,
    });
    const status = StreamDescriptionSummary?.StreamStatus;
    const takes = status === 'ACTIVE' || status === 'UPDATING';
    return { ok: takes, text: `the stream is ${status ?? 'of unknown status'}` };
  } catch (error) {
    if (nameOf(error) !== 'AccessDeniedException') return failed(error, 'kinesis:DescribeStreamSummary', StreamName);
  }
  try {
    await client.send(new ListShardsCommand({ StreamName, MaxResults: 1 }), { abortSignal });
    return { ok: true, text: 'the shards are listed' };
  } catch (error) {
    if (nameOf(error) !== 'AccessDeniedException') return failed(error, 'kinesis:ListShards', StreamName);
    // A role that may put records and nothing else is a good one. The service has answered: that is what can be known.
    return {
      ok: true,
      text: 'the service answers, and lets this role neither describe the stream nor list its shards',
    };
  }
}

function failed(error: unknown, action: string, streamName: string): Probed {
  const name = nameOf(error);
  if (isThrottle(name)) return { ok: true, text: `the service answers, and throttles (${name})` };
  return { ok: false, text: explain(error, action, streamName), misconfigured: isConfiguration(name) };
}
