/** What counting needs of a record. */
export interface CountedEvent {
  readonly site: string;
  readonly type: string;
  /** `event_id`. */
  readonly id: string;
  /** The customer, else the device, else the session. */
  readonly user: string;
  readonly session: string | undefined;
  readonly order: string | undefined;
  /** `event_time`. Unit: ms since the Unix epoch. */
  readonly at: number;
}

/** @returns The event, or what keeps it from being counted: `no JSON`, `no event_time`. */
export function readEvent(data: Uint8Array): CountedEvent | string {
  let record: unknown;
  try {
    record = JSON.parse(utf8.decode(data));
  } catch {
    return 'no JSON';
  }
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return 'no JSON object';
  const fields = record as Readonly<Record<string, unknown>>;
  const site = textOf(fields['site']);
  const type = textOf(fields['event_type']);
  const id = textOf(fields['event_id']);
  if (site === undefined) return 'no site';
  if (type === undefined) return 'no event_type';
  if (id === undefined) return 'no event_id';
  const at = instantOf(fields['event_time']);
  if (at === undefined) return 'no event_time';
  const session = textOf(fields['session_id']);
  const user = textOf(fields['customer_id']) ?? textOf(fields['device_id']) ?? session;
  if (user === undefined) return 'no customer_id, device_id or session_id';
  return { site, type, id, user, session, order: textOf(fields['order_id']), at };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Longer than any id of the contract, and short enough for a key of the table, which has at most 1,024 bytes. */
const maxLength = 256;

/** @returns Text that can be part of a key of the table: not empty, not too long, no half of a character. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= maxLength && !/\p{Cs}/u.test(value)
    ? value
    : undefined;
}

const isoUtc = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;

/** @returns ms since the Unix epoch, of ISO 8601 in UTC only: `Date.parse` takes other texts for local time. */
export function instantOf(value: unknown): number | undefined {
  if (typeof value !== 'string' || !isoUtc.test(value)) return undefined;
  const at = Date.parse(value);
  // 30 February is read as 2 March.
  return Number.isNaN(at) || !new Date(at).toISOString().startsWith(value.slice(0, 19)) ? undefined : at;
}
