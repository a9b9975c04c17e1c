import type { SeenList } from './seen-record.js';

/** A kept record. */
export interface LogEntry {
  /** Position among all records of both lists, from 1. */
  n: number;
  list: SeenList;
  json: string;
}

export interface LogLimits {
  /** Most records kept per list. */
  keep: number;
  /** Most JSON kept per list. Unit: UTF-16 code units. The newest record is kept whatever its size. */
  keepLength: number;
}

/** The newest records of both lists: bounded, oldest dropped first. */
export interface EventLog {
  add(list: SeenList, json: string): void;
  /** The oldest kept record after position `n`. */
  after(n: number): LogEntry | undefined;
  /** The kept ones, oldest first. */
  entries(list: SeenList): readonly LogEntry[];
  /** Forgets the kept ones; the positions go on. */
  clear(): void;
}

export function createEventLog({ keep, keepLength }: LogLimits): EventLog {
  let n = 0;
  const lists = { good: { entries: [] as LogEntry[], length: 0 }, bad: { entries: [] as LogEntry[], length: 0 } };

  return {
    add(list, json) {
      const kept = lists[list];
      kept.entries.push({ n: ++n, list, json });
      kept.length += json.length;
      while (kept.entries.length > keep || (kept.length > keepLength && kept.entries.length > 1)) {
        kept.length -= kept.entries.shift()?.json.length ?? 0;
      }
    },
    after(position) {
      const good = firstAfter(lists.good.entries, position);
      const bad = firstAfter(lists.bad.entries, position);
      return good && bad ? (good.n < bad.n ? good : bad) : (good ?? bad);
    },
    entries: (list) => lists[list].entries,
    clear() {
      for (const kept of Object.values(lists)) {
        kept.entries = [];
        kept.length = 0;
      }
    },
  };
}

function firstAfter(entries: readonly LogEntry[], position: number): LogEntry | undefined {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.n ?? 0) > position) high = middle;
    else low = middle + 1;
  }
  return entries[low];
}
