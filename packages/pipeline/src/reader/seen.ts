import { hash } from 'node:crypto';
import { checkInteger } from '../options.js';
import { isPlainObject, parseRecord } from './record.js';

/**
 * Remembers which events were read, to drop those that a producer put twice. Bounded: the oldest are forgotten.
 * An event is known by its `site`, `event_type` and `event_id`, as in the collector.
 */
export interface Seen {
  /** @returns Whether it is new; from now on it is not. */
  add(id: string): boolean;
  has(id: string): boolean;
  /** Ids remembered: at most the capacity, and once it was full at least half of it. */
  readonly size: number;
}

/** Some 32 MB when full: a table twice as large as what is in it, 16 bytes a place. */
export const defaultSeenCapacity = 1_000_000;

/** What is kept of an id. Unit: bytes. */
export const idBytes = 16;

/** By what an event is known, as one text. */
export const eventIdFrom = (site: string, type: string, id: string): string => `${site}\n${type}\n${id}`;

/**
 * By what an event is known.
 *
 * @param value A record, parsed.
 * @returns `site`, `event_type` and `event_id` in lines; nothing for what has no event id: that is never a duplicate.
 */
export function eventIdOf(value: unknown): string | undefined {
  if (!isPlainObject(value)) return undefined;
  const { site, event_type: type, event_id: id } = value;
  if (typeof id !== 'string' || id === '') return undefined;
  return eventIdFrom(typeof site === 'string' ? site : '', typeof type === 'string' ? type : '', id);
}

/** @returns Nothing for a record that is no JSON object, too. */
export function eventIdOfData(data: Uint8Array): string | undefined {
  const { value } = parseRecord(data);
  return eventIdOf(value);
}

/** Nobody makes two ids with the same 128 bits of SHA-256. */
export const hashId = (id: string): Buffer => hash('sha256', id, 'buffer').subarray(0, idBytes);

/** What `openSeenLog` fills from a file. */
export interface SeenHashes extends Seen {
  addHash(hash: Uint8Array): boolean;
}

/**
 * Two tables of half the capacity: when the younger one is full it becomes the older one, which is forgotten.
 *
 * @param capacity Most ids, at least 2. Some 32 bytes of memory each.
 */
export function createSeen(capacity: number = defaultSeenCapacity): SeenHashes {
  checkInteger('capacity', capacity, 2, Number.MAX_SAFE_INTEGER);
  const half = Math.floor(capacity / 2);
  let young = createTable();
  let old = createTable();
  const hasHash = (hash: Uint8Array): boolean => young.has(hash) || old.has(hash);
  const addHash = (hash: Uint8Array): boolean => {
    if (hasHash(hash)) return false;
    if (young.size >= half) {
      old = young;
      young = createTable();
    }
    young.add(hash);
    return true;
  };
  return {
    add: (id) => addHash(hashId(id)),
    addHash,
    has: (id) => hasHash(hashId(id)),
    get size() {
      return young.size + old.size;
    },
  };
}

interface Table {
  readonly size: number;
  has(hash: Uint8Array): boolean;
  /** Of what it does not have. */
  add(hash: Uint8Array): void;
}

/** Open addressing, at most half full. A Set of strings takes three times the memory. */
function createTable(): Table {
  let places = 1_024;
  let slots = new Uint32Array(places * 4);
  let size = 0;
  const words = new Uint32Array(4);

  const read = (hash: Uint8Array): void => {
    const view = new DataView(hash.buffer, hash.byteOffset, idBytes);
    for (let n = 0; n < 4; n++) words[n] = view.getUint32(n * 4, true);
    // All zero is an empty place.
    words[3] = (words[3] ?? 0) | 1;
  };
  /** @returns Where `words` is, or the free place where it belongs. */
  const find = (): number => {
    for (let place = (words[0] ?? 0) & (places - 1); ; place = (place + 1) & (places - 1)) {
      const at = place * 4;
      if (slots[at + 3] === 0) return at;
      if (
        slots[at + 3] === words[3] &&
        slots[at] === words[0] &&
        slots[at + 1] === words[1] &&
        slots[at + 2] === words[2]
      )
        return at;
    }
  };
  const grow = (): void => {
    const before = slots;
    places *= 2;
    slots = new Uint32Array(places * 4);
    for (let at = 0; at < before.length; at += 4) {
      if (before[at + 3] === 0) continue;
      words.set(before.subarray(at, at + 4));
      slots.set(words, find());
    }
  };
  return {
    get size() {
      return size;
    },
    has(hash) {
      read(hash);
      return slots[find() + 3] !== 0;
    },
    add(hash) {
      if ((size + 1) * 2 > places) grow();
      read(hash);
      slots.set(words, find());
      size++;
    },
  };
}
