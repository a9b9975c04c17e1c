import type { WireEvent } from './events.js';

/** Most keys that are counted. Later ones are counted together: a hot key shows long before. */
const maxKeys = 100_000;

export interface HottestKey {
  readonly key: string;
  readonly records: number;
  /** Part of all records, 0 to 1. */
  readonly share: number;
}

export interface KeyCounter {
  /** Counts the records of an event that was accepted: one per line of an order. */
  add(event: WireEvent): void;
  hottest(): HottestKey | undefined;
}

/** Counts partition keys by the rule of docs/wire.md: the public endpoint does not tell where a record went. */
export function createKeyCounter(): KeyCounter {
  const counts = new Map<string, number>();
  let total = 0;
  return {
    add(event) {
      for (const product of event.items ?? [event]) {
        const key = partitionKey({ ...event, ...product });
        total += 1;
        const count = counts.get(key);
        if (count !== undefined || counts.size < maxKeys) counts.set(key, (count ?? 0) + 1);
      }
    },
    hottest() {
      let best: HottestKey | undefined;
      for (const [key, records] of counts) {
        if (records > (best?.records ?? 0)) best = { key, records, share: records / total };
      }
      return best;
    },
  };
}

function partitionKey({ category_id, category_code, product_id, session_id, customer_id }: WireEvent): string {
  if (category_id !== undefined) return category_id;
  if (category_code !== undefined) return category_code;
  if (product_id !== undefined) return `p:${product_id}`;
  return session_id !== undefined ? `s:${session_id}` : `c:${customer_id}`;
}
