import type { WindowRow } from './row.js';

/**
 * What one shard has counted and not yet emitted, as it goes through Lambda from one invocation to the next. Lists instead
 * of objects with keys: shorter, and no name of a user can be one of JavaScript's own.
 */
export interface WindowState {
  /** Sequence number of the last record counted. */
  readonly l: string;
  /** By site, then user: number of the window since the epoch, type, events, keys of interactions in one text. */
  readonly c: readonly (readonly [site: string, users: readonly (readonly [user: string, cells: readonly Cell[]])[]])[];
}
export type Cell = readonly [window: number, type: string, events: number, interactions?: string];

/** Characters of a key. */
const keyLength = 8;
/** The types of the contract in one character; others follow a `:`. */
const codes: Readonly<Record<string, string>> = {
  view: 'v',
  cart: 'c',
  remove_from_cart: 'r',
  purchase: 'p',
  web_vitals: 'w',
  cancel: 'x',
  refund: 'f',
};
const types: ReadonlyMap<string, string> = new Map(Object.entries(codes).map(([type, code]) => [code, type]));
const encodeType = (type: string): string => (Object.hasOwn(codes, type) ? (codes[type] as string) : `:${type}`);
const decodeType = (code: string): string => types.get(code) ?? code.slice(1);

/** An event to count. */
export interface Count {
  readonly site: string;
  readonly user: string;
  readonly type: string;
  /** Number of its window since the epoch. */
  readonly window: number;
  readonly interaction: string | undefined;
}

export interface Counts {
  /** Nothing counted. */
  readonly empty: boolean;
  /** Whether the state stays below its bound with this event in it. */
  fits(count: Count): boolean;
  /** @param last The sequence number that the emission will be known by. */
  add(count: Count, last: string): void;
  /** @returns One row for each site, user, type and window; none of them counts any more. */
  take(shardId: string): WindowRow[];
  toState(): WindowState | Record<string, never>;
}

export interface CountsOptions {
  readonly windowMs: number;
  /** Unit: bytes of JSON. */
  readonly maxBytes: number;
  readonly maxInteractions: number;
}

interface Held {
  readonly type: string;
  readonly window: number;
  events: number;
  readonly interactions: Set<string>;
}

/**
 * The counts of a state. How large it is, is reckoned from its content alone: whether the same records come
 * in one invocation or in ten, they are emitted at the same place, under the same id.
 *
 * @throws {TypeError} If `state` is not one that `toState` made.
 */
export function openCounts(state: unknown, options: CountsOptions): Counts {
  const { windowMs, maxBytes, maxInteractions } = options;
  let sites = new Map<string, Map<string, Map<string, Held>>>();
  let last = '';
  let bytes = stateBytes;

  const find = ({ site, user, type, window }: Count): Held | undefined =>
    sites.get(site)?.get(user)?.get(`${window} ${type}`);
  const takes = (held: Held | undefined, interaction: string | undefined): boolean =>
    interaction !== undefined &&
    !held?.interactions.has(interaction) &&
    (held?.interactions.size ?? 0) < maxInteractions;
  const growth = (count: Count, events: number): number => {
    const users = sites.get(count.site);
    const held = find(count);
    const digits = digitsOf((held?.events ?? 0) + events) - (held ? digitsOf(held.events) : 0);
    const first = held?.interactions.size ? 0 : textBytes('') + 1;
    return (
      (users ? 0 : textBytes(count.site) + listBytes) +
      (users?.has(count.user) ? 0 : textBytes(count.user) + listBytes) +
      (held ? 0 : cellBytes + digitsOf(count.window) + textBytes(encodeType(count.type))) +
      digits +
      (takes(held, count.interaction) ? keyLength + first : 0)
    );
  };
  const add = (count: Count, events: number): void => {
    bytes += growth(count, events);
    const users = entry(sites, count.site, () => new Map<string, Map<string, Held>>());
    const cells = entry(users, count.user, () => new Map<string, Held>());
    const held = entry(cells, `${count.window} ${count.type}`, () => ({
      type: count.type,
      window: count.window,
      events: 0,
      interactions: new Set<string>(),
    }));
    held.events += events;
    if (count.interaction !== undefined && takes(held, count.interaction)) held.interactions.add(count.interaction);
  };

  if (state !== undefined && state !== null && Object.keys(state).length > 0) {
    last = readState(state, (count, events) => add(count, events));
  }

  return {
    get empty() {
      return sites.size === 0;
    },
    fits: (count) => bytes + growth(count, 1) <= maxBytes,
    add(count, sequenceNumber) {
      add(count, 1);
      last = sequenceNumber;
    },
    take(shardId) {
      const rows: WindowRow[] = [];
      for (const [site, users] of sites)
        for (const [user_id, cells] of users)
          for (const { type, window, events, interactions } of cells.values())
            rows.push({
              user_id,
              event_type: type,
              qtd_event: events,
              window_start: new Date(window * windowMs).toISOString(),
              window_end: new Date((window + 1) * windowMs).toISOString(),
              site,
              emission_id: `${shardId}:${last}`,
              ...(interactions.size > 0 && { interactions: [...interactions] }),
            });
      sites = new Map();
      last = '';
      bytes = stateBytes;
      return rows;
    },
    toState() {
      if (sites.size === 0) return {};
      const c = [...sites].map(
        ([site, users]) =>
          [
            site,
            [...users].map(
              ([user, cells]) =>
                [
                  user,
                  [...cells.values()].map(({ type, window, events, interactions }): Cell => {
                    const code = encodeType(type);
                    return interactions.size > 0
                      ? [window, code, events, [...interactions].join('')]
                      : [window, code, events];
                  }),
                ] as const,
            ),
          ] as const,
      );
      return { l: last, c };
    },
  };
}

/** Brackets, names and the sequence number, whose digits are bounded (https://docs.aws.amazon.com/kinesis/latest/APIReference/API_Record.html). */
const stateBytes = 160;
/** `[…,[]],` around a site or a user. */
const listBytes = 6;
/** `[…,…,…],` around a cell. */
const cellBytes = 5;
const digitsOf = (number: number): number => String(number).length;
const textBytes = (text: string): number => Buffer.byteLength(JSON.stringify(text));

function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

function readState(state: unknown, add: (count: Count, events: number) => void): string {
  try {
    const { l, c } = state as WindowState;
    if (typeof l !== 'string') throw new TypeError('no sequence number');
    for (const [site, users] of c)
      for (const [user, cells] of users)
        for (const [window, code, events, interactions = ''] of cells) {
          const count = { site, user, type: decodeType(code), window };
          add({ ...count, interaction: undefined }, events);
          for (let at = 0; at < interactions.length; at += keyLength)
            add({ ...count, interaction: interactions.slice(at, at + keyLength) }, 0);
        }
    return l;
  } catch (cause) {
    throw new TypeError('The state of the window is not one that this handler returned', { cause });
  }
}
