import { contextFields, eventSchemas, fields, identityFields, orderTypes } from '@rastro/schema';
import { type RequestFacts, toIso, utmOf } from './enrich.js';
import type { CleanEnvelope, CleanEvent, SinkRecord } from './types.js';

/**
 * Chooses the shard: records of one category stay in order.
 *
 * @param salt Spreads the records of one category over so many keys, by session: a category then gets that many times the
 *   1 MB/s and 1,000 records/s of one shard, and only the records of one session and category stay in order. Keys are
 *   `category#0` to `category#<salt - 1>`. 0 and 1 leave the key as it is. @default 0
 * @returns 1–256 characters: Kinesis refuses an empty key and a longer one
 *   (https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecordsRequestEntry.html). Ids have at most 128.
 */
export function partitionKey(record: Readonly<Record<string, unknown>>, salt = 0): string {
  const key = chooseKey(record);
  if (salt < 2) return shorten(key, 256);
  const grain = record['session_id'] ?? record['device_id'] ?? record['customer_id'];
  return `${shorten(key, 250)}#${hash(String(grain)) % salt}`;
}

/** Ids are bounded by characters, of which each may take two places here. */
const shorten = (key: string, most: number): string => (key.length > most ? [...key].slice(0, most / 2).join('') : key);

function chooseKey(record: Readonly<Record<string, unknown>>): string {
  const { category_id, category_code, product_id, session_id, device_id, customer_id } = record;
  if (category_id !== undefined) return String(category_id);
  if (category_code !== undefined) return String(category_code);
  if (product_id !== undefined) return `p:${product_id}`;
  if (session_id !== undefined) return `s:${session_id}`;
  if (device_id !== undefined) return `d:${device_id}`;
  return `c:${customer_id}`;
}

/** FNV-1a, 32 bits: the same on every machine, so that a session keeps its shard when a collector restarts. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}

/** Writes one flat event as a record of the stream. */
export type RecordWriter = (event: CleanEvent, flags: readonly string[]) => SinkRecord;

/**
 * How a record is written, in the order of the contract. Most of it is the same for all events of a request and is made
 * text once: writing out an object per event costs several times as much (see bench/collector).
 */
type Step =
  | { readonly kind: 'request' | 'page' | 'identity'; readonly names: readonly string[] }
  | { readonly kind: 'event'; readonly name: string; readonly start: string };

const opening = ['event_id', 'event_type', 'event_time', 'event_time_raw'];
const kinds = new Map<string, Exclude<Step['kind'], 'event'>>([
  ...'received_at txn_timestamp site source sdk user_agent is_bot country ip_prefix'
    .split(' ')
    .map((name) => [name, 'request'] as const),
  ...contextFields.map((name) => [name, 'page'] as const),
  ...identityFields.map((name) => [name, 'identity'] as const),
]);
const starts = new Map(Object.keys(fields).map((name) => [name, `,${JSON.stringify(name)}:`]));
const startOf = (name: string): string => starts.get(name) as string;

/** The steps that all events share in number and place; those of a type leave out fields that it does not have. */
const steps = planOf(Object.keys(fields).slice(opening.length, -1));
const stepsOf = new Map(
  Object.entries(eventSchemas).map(([type, { properties = {} }]) => {
    const line = orderTypes.includes(type) ? { ...properties['items']?.items?.properties, line: 1, lines: 1 } : {};
    const own = { ...properties, ...line };
    return [type, steps.map((step) => (step.kind !== 'event' || step.name in own ? step : undefined))] as const;
  }),
);

function planOf(names: readonly string[]): readonly Step[] {
  const plan: Step[] = [];
  for (const name of names) {
    const kind = kinds.get(name);
    const last = plan.at(-1);
    if (kind === undefined) plan.push({ kind: 'event', name, start: startOf(name) });
    else if (last?.kind === kind) (last.names as string[]).push(name);
    else plan.push({ kind, names: [name] });
  }
  return plan;
}

/** Makes what writes the records of one request. */
export function createWriter(
  envelope: CleanEnvelope,
  facts: RequestFacts,
  site: string,
  putAt: string,
  salt = 0,
): RecordWriter {
  const { context = {}, customer_id, device_id, session_id } = envelope;
  const shared = {
    request: { ...facts, txn_timestamp: putAt, site },
    page: { ...utmOf(context.page_url), ...context },
    identity: { customer_id, device_id, session_id },
  };
  const texts = steps.map((step) => (step.kind === 'event' ? '' : writeAll(step.names, shared[step.kind])));

  return (event, flags) => {
    const { event_id, event_type, event_time } = event;
    let data = `{"event_id":"${event_id}","event_type":"${event_type}","event_time":"${toIso(event_time + facts.clockOffsetMs)}","event_time_raw":${event_time}`;
    const own = stepsOf.get(event_type) as readonly (Step | undefined)[];
    for (let at = 0; at < own.length; at++) {
      const step = own[at];
      if (step === undefined) continue;
      if (step.kind === 'event') data += write(step.start, event[step.name]);
      else if (step.kind === 'request' || !speaksOf(step.names, event)) data += texts[at];
      else if (step.kind === 'page') data += writeAll(step.names, pageOf(event, context));
      else data += writeAll(step.names, { ...shared.identity, ...event });
    }
    if (flags.length > 0) data += `,"flags":${JSON.stringify(flags)}`;
    const keyed = event['category_id'] ?? event['category_code'] ?? event['product_id'];
    const key =
      keyed !== undefined && salt < 2 ? partitionKey(event) : partitionKey({ ...shared.identity, ...event }, salt);
    return { id: `${site}\n${event_type}\n${event_id}`, partitionKey: key, data: `${data}}` };
  };
}

function speaksOf(names: readonly string[], event: CleanEvent): boolean {
  for (const name of names) if (name in event) return true;
  return false;
}

/** An event of another page than its envelope's has that page's campaign, or none. */
function pageOf(event: CleanEvent, context: object): Readonly<Record<string, unknown>> {
  const other = 'page_url' in event;
  const page: Record<string, unknown> = {
    ...utmOf(other ? event['page_url'] : (context as { page_url?: string }).page_url),
    ...(other ? Object.fromEntries(Object.entries(context).filter(([name]) => !name.startsWith('utm_'))) : context),
  };
  // A field that was not valid is there, as undefined: the envelope's does not take its place.
  for (const name of contextFields) if (name in event) page[name] = event[name];
  return page;
}

function writeAll(names: readonly string[], values: object): string {
  let text = '';
  for (const name of names) text += write(startOf(name), (values as Record<string, unknown>)[name]);
  return text;
}

/** What JSON has to escape: text that was checked has no control characters and no lone surrogates. */
const special = /["\\]/;

function write(start: string, value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return special.test(value) ? start + JSON.stringify(value) : `${start}"${value}"`;
  return typeof value === 'number' ? start + value : start + JSON.stringify(value);
}
