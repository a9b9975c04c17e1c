import { randomUUID } from 'node:crypto';
import { toLiveRecord } from './live-record.js';

/** A record that passed, with its place. */
export interface LiveEntry {
  /** Position since the process began, from 1. */
  readonly n: number;
  /** A `LiveRecord` as JSON. */
  readonly json: string;
}

export interface LiveState {
  /** Records in the lake. */
  readonly total?: number | undefined;
  /** Unit: ms since the Unix epoch. */
  readonly lastFlushAt?: number | undefined;
  /** How far the reader is behind the stream. Unit: ms. */
  readonly lagMs?: number | undefined;
}

export interface LiveStatus extends LiveState {
  /** Over the last five seconds. */
  readonly recordsPerSecond: number;
}

/** What passes through the stream right now, for whoever watches. */
export interface LiveSource {
  /** Distinguishes these positions from those of an earlier process. */
  readonly epoch: string;
  /** Called when there is something new, which `after` has. @returns Ends it. */
  subscribe(listener: () => void): () => void;
  /** The newest that are kept, oldest first. */
  recent(n: number): readonly LiveEntry[];
  /** The newest that came after a position and are kept, oldest first. */
  after(position: number, most: number): readonly LiveEntry[];
  status(): LiveStatus;
}

/** A live source that is fed. */
export interface FedLiveSource extends LiveSource {
  /** @param record As it is on the stream. Kept as it is until it is asked for: do not change it. */
  add(record: Readonly<Record<string, unknown>>): void;
  /** What is given replaces what was. */
  update(state: LiveState): void;
}

export interface LiveSourceOptions {
  /** Records kept for whoever opens the page, or was slow. 1–10,000. @default 200 */
  max?: number | undefined;
  /** Unit: ms since the Unix epoch. @default Date.now */
  now?: (() => number) | undefined;
}

export const liveSourceDefaults: { readonly max: number } = { max: 200 };

/** Seconds that the rate is taken over: fewer and it jumps, more and it is late. */
const rateSeconds = 5;

/** @throws {TypeError} If `max` is not a whole number from 1 to 10,000. */
export function createLiveSource({
  max = liveSourceDefaults.max,
  now = Date.now,
}: LiveSourceOptions = {}): FedLiveSource {
  if (!Number.isInteger(max) || max < 1 || max > 10_000) {
    throw new TypeError(`max must be a whole number from 1 to 10000, got ${max}`);
  }
  const listeners = new Set<() => void>();
  /** The record of position n is at (n - 1) % max. Records become JSON only when somebody watches. */
  const kept: { record: Readonly<Record<string, unknown>>; json?: string }[] = [];
  let n = 0;
  let state: LiveState = {};
  const counts = new Array<number>(rateSeconds + 1).fill(0);
  let second = 0;

  /** Empties the counts of the seconds in which nothing came. */
  const advance = (): void => {
    const current = Math.floor(now() / 1000);
    for (let passed = Math.max(second + 1, current - rateSeconds); passed <= current; passed++) {
      counts[passed % counts.length] = 0;
    }
    // A clock that is set back: what it counts from now on is counted, too.
    second = current;
  };
  const after = (position: number, most: number): LiveEntry[] => {
    const entries: LiveEntry[] = [];
    for (let at = Math.max(position, n - max, n - most) + 1; at <= n; at++) {
      const slot = kept[(at - 1) % max];
      if (!slot) continue;
      slot.json ??= JSON.stringify(toLiveRecord(slot.record));
      entries.push({ n: at, json: slot.json });
    }
    return entries;
  };

  return {
    epoch: randomUUID().slice(0, 8),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    recent: (most) => after(0, most),
    after,
    status() {
      advance();
      let sum = 0;
      // The second that is under way is not a whole one yet.
      for (let at = 1; at <= rateSeconds; at++) sum += counts[(second - at + counts.length) % counts.length] ?? 0;
      return { recordsPerSecond: sum / rateSeconds, ...state };
    },
    add(record) {
      advance();
      counts[second % counts.length] = (counts[second % counts.length] ?? 0) + 1;
      kept[n++ % max] = { record };
      for (const listener of listeners) listener();
    },
    update(next) {
      state = { ...state, ...next };
    },
  };
}
