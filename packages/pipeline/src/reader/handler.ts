import { setMaxListeners } from 'node:events';
import { mkdir } from 'node:fs/promises';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { lockDirectory } from '@rastro/collector/spool';
import type { KinesisHandler, WindowHandler } from '../lambda-event.js';
import { checkFunction, checkInteger, checkText } from '../options.js';
import { createPatience, type Follower, followStream, identifyStream } from './follow.js';
import { defaultSeenCapacity } from './seen.js';
import { createShardRunner, type Discarded, type HandlerCounts, type ShardRunner } from './shard-runner.js';
import { openStateFile } from './state-file.js';

interface CommonOptions {
  /** Of the function, for messages and the role in its events. */
  name: string;
  /** Give it `maxAttempts: 1`: retries are paced here. */
  client: KinesisClient;
  streamName: string;
  /** @default `arn:aws:kinesis:<region of the client>:000000000000:stream/<streamName>` */
  streamArn?: string | undefined;
  /** Where positions, windows and seen ids are kept. One for each function; made when missing. */
  directory: string;
  /** Most records of Kinesis in one invocation, an aggregate counting as one: 1–10,000. @default 100 */
  batchSize?: number | undefined;
  /**
   * Further tries for a batch that fails; then `onDiscard` gets its records and the shard goes on. 0 or more.
   * @default for ever, as Lambda's −1
   */
  maxRetries?: number | undefined;
  /** Halves a batch that fails until the record that cannot be dealt with is alone. @default false */
  bisect?: boolean | undefined;
  /** Required with `maxRetries`. What it throws is reported, and it is called again. */
  onDiscard?: ((discarded: Discarded) => void | Promise<void>) | undefined;
  /** What went wrong. It goes on by itself, with back-off. @default none */
  onError?: ((error: unknown) => void) | undefined;
  /** What is good to know: another stream of the same name. @default none */
  onNote?: ((message: string) => void) | undefined;
  /** Between two calls of GetRecords for one shard. At least 200. Unit: ms. @default 200 */
  pollMs?: number | undefined;
  /** Whether a record is dropped whose event was seen before. @default true */
  dedup?: boolean | undefined;
  /** Events remembered to know them again, some 32 bytes of memory each. @default 1_000_000 */
  seenCapacity?: number | undefined;
  /** How long after its end a window is closed to which nothing more came; Lambda takes up to 2 minutes. Unit: ms. @default 5_000 */
  windowGraceMs?: number | undefined;
  /** Stops it, as `close()` does. */
  signal?: AbortSignal | undefined;
}

export type HandlerOptions<State = unknown> = CommonOptions &
  (
    | { handler: KinesisHandler; tumblingWindowSeconds?: undefined }
    | {
        handler: WindowHandler<State>;
        /** Length of its windows by arrival: 1–900. */
        tumblingWindowSeconds: number;
      }
  );

export interface HandlerDefaults {
  readonly batchSize: number;
  readonly maxRetries: number;
  readonly bisect: boolean;
  readonly pollMs: number;
  readonly dedup: boolean;
  readonly seenCapacity: number;
  readonly windowGraceMs: number;
}

export const handlerDefaults: HandlerDefaults = {
  batchSize: 100,
  maxRetries: Number.POSITIVE_INFINITY,
  bisect: false,
  pollMs: 200,
  dedup: true,
  seenCapacity: defaultSeenCapacity,
  windowGraceMs: 5_000,
};

/** A function that is being run. */
export interface RunningHandler {
  readonly name: string;
  /** Every shard is being read. Rejects when closed before. */
  readonly ready: Promise<void>;
  /** Rejects when it cannot go on: another process took the directory. Resolves when closed. */
  readonly ended: Promise<void>;
  /** Since the start. */
  readonly counts: Readonly<HandlerCounts>;
  /** Whether the function has dealt with all that was put before `instant` (ms since the Unix epoch, this machine's clock). */
  hasRead(instant: number): boolean;
  /** How long ago what it deals with now was put, on the slowest shard; Infinity before the first answer. Unit: ms. */
  lagMs(): number;
  /**
   * Waits for invocations that are under way. Windows stay open and go on at the next start; with `finishWindows` they are
   * closed early. Harmless when repeated.
   */
  close(options?: { finishWindows?: boolean }): Promise<void>;
}

/**
 * Runs a function over all shards of a stream as Lambda's event source mapping for Kinesis does, with a directory instead
 * of AWS's own records of how far it is. https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
 *
 * - One invocation at a time for each shard, in order. Shards of a split or a merge wait for their parents.
 * - Aggregates come taken apart, duplicates not at all.
 * - What fails is tried again, from the lowest record in `batchItemFailures` on. Only what is dealt with is passed.
 * - A function without windows gets a batch again when the process was killed before it was on the disk that it is dealt
 *   with: at least once, and maybe with other records beside it.
 * - A function with windows gets each record once in the state of its window, whatever was killed when: position and state
 *   are written as one. The final invocation has no records. It is written down before it is made, and repeated with the
 *   same state until it works, before anything else: what it emits under ids that follow from its state is emitted once for
 *   whoever knows these ids again.
 * - A window that ends before its time (its state is over 1 MB, its shard ended, `finishWindows`) is closed by an invocation
 *   with both `isFinalInvokeForWindow` and `isWindowTerminatedEarly`; what comes later opens it again, empty.
 *
 * @throws {TypeError} If an option is wrong.
 * @throws If another process has the directory, or what is in it cannot be read.
 */
export async function runHandler<State = unknown>(options: HandlerOptions<State>): Promise<RunningHandler> {
  const { name, client, streamName, directory, onError = () => {}, onNote = () => {}, onDiscard } = options;
  const { batchSize, maxRetries, bisect, pollMs, dedup, seenCapacity, windowGraceMs } = check(
    options as HandlerOptions<never>,
  );
  const region = await client.config.region();
  const streamArn = options.streamArn ?? `arn:aws:kinesis:${region}:000000000000:stream/${streamName}`;

  await mkdir(directory, { recursive: true });
  const lock = await lockDirectory(directory);
  const file = await openStateFile(directory, seenCapacity).catch(async (error) => {
    await lock.release();
    throw error;
  });
  if (file.seen.lostBytes > 0)
    onError(
      new Error(
        `${name}: ${file.seen.lostBytes} bytes of seen ids are gone from ${directory}: what they stood for may come twice`,
      ),
    );

  const stopping = new AbortController();
  const { signal } = stopping;
  setMaxListeners(0, signal);
  const abort = (): void => stopping.abort(new Error(`The handler '${name}' was closed`));
  if (options.signal?.aborted) abort();
  const patience = createPatience(signal, pollMs, onError);
  const counts: HandlerCounts = { records: 0, duplicates: 0, discarded: 0, invocations: 0, failures: 0 };

  const runners = new Map<string, ShardRunner>();
  const runnerOf = (shardId: string): ShardRunner => {
    let runner = runners.get(shardId);
    if (!runner) {
      runner = createShardRunner(shardId, {
        name,
        invoke: (event) => (options.handler as (event: object) => Promise<unknown>)(event),
        source: {
          awsRegion: region,
          eventSourceARN: streamArn,
          invokeIdentityArn: `arn:aws:iam::${streamArn.split(':')[4] ?? ''}:role/${name}`,
        },
        file,
        batchSize,
        windowMs: (options.tumblingWindowSeconds ?? 0) * 1_000,
        graceMs: windowGraceMs,
        maxRetries,
        bisect,
        dedup,
        counts,
        onDiscard: (discarded) => onDiscard?.(discarded),
        onError,
        patience,
        signal,
        checkLock: () => {
          if (lock.lost) throw new Error(`${name}: another process took ${directory}: nothing more is written there`);
        },
      });
      runners.set(shardId, runner);
    }
    return runner;
  };

  let follower: Follower | undefined;
  let gone: Promise<void> = Promise.resolve();
  /** Shards that are gone with the records they had: what was counted of them is told. */
  const endGone = async (read: ReadonlySet<string>): Promise<void> => {
    for (const shardId of file.shardIds())
      if (!read.has(shardId) && file.get(shardId).position !== 'END') await runnerOf(shardId).end();
  };
  const run = async (becomeReady: () => void): Promise<void> => {
    const stream = await patience.attempt(() => identifyStream(client, streamName, signal));
    if (file.stream !== stream) {
      if (file.stream !== '') {
        onNote(`${name}: ${stream} is another stream than ${file.stream}: it is read from its beginning`);
        // What was counted on the other one is told all the same.
        for (const shardId of file.shardIds()) await runnerOf(shardId).end();
      }
      if (signal.aborted) return;
      await patience.attempt(() => file.restart(stream));
    }
    follower = followStream({
      client,
      streamName,
      startAfter: (shardId) => file.get(shardId).position,
      onBatch: (batch) => runnerOf(batch.shardId).take(batch),
      onCaughtUp: (shardId, instant) => runnerOf(shardId).caughtUp(instant),
      onShardEnd: (shardId) => runnerOf(shardId).end(),
      onError,
      pollMs,
      signal,
    });
    const { ended } = follower;
    await Promise.race([follower.ready, ended]);
    if (!signal.aborted) {
      becomeReady();
      gone = endGone(new Set(follower.shardIds()));
    }
    await Promise.all([ended, gone]);
  };

  let ended: Promise<void> = Promise.resolve();
  const ready = new Promise<void>((resolve, reject) => {
    ended = run(resolve)
      .catch(async (error: unknown) => {
        const stopped = signal.aborted;
        abort();
        await follower?.stop();
        await gone.catch(() => {});
        if (stopped && error === signal.reason) return;
        reject(error);
        throw error;
      })
      .finally(() => reject(signal.reason));
  });
  // Who does not wait for them must not get an unhandled rejection.
  ready.catch(() => {});
  ended.catch(() => {});

  let closed: Promise<void> | undefined;
  const close = async (finishWindows: boolean): Promise<void> => {
    abort();
    await ended.catch(() => {});
    try {
      if (finishWindows && !lock.lost) for (const shardId of file.shardIds()) await runnerOf(shardId).finishWindow();
    } finally {
      await file.close();
      await lock.release();
    }
  };
  const closeOnce = (finishWindows: boolean): Promise<void> => {
    closed ??= close(finishWindows);
    return closed;
  };
  const onAbort = (): void => void closeOnce(false).catch(onError);
  if (signal.aborted) onAbort();
  else options.signal?.addEventListener('abort', onAbort, { once: true });
  return {
    name,
    ready,
    ended,
    counts,
    hasRead: (instant) => follower?.hasRead(instant) ?? false,
    lagMs: () => follower?.lagMs() ?? Number.POSITIVE_INFINITY,
    close: ({ finishWindows = false } = {}) => {
      options.signal?.removeEventListener('abort', onAbort);
      return closeOnce(finishWindows);
    },
  };
}

function check(options: HandlerOptions<never>): HandlerDefaults {
  for (const key of ['name', 'streamName', 'directory'] as const) checkText(key, options[key]);
  checkFunction('handler', options.handler);
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const settings: HandlerDefaults = { ...handlerDefaults, ...given };
  const most = Number.MAX_SAFE_INTEGER;
  checkInteger('batchSize', settings.batchSize, 1, 10_000);
  checkInteger('pollMs', settings.pollMs, 200, most);
  checkInteger('seenCapacity', settings.seenCapacity, 2, most);
  checkInteger('windowGraceMs', settings.windowGraceMs, 0, most);
  if (options.tumblingWindowSeconds !== undefined)
    checkInteger('tumblingWindowSeconds', options.tumblingWindowSeconds, 1, 900);
  if (settings.maxRetries !== Number.POSITIVE_INFINITY) {
    checkInteger('maxRetries', settings.maxRetries, 0, most);
    if (!options.onDiscard) throw new TypeError('onDiscard: required with maxRetries, nothing is given up unheard');
  }
  return settings;
}
