import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { type Observer, type StreamRole, silentObserver } from '../../core/observer.js';
import type { Sink, SinkFailure } from '../../core/types.js';
import { pack } from '../aggregate.js';
import { type Entry, type Put, settle } from './entry.js';
import { createLane, type Lane } from './lane.js';
import { defaultMaxRecordBytes, putRecordsLimits } from './limits.js';
import { createPutRecords, type PutError, type PutRecords } from './put-records.js';
import { createShardFinder, equalStarts, listShardStarts, type ShardStarts } from './shards.js';

export interface KinesisSinkOptions {
  /** Client to call with; `createKinesisClient` makes one that keeps its connections. */
  client: KinesisClient;
  streamName: string;
  /**
   * How long the first record of a call waits for others, four times as long while another call is on its way. 0 calls
   * at once, for functions that handle one request at a time. Unit: ms. @default 5
   */
  lingerMs?: number | undefined;
  /** Most calls at a time. @default 8 */
  maxInFlight?: number | undefined;
  /** Most that may wait; beyond it a put fails at once, retryably. Unit: bytes of data and keys. @default 67_108_864 */
  maxQueueBytes?: number | undefined;
  /** No call for a record begins later than this after its put. Unit: ms. @default 3_000 */
  deadlineMs?: number | undefined;
  /** Longest wait before the second call; it doubles with each further one, with full jitter. Unit: ms. @default 50 */
  baseDelayMs?: number | undefined;
  /** Largest record, data and key: what is larger fails for good. Unit: bytes, at most 4,000,000. @default 1_048_576 */
  maxRecordBytes?: number | undefined;
  /**
   * Puts records of one shard together, up to 25 kB, in the format of the Kinesis Producer Library. A stream then takes
   * several times as many events per shard; its readers must take them apart: the Kinesis Client Library, Firehose and
   * Flink do, Lambda and others need a library. @default false
   */
  aggregate?: boolean | undefined;
  /**
   * At most one record of a key in a call. Without it the records of a key go in their order too, and a record that is
   * put again goes before later ones; but when the service takes a part of a call, it may take a later record of a key and
   * refuse an earlier one: it promises no order within a call. With it a key gets one record per round trip.
   * @default false
   */
  strictOrder?: boolean | undefined;
  /** Asks for the stream's shards, so that each is paced on its own. Needs `kinesis:ListShards`; goes on without. @default true */
  trackShards?: boolean | undefined;
  /** Which stream this is, for the observer. @default 'events' */
  role?: StreamRole | undefined;
  observer?: Observer | undefined;
  /** Makes a call. @default through `client` */
  putRecords?: PutRecords | undefined;
  /** Chance in [0, 1). @default Math.random */
  random?: (() => number) | undefined;
  /** Clock, ms, of which only differences count: one that is never set. @default performance.now */
  now?: (() => number) | undefined;
}

/** What a sink has in hand. */
export interface KinesisSinkStatus {
  readonly queuedRecords: number;
  readonly queuedBytes: number;
  /** Calls on their way. */
  readonly inFlight: number;
  /** Shards, or equal ranges of keys while the shards are not known. */
  readonly lanes: number;
  /** Lanes that wait after a failure. */
  readonly pausedLanes: number;
}
export interface KinesisSink extends Sink {
  status(): KinesisSinkStatus;
}

/** Answers that do not get better by asking again: the record or the call itself is wrong. */
const final = new Set(['ValidationException', 'InvalidArgumentException', 'SerializationException']);
/** Lanes while the shards are not known: enough that one hot shard holds up few keys of others. */
const unknownLanes = 16;
/** So many wrong records, and not one that is taken: it is the call that is refused. */
const mostRefused = 8;
/** Records of one call when they are packed: 4 MB of records of 400 bytes. */
const mostPacked = 10_000;
/** Each shard has a last pack that is not full: with the 160 full ones of 4 MB they stay below 500. */
const mostLanes = 300;
/** A stream may be split or merged at any time. Unit: ms. */
const shardsAgeMs = 300_000;

interface Attempt {
  /** `ok`, or the name of what the call threw. */
  readonly outcome: string;
  readonly outcomes: readonly (PutError | undefined)[];
}

interface Part {
  readonly partitionKey: string;
  readonly data: Uint8Array;
  /** Position in the call. */
  readonly at: number;
}

/**
 * Puts records on a Kinesis stream. The records of many callers share one call; only records that failed are put again,
 * before later ones of their key; each shard is paced on its own.
 *
 * When a record is given up, so are the later ones of its key that wait: none of them overtakes it on the way to a spool.
 *
 * @throws {TypeError} If an option is wrong.
 */
export function createKinesisSink(options: KinesisSinkOptions): KinesisSink {
  const { client, streamName, role = 'events', observer = silentObserver } = options;
  const { strictOrder = false, aggregate = false } = options;
  const mostRecords = aggregate ? mostPacked : putRecordsLimits.records;
  const { lingerMs = 5, maxInFlight = 8, maxQueueBytes = 67_108_864, deadlineMs = 3_000, baseDelayMs = 50 } = options;
  const {
    maxRecordBytes = defaultMaxRecordBytes,
    trackShards = true,
    random = Math.random,
    now = () => performance.now(),
  } = options;
  const { putRecords = createPutRecords(client) } = options;
  if (!/^[\w.-]{1,128}$/.test(streamName)) {
    throw new TypeError(`streamName: 1–128 letters, digits, _ . or - are needed, got ${JSON.stringify(streamName)}`);
  }

  if (!(maxRecordBytes > 0 && maxRecordBytes <= putRecordsLimits.bytes)) {
    throw new TypeError(`maxRecordBytes: 1–${putRecordsLimits.bytes} are needed, got ${maxRecordBytes}`);
  }

  let shardOf = createShardFinder(equalStarts(unknownLanes));
  const makeLanes = (count: number): Lane[] =>
    Array.from({ length: count }, () => createLane(mostRecords, baseDelayMs, random));
  let lanes = makeLanes(unknownLanes);
  let starts: ShardStarts | undefined;
  /** Shards as they are now, taken over when no call is on its way: a key must not be in two calls. */
  let newStarts: ShardStarts | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;

  let queuedRecords = 0;
  let queuedBytes = 0;
  let inFlight = 0;
  let waitingSince = 0;
  let next = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let timerAt = 0;
  /** Keys of which a record was given up, until its put has said so. */
  const givenUp = new Map<string, { readonly message: string; readonly puts: Set<Put> }>();
  let closing: (() => void) | undefined;
  let closed: Promise<void> | undefined;

  const askShards = (): void => {
    if (!trackShards || now() - askedAt < shardsAgeMs) return;
    askedAt = now();
    listShardStarts(client, streamName).then(
      (found) => {
        if (found.length > 0 && found.join() !== starts?.join()) newStarts = found;
        if (inFlight === 0) takeOver();
      },
      // Without it, ranges of keys are paced instead of shards.
      () => {},
    );
  };
  const takeOver = (): void => {
    if (!newStarts) return;
    const waiting = lanes.flatMap((lane) => lane.remove(() => true));
    starts = newStarts;
    newStarts = undefined;
    shardOf = createShardFinder(starts);
    lanes = makeLanes(starts.length);
    for (const entry of waiting) (lanes[shardOf(entry.partitionKey)] as Lane).add(entry);
  };

  const gather = (): { entries: Entry[]; taken: Lane[] } => {
    const entries: Entry[] = [];
    const taken: Lane[] = [];
    let bytes = 0;
    const at = now();
    for (let turn = 0; turn < lanes.length && entries.length < mostRecords && taken.length < mostLanes; turn++) {
      const lane = lanes[(next + turn) % lanes.length] as Lane;
      if (lane.busy || lane.length === 0) continue;
      const room = mostRecords - entries.length;
      const some = lane.take(at, room, putRecordsLimits.bytes - bytes, strictOrder);
      if (some.length === 0) continue;
      lane.busy = true;
      taken.push(lane);
      for (const entry of some) {
        entries.push(entry);
        bytes += entry.bytes;
      }
    }
    // The lane that came first now comes last.
    next = (next + 1) % lanes.length;
    return { entries, taken };
  };

  const pump = (): void => {
    timer = undefined;
    if (newStarts) {
      // Calls on their way end first.
      if (inFlight > 0) return;
      takeOver();
    }
    while (inFlight < maxInFlight && queuedRecords > 0) {
      expire();
      const { entries, taken } = gather();
      if (entries.length === 0) break;
      waitingSince = now();
      void send(entries, taken);
    }
    if (queuedRecords > 0) schedule();
    else if (inFlight === 0) closing?.();
  };

  /** Sees to it that what waits is taken in time: when the linger is over, or the first paused lane may go on. */
  const schedule = (): void => {
    if (queuedRecords === 0) return;
    let at = Number.POSITIVE_INFINITY;
    for (const lane of lanes) if (!lane.busy && lane.length > 0) at = Math.min(at, lane.pausedUntil);
    // All that waits belongs to lanes in a call: its end is the next occasion.
    if (at === Number.POSITIVE_INFINITY || inFlight >= maxInFlight) return;
    const lingered = waitingSince + (inFlight > 0 ? 4 * lingerMs : lingerMs);
    const due = Math.max(at, lingered);
    if (timer !== undefined) {
      if (timerAt <= due) return;
      clearTimeout(timer);
    }
    timerAt = due;
    timer = setTimeout(pump, Math.max(0, due - now()));
  };

  const send = async (entries: Entry[], taken: readonly Lane[]): Promise<void> => {
    inFlight++;
    queuedRecords -= entries.length;
    let bytes = 0;
    for (const entry of entries) bytes += entry.bytes;
    const startedAt = now();
    const { outcomes, outcome: ended } = await attempt(entries);
    let outcome = ended;
    const endedAt = now();
    let failed = 0;
    for (const error of outcomes) if (error) failed++;
    if (failed > 0 && outcome === 'ok') outcome = 'partial';
    observer.put(role, { records: entries.length, bytes, durationMs: endedAt - startedAt, failed, outcome });

    if (failed === 0) {
      for (const entry of entries) settle(entry);
      queuedBytes -= bytes;
    } else sortOut(entries, outcomes, endedAt);

    const failedLanes = new Set(entries.filter((_, at) => outcomes[at]).map((entry) => laneOf(entry)));
    for (const lane of taken) {
      lane.busy = false;
      lane.ended(!failedLanes.has(lane), endedAt);
    }
    inFlight--;
    if (failed > 0) askShardsAfterFailure();
    if (timer !== undefined) {
      clearTimeout(timer);
      timer = undefined;
    }
    if (queuedRecords === 0 || queuedRecords >= mostRecords || now() - waitingSince >= lingerMs) pump();
    else schedule();
  };

  /**
   * Makes a call. One wrong record fails it as a whole: then each half is put on its own, until the record is alone.
   * Nothing goes on past a half that is to be put again. When nothing at all is taken, it is not the records that are
   * wrong: to put again may help.
   */
  const attempt = async (entries: readonly Entry[]): Promise<Attempt> => {
    const seen = { taken: 0, refused: 0 };
    const ended = await divide(entries, seen);
    if (entries.length === 1 || seen.taken > 0 || !final.has(ended.outcome)) return ended;
    return {
      outcome: ended.outcome,
      outcomes: ended.outcomes.map((error) => error && { ...error, code: 'CallRefused' }),
    };
  };
  const divide = async (entries: readonly Entry[], seen: { taken: number; refused: number }): Promise<Attempt> => {
    try {
      const outcomes = aggregate ? await putPacked(entries) : await putRecords(streamName, entries);
      seen.taken += outcomes.filter((error) => !error).length;
      return { outcome: 'ok', outcomes };
    } catch (error) {
      const { name, message } = error as Error;
      const failure = { code: name, message: `PutRecords on ${streamName}: ${name}: ${message}` };
      const all = { outcome: name, outcomes: entries.map(() => failure) };
      if (!final.has(name)) return all;
      if (entries.length === 1) {
        seen.refused++;
        return all;
      }
      const half = entries.length >> 1;
      const first = await divide(entries.slice(0, half), seen);
      const rest = entries.slice(half);
      const again =
        first.outcomes.find((one) => one && !final.has(one.code)) ??
        (seen.taken === 0 && seen.refused >= mostRefused ? failure : undefined);
      const second = again ? rest.map(() => again) : (await divide(rest, seen)).outcomes;
      return { outcome: name, outcomes: [...first.outcomes, ...second] };
    }
  };

  /** Of each shard's records as few as possible; what becomes of a pack becomes of all that is in it. */
  const putPacked = async (entries: readonly Entry[]): Promise<(PutError | undefined)[]> => {
    const byLane = new Map<Lane, Part[]>();
    for (const [at, entry] of entries.entries()) {
      const lane = laneOf(entry);
      const list = byLane.get(lane) ?? [];
      list.push({ partitionKey: entry.partitionKey, data: Buffer.from(entry.data), at });
      byLane.set(lane, list);
    }
    const packs = [...byLane.values()].flatMap((parts) => pack(parts));
    const results = await putRecords(
      streamName,
      packs.map(({ partitionKey, data }) => ({ partitionKey, data, dataBytes: data.byteLength })),
    );
    const outcomes = new Array<PutError | undefined>(entries.length);
    for (const [index, { parts }] of packs.entries()) for (const { at } of parts) outcomes[at] = results[index];
    return outcomes;
  };

  const laneOf = (entry: Entry): Lane => lanes[shardOf(entry.partitionKey)] as Lane;

  /** Of a call that failed in part: what is on the stream is settled, what failed waits again, or is given up. */
  const sortOut = (entries: readonly Entry[], outcomes: readonly (PutError | undefined)[], at: number): void => {
    const again = new Map<Lane, Entry[]>();
    const lost = new Map<string, string>();
    let retried = 0;
    for (const [index, entry] of entries.entries()) {
      const error = outcomes[index];
      if (!error) {
        queuedBytes -= entry.bytes;
        settle(entry);
        continue;
      }
      const message = error.message.startsWith('PutRecords') ? error.message : `${error.code}: ${error.message}`;
      if (final.has(error.code)) giveUp(entry, message, false);
      else if (lost.has(entry.partitionKey) || at >= entry.put.deadlineAt || abandoned(entry)) {
        lost.set(entry.partitionKey, message);
        giveUp(entry, message, true);
      } else {
        entry.failedFor = message;
        const lane = laneOf(entry);
        const list = again.get(lane) ?? [];
        list.push(entry);
        again.set(lane, list);
        retried++;
      }
    }
    for (const [lane, list] of again) lane.putBack(list);
    queuedRecords += retried;
    if (retried > 0) observer.retried(role, retried);
    giveUpKeys(lost);
  };

  /** What would wait without end does not once the sink is to close. */
  const abandoned = (entry: Entry): boolean =>
    closing !== undefined && entry.put.deadlineAt === Number.POSITIVE_INFINITY;
  const giveUp = (entry: Entry, message: string, retryable: boolean): void => {
    queuedBytes -= entry.bytes;
    // Its caller learns of it when all its records are settled: until then no other record of the key overtakes it.
    if (retryable) remember(entry, message);
    settle(entry, { retryable, message });
  };
  const remember = ({ partitionKey, put }: Entry, message: string): void => {
    keysOf.set(put, (keysOf.get(put) ?? new Set()).add(partitionKey));
    givenUp.set(partitionKey, { message, puts: (givenUp.get(partitionKey)?.puts ?? new Set()).add(put) });
  };
  const keysOf = new WeakMap<Put, Set<string>>();
  const forget = (put: Put): void => {
    for (const key of keysOf.get(put) ?? []) {
      const known = givenUp.get(key);
      if (known?.puts.delete(put) && known.puts.size === 0) givenUp.delete(key);
    }
  };
  /** What waits behind a record that was given up is given up too: it must not overtake it. */
  const giveUpKeys = (keys: ReadonlyMap<string, string>): void => {
    if (keys.size === 0) return;
    for (const lane of lanes) {
      for (const entry of lane.remove(({ partitionKey }) => keys.has(partitionKey))) {
        queuedRecords--;
        giveUp(entry, keys.get(entry.partitionKey) as string, true);
      }
    }
  };
  /** Gives up what waited beyond its deadline. */
  const expire = (): void => {
    const at = now();
    const late = new Map<string, string>();
    for (const lane of lanes) {
      if (!lane.first || at <= lane.first.put.deadlineAt) continue;
      for (const entry of lane.remove(({ put }) => at > put.deadlineAt)) {
        queuedRecords--;
        const message = entry.failedFor ?? `${streamName} had no room for the record before its deadline`;
        if (!late.has(entry.partitionKey)) late.set(entry.partitionKey, message);
        giveUp(entry, message, true);
      }
    }
    giveUpKeys(late);
  };
  /** A stream that fails may have been split: not more often than twice a minute. */
  const askShardsAfterFailure = (): void => {
    if (now() - askedAt > 30_000) askedAt = Number.NEGATIVE_INFINITY;
    askShards();
  };

  return {
    put(records, { deadlineMs: within = deadlineMs } = {}) {
      if (records.length === 0) return Promise.resolve([]);
      askShards();
      return new Promise((resolve) => {
        const at = now();
        const put: Put = {
          deadlineAt: at + within,
          left: records.length,
          failures: [],
          resolve(failures) {
            resolve(failures);
            // After those who wait for it.
            if (givenUp.size > 0) setImmediate(forget, put);
          },
        };
        const entries: Entry[] = [];
        let bytes = 0;
        for (const [index, { data, partitionKey }] of records.entries()) {
          const dataBytes = Buffer.byteLength(data);
          // Keys are nearly always ASCII; three bytes is the most that a UTF-16 unit takes.
          const size =
            dataBytes + (partitionKey.length > 64 ? partitionKey.length * 3 : Buffer.byteLength(partitionKey));
          bytes += size;
          entries.push({ partitionKey, data, dataBytes, bytes: size, put, index });
        }
        const fails = (message: string): void =>
          resolve(records.map((_, index): SinkFailure => ({ index, retryable: true, message })));
        if (closing) return fails(`the sink of ${streamName} is closed`);
        // What has no deadline waits elsewhere, and is bounded there.
        // Nor does it refuse for ever what is larger alone.
        if (queuedBytes > 0 && queuedBytes + bytes > maxQueueBytes && within !== Number.POSITIVE_INFINITY)
          return fails(`${queuedBytes} bytes wait for ${streamName} already, of ${maxQueueBytes} at most`);
        if (timer === undefined || timerAt > at + lingerMs) waitingSince = at;
        for (const entry of entries) {
          if (entry.bytes > maxRecordBytes) {
            const message = `The record has ${entry.bytes} bytes with its key, the stream takes ${maxRecordBytes}.`;
            settle(entry, { retryable: false, message });
            continue;
          }
          // What has no deadline comes from the spool: it is older than whatever is given up and not yet there.
          const before =
            givenUp.size > 0 && within !== Number.POSITIVE_INFINITY ? givenUp.get(entry.partitionKey) : undefined;
          if (before) {
            remember(entry, before.message);
            settle(entry, { retryable: true, message: before.message });
            continue;
          }
          laneOf(entry).add(entry);
          queuedRecords++;
          queuedBytes += entry.bytes;
        }
        if (queuedRecords >= mostRecords || lingerMs === 0) {
          if (timer !== undefined) clearTimeout(timer);
          timer = undefined;
          pump();
        } else schedule();
      });
    },
    status: () => ({
      queuedRecords,
      queuedBytes,
      inFlight,
      lanes: lanes.length,
      pausedLanes: lanes.filter(({ pausedUntil }) => pausedUntil > now()).length,
    }),
    close() {
      closed ??= new Promise<void>((resolve) => {
        closing = resolve;
        if (queuedRecords === 0 && inFlight === 0) resolve();
      });
      return closed;
    },
  };
}
