import type { FeedRecord } from './feed-types.js';

/** A record that has come, and its row once it was shown. */
export interface Entry {
  seen: FeedRecord;
  /** When the stream took it, then when it happened, then its line of the order: what newer means. */
  order: readonly [arrivedAt: number, happenedAt: number, line: number];
  /** The feed's own line, which the text filter looks through. */
  text: string;
  row?: HTMLElement;
}

export interface RecordList {
  add(entry: Entry): void;
  /** Shows what came since, newest first. Called once per frame. */
  flush(): void;
  /** Shows again, after the filter has changed. */
  refresh(): void;
  /** Holds what comes from now on back, until called with false. */
  hold(held: boolean): void;
  clear(): void;
  /** Known, shown, and held back. */
  counts(): { known: number; shown: number; held: number };
}

const mostRows = 200;
const mostFlashing = 5;
/** More than rows, so that a filter finds older ones. */
const mostKnown = 2_000;

/** @param matches The filter in force. */
export function createRecordList(
  list: HTMLElement,
  toRow: (seen: FeedRecord) => HTMLElement,
  matches: (entry: Entry) => boolean,
): RecordList {
  let known: Entry[] = [];
  let fresh: Entry[] = [];
  /** Those with a row, newest first. */
  let shown: ReadonlySet<Entry> = new Set();
  let holding = false;

  // Rows that stay are not touched: one that is open, or in focus, stays so.
  const show = (entries: readonly Entry[]): void => {
    // Shards are read in turn, so a record may come after a newer one of another shard.
    const next = new Set([...entries].sort(byAge).slice(-mostRows).reverse());
    for (const entry of shown) if (!next.has(entry)) delete entry.row;
    shown = next;
    let at = list.firstElementChild;
    for (const entry of shown) {
      entry.row ??= toRow(entry.seen);
      if (entry.row === at) at = at.nextElementSibling;
      else list.insertBefore(entry.row, at);
    }
    while (at) {
      const following = at.nextElementSibling;
      at.remove();
      at = following;
    }
  };

  return {
    add(entry) {
      fresh.push(entry);
      // While held, or in a tab that shows no frames, they wait: not without end.
      if (fresh.length > 2 * mostKnown) fresh = fresh.slice(-mostKnown);
    },
    flush() {
      if (holding || fresh.length === 0) return;
      const matching = fresh.filter(matches);
      const wasEmpty = known.length === 0;
      show([...shown, ...matching]);
      // Many that flash say nothing.
      if (!wasEmpty && matching.length <= mostFlashing) for (const { row } of matching) row?.classList.add('fresh');
      known.push(...fresh);
      fresh = [];
      known.splice(0, Math.max(0, known.length - mostKnown));
    },
    refresh() {
      for (const { row } of shown) row?.classList.remove('fresh');
      show(known.filter(matches));
    },
    hold(held) {
      holding = held;
    },
    clear() {
      known = [];
      fresh = [];
      show([]);
    },
    counts: () => ({ known: known.length, shown: shown.size, held: holding ? fresh.length : 0 }),
  };
}

function byAge(a: Entry, b: Entry): number {
  return a.order[0] - b.order[0] || a.order[1] - b.order[1] || a.order[2] - b.order[2];
}
