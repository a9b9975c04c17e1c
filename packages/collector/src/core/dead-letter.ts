import { byteLength, clip } from './text.js';
import type { DeadLetter, Problem, SinkRecord } from './types.js';

/** What was rejected, before it is written. */
export interface Reject {
  readonly problems: readonly Problem[];
  /** The event, or the whole body, as it came. */
  readonly raw: string;
  /** Set when `raw` is base64 because the bytes are no text. */
  readonly rawEncoding?: 'base64';
  readonly index?: number;
  /** The event as parsed, for its id and type. */
  readonly event?: unknown;
  readonly site?: string;
  readonly envelope?: Readonly<Record<string, unknown>>;
  readonly userAgent?: string | undefined;
  readonly ipPrefix?: string | undefined;
}

/** Derives an id from text: the same text has the same id. */
export type TextId = (text: string) => string;

/** Writes a dead letter. The key spreads them over all shards: their order means nothing. */
export function toDeadLetter(reject: Reject, receivedAt: string, textId: TextId): SinkRecord {
  const named =
    typeof reject.event === 'object' && reject.event !== null ? (reject.event as Record<string, unknown>) : {};
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? clip(value, 128) : undefined);
  const eventId = text(named['event_id']);
  const [first] = reject.problems;
  const { customer_id, device_id, session_id } = reject.envelope ?? {};
  // An event without an id is told from an equal one by its sender and its place.
  const place = eventId === undefined ? [customer_id, device_id, session_id, reject.index] : [];
  const id = textId(JSON.stringify([reject.site, ...place, reject.raw]));
  const letter: DeadLetter = {
    dead_letter_id: id,
    code: first?.code ?? 'bad_format',
    errors: reject.problems.map(({ code, path, message }) => ({ code, path, message })),
    received_at: receivedAt,
    site: reject.site,
    index: reject.index,
    event_id: eventId,
    event_type: text(named['event_type']),
    ...encode(reject.raw, reject.rawEncoding),
    envelope: reject.envelope,
    user_agent: reject.userAgent,
    ip_prefix: reject.ipPrefix,
  };
  return { id, partitionKey: id, data: JSON.stringify(letter) };
}

/** Control characters take six bytes each in JSON: where a long text has many, base64 keeps the record below the limit. */
function encode(raw: string, encoding?: 'base64'): Pick<DeadLetter, 'raw' | 'raw_encoding'> {
  if (encoding) return { raw, raw_encoding: encoding };
  const bytes = new TextEncoder().encode(raw);
  const readable = bytes.byteLength < 100_000 || byteLength(JSON.stringify(raw)) < bytes.byteLength * 1.34;
  if (readable) return { raw, raw_encoding: 'utf8' };
  return { raw: toBase64(bytes), raw_encoding: 'base64' };
}

export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
