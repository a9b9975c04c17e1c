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
  /** Those with a row, oldest first. */
  let shown: Entry[] = [];
  let holding = false;

  // Shards are read in turn, so a record may come after a newer one of another shard.
  const newest = (entries: readonly Entry[]): Entry[] => [...entries].sort(byAge).slice(-mostRows);

  // Rows that stay are not touched: one that is open, or in focus, stays so.
  const draw = (): void => {
    let at = list.firstElementChild;
    for (const entry of [...shown].reverse()) {
      entry.row ??= toRow(entry.seen);
      if (entry.row === at) at = at.nextElementSibling;
      else list.insertBefore(entry.row, at);
    }
    while (at) {
      const next = at.nextElementSibling;
      at.remove();
      at = next;
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
      shown = newest([...shown, ...matching]);
      draw();
      // A whole page that flashes says nothing.
      if (!wasEmpty && matching.length < 20) for (const { row } of matching) row?.classList.add('fresh');
      known.push(...fresh);
      fresh = [];
      for (const entry of known.splice(0, Math.max(0, known.length - mostKnown))) {
        if (!shown.includes(entry)) delete entry.row;
      }
    },
    refresh() {
      for (const { row } of shown) row?.classList.remove('fresh');
      shown = newest(known.filter(matches));
      draw();
    },
    hold(held) {
      holding = held;
    },
    clear() {
      known = [];
      fresh = [];
      shown = [];
      draw();
    },
    counts: () => ({ known: known.length, shown: shown.length, held: holding ? fresh.length : 0 }),
  };
}

function byAge(a: Entry, b: Entry): number {
  return a.order[0] - b.order[0] || a.order[1] - b.order[1] || a.order[2] - b.order[2];
}
