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
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value.slice(0, 128) : undefined);
  const eventId = text(named['event_id']);
  const [first] = reject.problems;
  // An event without an id is told from an equal neighbour by its place only.
  const id = textId(`${reject.site ?? ''}\n${eventId === undefined ? (reject.index ?? '') : ''}\n${reject.raw}`);
  const letter: DeadLetter = {
    dead_letter_id: id,
    code: first?.code ?? 'bad_format',
    errors: reject.problems.map(({ code, path, message }) => ({ code, path, message })),
    received_at: receivedAt,
    site: reject.site,
    index: reject.index,
    event_id: eventId,
    event_type: text(named['event_type']),
    raw: reject.raw,
    raw_encoding: reject.rawEncoding ?? 'utf8',
    envelope: reject.envelope,
    user_agent: reject.userAgent,
    ip_prefix: reject.ipPrefix,
  };
  return { id, partitionKey: id, data: JSON.stringify(letter) };
}
