import { toDeadLetter } from './dead-letter.js';
import { decode } from './decode.js';
import { enrich, ipPrefix, requestFacts, toIso } from './enrich.js';
import { requestErrors } from './errors.js';
import { explode } from './explode.js';
import { rawEvents } from './raw-events.js';
import { toRecord } from './record.js';
import { checkEnvelope, checkEvent } from './validate.js';
/** Takes one envelope: answers 200 only when each of its events is on the stream or on the dead-letter stream. */
export async function collect(request, deps) {
  const receivedAt = deps.now();
  const decoded = await decode(request, deps.maxBodyBytes);
  if (!decoded.ok) {
    if (decoded.bytes) {
      const kept = await buryBody(decoded.bytes, decoded.code, decoded.message, request, receivedAt, deps);
      if (!kept) return refuse('unavailable', deps);
    }
    return refuse(decoded.code, deps, decoded.message);
  }
  const checked = checkEnvelope(decoded.value);
  if (!checked.ok) {
    const { message } = checked.problem;
    const bytes = new TextEncoder().encode(decoded.text);
    const kept = await buryBody(bytes, 'malformed_envelope', message, request, receivedAt, deps);
    return kept ? refuse('malformed_envelope', deps, message) : refuse('unavailable', deps);
  }
  const { envelope } = checked;
  const site = deps.sites.get(envelope.key);
  if (!site) return refuse('unknown_key', deps);
  if (!originAllowed(site, request.headers['origin'])) return refuse('origin_not_allowed', deps);
  const facts = requestFacts(request, envelope, receivedAt);
  const flats = [];
  /** The event that each flat record came from. */
  const owners = [];
  const rejects = [];
  const rejected = [];
  const warnings = [
    ...checked.unknown.map((path) => ({ code: 'unknown_envelope_field', path })),
    ...checked.dropped.map((path) => ({ code: 'context_dropped', path })),
  ];
  let raws;
  const reject = (index, problems) => {
    raws ??= rawEvents(decoded.text);
    const event = checked.events[index];
    const id = event?.event_id;
    rejected.push({ index, ...(typeof id === 'string' ? { event_id: id } : {}), ...problems[0] });
    rejects.push({
      problems,
      raw: raws[index] ?? '',
      index,
      event,
      site: site.name,
      envelope: withoutKey(envelope),
      userAgent: facts.user_agent,
      ipPrefix: facts.ip_prefix,
    });
  };
  for (const [index, event] of checked.events.entries()) {
    const result = checkEvent(event, envelope);
    if (!result.ok) {
      reject(index, result.problems);
      continue;
    }
    for (const path of result.dropped) warnings.push({ index, code: 'context_dropped', path });
    const contextDropped = result.dropped.length > 0 || checked.dropped.length > 0;
    const whole = enrich(result.event, envelope, facts, site.name, contextDropped);
    for (const flag of whole.flags ?? []) if (flag !== 'context_dropped') warnings.push({ index, code: flag });
    for (const flat of explode(whole, site.name, deps.lineId)) {
      flats.push(flat);
      owners.push(index);
    }
  }
  const putAt = toIso(deps.now());
  const letters = (of) => of.map((each) => toDeadLetter(each, facts.received_at, deps.textId));
  const [failed, unburied] = await Promise.all([
    put(
      deps.sink,
      flats.map((flat) => toRecord(flat, putAt)),
      deps.log,
    ),
    put(deps.deadLetters, letters(rejects), deps.log),
  ]);
  let durable = unburied.length === 0 && failed.every((failure) => !failure.retryable);
  const refused = failed.filter((failure) => !failure.retryable);
  if (durable && refused.length > 0) {
    rejects.length = 0;
    for (const { index: at, message } of refused) {
      const index = owners[at] ?? 0;
      if (!rejects.some((each) => each.index === index)) reject(index, [{ code: 'record_refused', path: '', message }]);
    }
    durable = (await put(deps.deadLetters, letters(rejects), deps.log)).length === 0;
  }
  if (!durable) return refuse('unavailable', deps);
  rejected.sort((a, b) => a.index - b.index);
  const accepted = checked.events.length - rejected.length;
  return json(200, { accepted, rejected, ...(warnings.length > 0 ? { warnings } : {}) });
}
/** A sink that throws has failed for every record; sending again may help. */
async function put(sink, records, log) {
  if (records.length === 0) return [];
  try {
    return await sink.put(records);
  } catch (error) {
    log.error({ err: error, records: records.length }, 'sink failed');
    return records.map((_, index) => ({ index, retryable: true, message: String(error) }));
  }
}
/** Puts a body that could not be read on the dead-letter stream. */
async function buryBody(bytes, code, message, request, receivedAt, deps) {
  const raw = toText(bytes);
  const letter = toDeadLetter(
    {
      problems: [{ code, path: '', message: message ?? requestErrors[code].message }],
      ...raw,
      userAgent: request.headers['user-agent']?.slice(0, 512),
      ipPrefix: request.ip === undefined ? undefined : ipPrefix(request.ip),
    },
    toIso(receivedAt),
    deps.textId,
  );
  return (await put(deps.deadLetters, [letter], deps.log)).length === 0;
}
function toText(bytes) {
  try {
    return { raw: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    let binary = '';
    for (const byte of bytes) binary += String.fromCharCode(byte);
    return { raw: btoa(binary), rawEncoding: 'base64' };
  }
}
function withoutKey(envelope) {
  const { key: _, ...rest } = envelope;
  return { ...rest };
}
export function originAllowed(site, origin) {
  return origin === undefined || site.origins === '*' || site.origins.includes(origin);
}
export function json(status, body, headers = {}) {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}
/** Answers with an error of the table. */
export function refuse(code, deps, message, headers = {}) {
  const error = requestErrors[code];
  const retry = error.retry ? { 'retry-after': String(deps.retryAfterSeconds) } : {};
  return json(error.status, { error: { code, message: message ?? error.message } }, { ...retry, ...headers });
}
