import type { WireEvent } from './events.js';
import type { Unit } from './orders.js';

/** What the wire format and the collector's default bounds allow in one request. */
const maxEvents = 500;
/** Unit: bytes of UTF-8 JSON. */
const maxBytes = 400_000;

export interface Entry {
  readonly unit: Unit;
  readonly event: WireEvent;
}

export interface Batch {
  readonly entries: readonly Entry[];
  /** Numbers of the first and the last row in it. */
  readonly firstRow: number;
  readonly lastRow: number;
  /** Unit: ms, by the clock that `createBatcher` was given. */
  readonly openedAt: number;
  /** The request body. */
  body(): string;
}

export interface Batcher {
  /** Adds an event. @returns The batch before it, when the event did not fit into that any more. */
  add(entry: Entry): Batch | undefined;
  /** The batch that is being filled, if there is one. */
  readonly open: Batch | undefined;
  /** Closes the open batch and returns it. */
  take(): Batch | undefined;
}

/**
 * Collects events into request bodies of at most 500 events and 400,000 bytes; a single event that is larger has a body
 * of its own.
 *
 * @param envelope What is common to all events.
 */
export function createBatcher(envelope: Readonly<Record<string, unknown>>, now: () => number): Batcher {
  const head = `${JSON.stringify(envelope).slice(0, -1)},"events":[`;
  const frameBytes = Buffer.byteLength(head) + 2;
  let open: (Batch & { entries: Entry[]; firstRow: number; lastRow: number }) | undefined;
  let texts: string[] = [];
  let bytes = 0;

  const take = (): Batch | undefined => {
    const batch = open;
    open = undefined;
    return batch;
  };

  return {
    add(entry) {
      const text = JSON.stringify(entry.event);
      const size = Buffer.byteLength(text) + 1;
      const full = open && (open.entries.length === maxEvents || bytes + size > maxBytes) ? take() : undefined;
      const rows = entry.unit.rows.map((row) => row.number);
      if (open) {
        open.entries.push(entry);
        texts.push(text);
        bytes += size;
        open.firstRow = Math.min(open.firstRow, ...rows);
        open.lastRow = Math.max(open.lastRow, ...rows);
      } else {
        const mine = [text];
        texts = mine;
        bytes = frameBytes + size;
        open = {
          entries: [entry],
          firstRow: Math.min(...rows),
          lastRow: Math.max(...rows),
          openedAt: now(),
          body: () => `${head}${mine.join(',')}]}`,
        };
      }
      return full;
    },
    get open() {
      return open;
    },
    take,
  };
}
