import type { Entry } from './entry.js';

/** Throttled so often in a row, a lane waits this long at most. Unit: ms. */
const maxPauseMs = 1_000;
const minWindow = 8;

/**
 * The records that wait for one shard, oldest first. A shard throttles on its own, so a lane waits on its own: one hot
 * shard does not hold up the others. At most one call carries records of a lane at a time: that keeps the order of a key.
 */
export interface Lane {
  /** Records of the lane are in a call. */
  busy: boolean;
  readonly length: number;
  add(entry: Entry): void;
  /** The records that a call may carry now: at most `count` of `bytes`, and one of each key when `onePerKey`. */
  take(now: number, count: number, bytes: number, onePerKey: boolean): Entry[];
  /** Puts records back before all others, in their order. */
  putBack(entries: readonly Entry[]): void;
  /** Takes out what `unwanted` names. */
  remove(unwanted: (entry: Entry) => boolean): Entry[];
  /** A call ended: throttled or failed, the lane pauses, longer each time, and takes less; else it takes more again. */
  ended(ok: boolean, now: number): void;
  /** The record that waits longest. */
  readonly first: Entry | undefined;
  /** Time from which on the lane may be taken from. */
  readonly pausedUntil: number;
}

/**
 * @param baseDelayMs Longest pause after the first failure; it doubles with each further one, with full jitter
 *   (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 */
export function createLane(maxWindow: number, baseDelayMs: number, random: () => number): Lane {
  let queue: Entry[] = [];
  /** Before it everything is taken: shifting an array of thousands for each record takes long. */
  let head = 0;
  let window = maxWindow;
  let failures = 0;
  let pausedUntil = 0;

  const compact = (): void => {
    if (head === 0) return;
    queue = head === queue.length ? [] : queue.slice(head);
    head = 0;
  };

  return {
    busy: false,
    get length() {
      return queue.length - head;
    },
    get first() {
      return queue[head];
    },
    get pausedUntil() {
      return pausedUntil;
    },
    add(entry) {
      queue.push(entry);
    },
    take(now, count, bytes, onePerKey) {
      const taken: Entry[] = [];
      if (now < pausedUntil) return taken;
      const most = Math.min(count, window);
      let size = 0;
      if (!onePerKey) {
        while (head < queue.length && taken.length < most) {
          const entry = queue[head] as Entry;
          if (size + entry.bytes > bytes) break;
          size += entry.bytes;
          taken.push(entry);
          head++;
        }
        if (head > 1_024 && head * 2 > queue.length) compact();
        return taken;
      }
      const keys = new Set<string>();
      const left: Entry[] = [];
      let at = head;
      // Not the whole of a long queue for each call.
      for (const end = Math.min(queue.length, head + 4 * maxWindow); at < end && taken.length < most; at++) {
        const entry = queue[at] as Entry;
        if (keys.has(entry.partitionKey) || size + entry.bytes > bytes) left.push(entry);
        else {
          taken.push(entry);
          size += entry.bytes;
        }
        keys.add(entry.partitionKey);
      }
      queue = left.concat(queue.slice(at));
      head = 0;
      return taken;
    },
    putBack(entries) {
      queue = entries.concat(queue.slice(head));
      head = 0;
    },
    remove(unwanted) {
      compact();
      const removed: Entry[] = [];
      const left: Entry[] = [];
      for (const entry of queue) (unwanted(entry) ? removed : left).push(entry);
      if (removed.length > 0) queue = left;
      return removed;
    },
    ended(ok, now) {
      if (ok) {
        failures = 0;
        window = Math.min(maxWindow, Math.ceil(window * 1.25) + minWindow);
        return;
      }
      pausedUntil = now + Math.max(1, random() * Math.min(maxPauseMs, baseDelayMs * 2 ** failures));
      failures++;
      window = Math.max(minWindow, window >> 1);
    },
  };
}
