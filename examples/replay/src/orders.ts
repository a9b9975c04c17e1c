import type { Row } from './rows.js';

/** Rows that become one event: one row, or the lines of one order. */
export interface Unit {
  /** Never empty, as in the file. */
  readonly rows: readonly Row[];
  /**
   * Another order of the same customer, session and second may exist, or these cannot be told: the order is then named
   * after its first row. It means nothing where the unit is no purchase. Two orders of one name would have lines of one name, and readers would count them once.
   */
  readonly apart: boolean;
}

/** The collector takes at most 500 lines per order. */
const maxLines = 500;
/** Most lines that wait for their second to end: files that are not sorted, or have one time throughout. */
const maxPendingLines = 10_000;

export interface Orders {
  /** Takes the next row and returns what is complete, in the order in which it is to be sent. */
  add(row: Row): Unit[];
  /** Returns what still waits: the file has ended. */
  close(): Unit[];
  /** Whether the row is a further line of an order that waits. */
  continues(row: Row): boolean;
  /** Whether orders wait and the row is of their second, so that more of their lines may follow. */
  sameSecond(row: Row): boolean;
  /** Number of the first row that waits; `undefined` when none does. */
  firstPending(): number | undefined;
  /** Rows whose time lies before that of a row above them. */
  readonly unsorted: number;
}

/**
 * Finds the orders in a file that has one row per line of an order and no order number: purchases of the same customer,
 * session and second. They may be interleaved with other rows of that second. Any other row passes at once.
 */
export function createOrders(): Orders {
  let pending = new Map<string, { rows: Row[]; apart: boolean }>();
  let lines = 0;
  let second: number | undefined;
  let latest = Number.NEGATIVE_INFINITY;
  let unsorted = 0;
  /** Orders that were cut within the current second, by key. */
  let cut = new Set<string>();
  let cutAll = false;

  const flush = (): Unit[] => {
    const units = [...pending.values()];
    pending = new Map();
    lines = 0;
    return units;
  };

  return {
    add(row) {
      if (row.timeMs === undefined) return [{ rows: [row], apart: true }];
      const done: Unit[] = [];
      const now = secondOf(row);
      if (now !== second) {
        done.push(...flush());
        second = now;
        cut = new Set();
        cutAll = false;
      }
      if (now < latest) unsorted += 1;
      latest = Math.max(latest, now);

      const key = orderKey(row);
      if (key === undefined) {
        done.push({ rows: [row], apart: true });
        return done;
      }
      const order = pending.get(key);
      if (order) order.rows.push(row);
      else pending.set(key, { rows: [row], apart: now < latest || cutAll || cut.has(key) });
      lines += 1;

      if (order && order.rows.length === maxLines) {
        pending.delete(key);
        lines -= maxLines;
        cut.add(key);
        done.push(order);
      } else if (lines === maxPendingLines) {
        cutAll = true;
        done.push(...flush());
      }
      return done;
    },
    close: flush,
    continues(row) {
      const key = orderKey(row);
      return this.sameSecond(row) && key !== undefined && pending.has(key);
    },
    sameSecond: (row) => pending.size > 0 && row.timeMs !== undefined && secondOf(row) === second,
    firstPending() {
      for (const { rows } of pending.values()) return rows[0]?.number;
      return undefined;
    },
    get unsorted() {
      return unsorted;
    },
  };
}

/** Which order of its second a row belongs to; `undefined` when it is no purchase, or nobody's. */
function orderKey({ values }: Row): string | undefined {
  if (values.event_type !== 'purchase') return undefined;
  if (values.user_id === undefined && values.user_session === undefined) return undefined;
  return `${values.user_id ?? ''}\u001e${values.user_session ?? ''}`;
}

const secondOf = (row: Row): number => Math.floor((row.timeMs ?? 0) / 1000);
