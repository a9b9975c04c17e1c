import { setMaxListeners } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { Alert, AlertChannel } from '../alerts/alert.js';
import { type AlertOutbox, openAlertOutbox } from '../alerts/outbox.js';
import type { FedLiveSource } from '../dashboard.js';
import { type LakeOptions, type LakeStatus, type LakeWriter, openLakeWriter } from '../lake.js';
import {
  type Follower,
  followStream,
  identifyStream,
  type RunningHandler,
  runHandler,
  type StreamBatch,
} from '../reader.js';
import type { WindowTime } from '../windows/row.js';
import { endAll } from './closing.js';
import type { PartStatus } from './metrics.js';
import { createSeldom } from './seldom.js';
import { NoProgressError, until } from './until.js';

/** Counts per user, type and window, and alerts. */
export interface CountingOptions {
  /** The second stream. */
  readonly streamName: string;
  /** Where it is. @default where the events are */
  readonly client?: KinesisClient | undefined;
  readonly dynamo: DynamoDBClient;
  /** The table, see `createTable`. */
  readonly table: string;
  /** Which minute an event counts in. @default 'event' */
  readonly time?: WindowTime | undefined;
  /** Length of a window. 1–900. Unit: seconds. @default 60 */
  readonly windowSeconds?: number | undefined;
  /**
   * How often what was counted is emitted. 1–900; with `time: 'arrival'` the length of a window. More often is sooner known,
   * and more to write. Unit: seconds. @default that of a window
   */
  readonly emitSeconds?: number | undefined;
  /**
   * Where alerts go beside `alerts()`. Counting waits for none of them: an alert lies on the disk until each has taken it.
   * @default none
   */
  readonly channels?: readonly AlertChannel[] | undefined;
  /** Interactions per user and minute above which an alert is given. @default 90 */
  readonly threshold?: number | undefined;
}

export interface PipelineOptions {
  /** With `maxAttempts: 1`, see `createKinesisClient`. */
  readonly client: KinesisClient;
  readonly streamName: string;
  /** Gets `lake/`. */
  readonly directory: string;
  /** Positions and open windows of the counting, and alerts that wait for their channels. @default `state` below `directory` */
  readonly stateDirectory?: string | undefined;
  /** Where the lake begins when the folder knows no position; counting begins with the oldest record. @default 'TRIM_HORIZON' */
  readonly from?: 'TRIM_HORIZON' | 'LATEST' | undefined;
  readonly lake?: Omit<Partial<LakeOptions>, 'directory' | 'stream' | 'onError'> | undefined;
  /** @default none */
  readonly counting?: CountingOptions | undefined;
  /** Gets the records as they are read. */
  readonly live?: FedLiveSource | undefined;
  /** After so long without progress, `finish` gives up on what keeps failing, and on what says nothing after ten times as long. 0 or more. Unit: ms. @default 60_000 */
  readonly patienceMs?: number | undefined;
  /** What went wrong, and where. It is tried again by itself. */
  readonly onError?: ((error: unknown, part: PipelinePart) => void) | undefined;
  /** What stops it for good, once: a state that cannot be read, a bug. `close` is still to be called. */
  readonly onEnd?: ((error: unknown, part: PipelinePart) => void) | undefined;
}

export type PipelinePart = 'lake' | 'windows' | 'counts' | 'alerts';

export interface PipelineStatus extends LakeStatus {
  /** How far the lake is behind the stream. Absent before the first answer of each shard. Unit: ms. */
  readonly lagMs: number | undefined;
  /** Absent without counting. */
  readonly counting?: { readonly windows: PartStatus; readonly counts: PartStatus } | undefined;
  /** Alerts since the start. */
  readonly alerts: number;
  /** Alerts that a channel has not taken yet, once for each such channel. */
  readonly pendingAlerts: number;
}

export interface Pipeline {
  readonly lakeDirectory: string;
  status(): PipelineStatus;
  /** Alerts since the start, the last 1,000, oldest first. */
  alerts(): readonly Alert[];
  /**
   * Resolves when all that was put on the stream before the call is in the lake's files, however long that takes.
   *
   * @throws When it ends before, or the files cannot be written: they are tried again by themselves.
   */
  settled(): Promise<void>;
  /**
   * Reads what was put before the call, counts it with its windows finished early, gives its alerts, and closes: lake and
   * table are then complete. A later start goes on all the same, since emissions add up. An alert that a channel does not
   * take is kept for the next start, see `pendingAlerts`.
   *
   * @throws When something fails and nothing is done for `patienceMs`, with the part that fails; also then it is closed, and
   *   the next start goes on where it was.
   */
  finish(): Promise<void>;
  /**
   * Ends the reading, with what was read made durable. Windows stay open and go on at the next start. What is under way gets
   * 3 s; what a service has not answered by then is done again at the next start. Harmless when repeated.
   *
   * @throws If what is buffered cannot be written. Everything has ended also then, and nothing is lost: it is read again.
   */
  close(): Promise<void>;
}

const keptAlerts = 1_000;
/** Of a window handler. */
const mostInteractions = 10_000;
const defaultPatienceMs = 60_000;
/** What a handler that is under way may take when it is to end. Unit: ms. */
const closeGraceMs = 3_000;
/** How long the reader may wait for room in the lake when it is to end: on a disk that is full there is none. Unit: ms. */
const roomGraceMs = 1_000;

/** For clients that read: a page of records on a busy machine takes longer than a put may. Unit: ms. */
export const readTimeoutMs = 20_000;

/** The folder of the lake below that of a pipeline. */
export const lakeBelow = (directory: string): string => join(directory, 'lake');

/**
 * Reads a stream into a lake and, if asked, counts it: what AWS does with Firehose and two Lambda functions, in this process.
 * Each part has a position of its own and goes on alone when another fails.
 *
 * @throws {TypeError} If an option is wrong.
 * @throws If a stream cannot be described, or another process uses the folder. Nothing is left running.
 */
export async function startPipeline(options: PipelineOptions): Promise<Pipeline> {
  const { client, streamName, directory, counting, live, onEnd = () => {} } = options;
  const { patienceMs = defaultPatienceMs } = options;
  if (!(patienceMs >= 0)) throw new TypeError(`patienceMs must be at least 0, got ${patienceMs}`);
  if (counting && (counting.client ?? client) === client && counting.streamName === streamName)
    throw new TypeError(`counting.streamName must be another stream than the one of the events, got '${streamName}'`);
  if (counting) check(counting);
  const lakeDirectory = lakeBelow(directory);
  const recent: Alert[] = [];
  let alerted = 0;
  const cleanUps: (() => Promise<unknown>)[] = [];
  /** Nobody waits any longer for calls that fail or hang. */
  const hurry = new AbortController();
  // Each call that waits listens.
  setMaxListeners(0, hurry.signal);
  const failures = new Map<PipelinePart, { readonly error: unknown; readonly at: number }>();
  /** Of rows: an invocation that fails says only which it was. */
  let rowFailure: unknown;
  const tell = (error: unknown, part: PipelinePart): void => {
    failures.set(part, { error: (part === 'counts' && rowFailure) || error, at: performance.now() });
    // What is cut short is no news.
    if (!hurry.signal.aborted) options.onError?.(error, part);
  };
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= (async () => {
      const timer = setTimeout(() => hurry.abort(new Error('The pipeline is being closed')), closeGraceMs);
      try {
        // The last one started ends first: what it reads comes from those before.
        await endAll(cleanUps.reverse());
      } finally {
        clearTimeout(timer);
      }
    })();
    return closed;
  };
  const tellEnd = (error: unknown, part: PipelinePart): void => {
    if (!closed) onEnd(error, part);
  };

  try {
    const stream = await identify(client, streamName);
    const lake = await openLakeWriter({
      ...options.lake,
      directory: lakeDirectory,
      stream,
      onError: (error) => tell(error, 'lake'),
      onFlush: (info) => {
        options.lake?.onFlush?.(info);
        updateLive();
      },
    });
    /** Records handed to the lake. */
    let taken = 0;
    const follower = follow(lake, (records) => {
      taken += records;
    });
    cleanUps.push(async () => {
      const stopped = follower.stop();
      // It waits until the lake has room, and a lake that cannot be written never has: then closing it gives the reader free.
      const grace = new AbortController();
      await Promise.race([stopped, sleep(roomGraceMs, undefined, { signal: grace.signal }).catch(() => {})]);
      grace.abort();
      await endAll([() => lake.close(), () => stopped]);
    });
    follower.ended.catch((error: unknown) => tellEnd(error, 'lake'));
    const updateLive = (): void => {
      const { rows, lastFlushAt } = lake.status();
      live?.update({ total: rows, lastFlushAt, lagMs: lagOf(follower) });
    };
    if (live) {
      updateLive();
      const timer = setInterval(updateLive, 1_000);
      timer.unref();
      cleanUps.push(async () => clearInterval(timer));
    }
    const counters = counting && (await startCounting(counting));

    const failing = (part: PipelinePart) => ({ lastFailure: () => failures.get(part), patienceMs });
    const handled = ({ counts }: RunningHandler): number => counts.records + counts.duplicates;
    /** Everything that was put on the stream before `instant` is in lake and table. */
    const complete = async (instant: number): Promise<void> => {
      await within('lake', () =>
        until(() => follower.hasRead(instant), { ended: follower.ended, progress: () => taken, ...failing('lake') }),
      );
      await lake.flush();
      if (!counters) return;
      const { windows, counts, outbox } = counters;
      await within('windows', () =>
        until(() => windows.hasRead(instant), {
          ended: windows.ended,
          progress: () => handled(windows),
          ...failing('windows'),
        }),
      );
      const before = windows.counts.failures;
      const timer = setTimeout(() => hurry.abort(new Error('It has taken too long')), patienceMs + closeGraceMs);
      await windows.close({ finishWindows: true }).finally(() => clearTimeout(timer));
      if (windows.counts.failures > before)
        throw new Error(`The open windows could not be finished: ${messageOf(failures.get('windows')?.error)}`);
      const emittedAt = Date.now();
      await within('counts', () =>
        until(() => counts.hasRead(emittedAt), {
          ended: counts.ended,
          progress: () => handled(counts),
          ...failing('counts'),
        }),
      );
      await outbox.drain();
    };
    const finish = async (): Promise<void> => {
      try {
        await complete(Date.now());
      } catch (error) {
        // What was in the way is what is to be known.
        await close().catch((reason: unknown) => options.onError?.(reason, 'lake'));
        throw error;
      }
      await close();
    };
    let finished: Promise<void> | undefined;
    return {
      lakeDirectory,
      status: () => ({
        ...lake.status(),
        lagMs: lagOf(follower),
        counting: counters && { windows: partOf(counters.windows), counts: partOf(counters.counts) },
        alerts: alerted,
        pendingAlerts: counters?.outbox.pending ?? 0,
      }),
      alerts: () => [...recent],
      async settled() {
        const instant = Date.now();
        await until(() => follower.hasRead(instant), { ended: follower.ended });
        await lake.flush();
      },
      finish: () => {
        finished ??= finish();
        return finished;
      },
      close,
    };
  } catch (error) {
    await close().catch((reason: unknown) => options.onError?.(reason, 'lake'));
    throw error;
  }

  function follow(lake: LakeWriter, onTaken: (records: number) => void): Follower {
    return followStream({
      client,
      streamName,
      ...(options.from ? { from: options.from } : {}),
      startAfter: (shardId) => lake.startAfter(shardId),
      onBatch: async (batch) => {
        if (live) feed(live, batch);
        await lake.add(batch);
        onTaken(batch.records.length);
      },
      onShardEnd: (shardId) => lake.endShard(shardId),
      onError: (error) => tell(error, 'lake'),
    });
  }

  async function startCounting(
    given: CountingOptions,
  ): Promise<{ windows: RunningHandler; counts: RunningHandler; outbox: AlertOutbox }> {
    // Who does not count needs no client of DynamoDB.
    const { createCountsHandler, createRowPut, createWindowHandler, windowDefaults } = await import('../windows.js');
    const { dynamo, table, time, channels = [], threshold, windowSeconds = 60, emitSeconds = windowSeconds } = given;
    const second = given.client ?? client;
    const stateDirectory = options.stateDirectory ?? join(directory, 'state');
    const run = (part: PipelinePart) => ({
      name: part,
      directory: join(stateDirectory, part),
      batchSize: 1_000,
      onError: (error: unknown) => tell(error, part),
    });
    /** What is not counted is known: the lake has it, too, but says nothing of counts. */
    const skipping = (part: PipelinePart, what: string) => {
      const seldom = createSeldom<readonly [reason: string, sequenceNumber: string]>((times, [reason, number]) =>
        tell(new Error(`${times} ${what} not counted, the last one (${number}) for this: ${reason}`), part),
      );
      cleanUps.push(async () => seldom.close());
      return (reason: string, sequenceNumber: string): void => seldom.add([reason, sequenceNumber]);
    };
    await identify(second, given.streamName);
    const outbox = await openAlertOutbox({
      directory: join(stateDirectory, 'alerts'),
      channels,
      onError: (error) => tell(error, 'alerts'),
    });
    cleanUps.push(() => outbox.close(closeGraceMs));
    // A table that is away fails each row of a batch.
    const failed = createSeldom<unknown>((times, cause) =>
      tell(
        new Error(`${times} rows were not added to '${table}' and are tried again: ${messageOf(cause)}`, { cause }),
        'counts',
      ),
    );
    cleanUps.push(async () => failed.close());
    // Those who read the second stream begin first, so that nothing waits on it.
    const counts = await runHandler({
      ...run('counts'),
      client: second,
      streamName: given.streamName,
      // Rows are no events; the table knows repeated emissions by their id.
      dedup: false,
      handler: createCountsHandler({
        client: dynamo,
        table,
        alerts: {
          channels: [(alert) => outbox.put(alert)],
          threshold,
          onAlert: (alert) => {
            alerted++;
            recent.push(alert);
            if (recent.length > keptAlerts) recent.shift();
          },
        },
        onSkip: skipping('counts', 'rows of the second stream were'),
        onError: (error) => {
          rowFailure = error;
          failed.add(error);
        },
        signal: hurry.signal,
      }),
    });
    cleanUps.push(() => counts.close());
    counts.ended.catch((error: unknown) => tellEnd(error, 'counts'));
    // The lock of `counts` says that nobody else gives them.
    outbox.start();
    const windows = await runHandler({
      ...run('windows'),
      client,
      streamName,
      tumblingWindowSeconds: emitSeconds,
      handler: createWindowHandler({
        put: createRowPut({ client: second, streamName: given.streamName, signal: hurry.signal }),
        time,
        windowSeconds,
        // A row that carries fewer keys than the threshold could never be above it.
        maxInteractions:
          threshold === undefined || threshold < windowDefaults.maxInteractions
            ? undefined
            : Math.min(threshold + 1, mostInteractions),
        onSkip: skipping('windows', 'records were'),
      }),
    });
    cleanUps.push(() => windows.close());
    windows.ended.catch((error: unknown) => tellEnd(error, 'windows'));
    return { windows, counts, outbox };
  }
}

/** What would be told under another name further down. @throws {TypeError} */
function check({ time, windowSeconds = 60, emitSeconds = windowSeconds }: CountingOptions): void {
  for (const [name, value] of Object.entries({ windowSeconds, emitSeconds }))
    if (!Number.isSafeInteger(value) || value < 1 || value > 900)
      throw new TypeError(`counting.${name} must be a whole number from 1 to 900, got ${value}`);
  if (time === 'arrival' && emitSeconds !== windowSeconds)
    throw new TypeError(
      `counting.emitSeconds must be that of the window with time 'arrival': ${windowSeconds}, got ${emitSeconds}`,
    );
}

/** @throws With the name of the stream that cannot be described. */
async function identify(client: KinesisClient, streamName: string): Promise<string> {
  try {
    return await identifyStream(client, streamName);
  } catch (cause) {
    throw new Error(`The stream '${streamName}' cannot be described: ${messageOf(cause)}`, { cause });
  }
}

/** Says which part it is that gets nowhere. */
async function within(part: PipelinePart, wait: () => Promise<void>): Promise<void> {
  try {
    await wait();
  } catch (error) {
    if (!(error instanceof NoProgressError)) throw error;
    throw new Error(`The part '${part}' fails and gets no further: ${error.message}`, { cause: error.cause });
  }
}

/** Errors of the SDK may have a name and no message. */
const messageOf = (error: unknown): string => {
  const { message, name } = (error ?? {}) as Partial<Error>;
  return message || name || String(error);
};

const lagOf = (reader: { lagMs(): number }): number | undefined => {
  const lagMs = reader.lagMs();
  return Number.isFinite(lagMs) ? lagMs : undefined;
};

const partOf = (handler: RunningHandler): PartStatus => ({ counts: handler.counts, lagMs: lagOf(handler) });

function feed(live: FedLiveSource, { records }: StreamBatch): void {
  for (const { data } of records) {
    try {
      live.add(JSON.parse(Buffer.from(data).toString()) as Record<string, unknown>);
    } catch {
      // The lake keeps it, with the reason.
    }
  }
}
