/** Writes a dead letter. The key spreads them over all shards: their order means nothing. */
export function toDeadLetter(reject, receivedAt, textId) {
  const named = typeof reject.event === 'object' && reject.event !== null ? reject.event : {};
  const text = (value) => (typeof value === 'string' ? value.slice(0, 128) : undefined);
  const eventId = text(named['event_id']);
  const [first] = reject.problems;
  // An event without an id is told from an equal neighbour by its place only.
  const id = textId(`${reject.site ?? ''}\n${eventId === undefined ? (reject.index ?? '') : ''}\n${reject.raw}`);
  const letter = {
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
