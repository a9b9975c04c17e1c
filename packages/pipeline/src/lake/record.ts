import { fields } from '@rastro/schema';
import { type ColumnType, eventColumns } from '../columns.js';
import { eventIdFrom } from '../reader/seen.js';
import { type InstantFault, parseInstant } from './instant.js';
import { lostNumber } from './precision.js';

/** Why a record stands in the error prefix. `unknown_field` alone does not keep it from the table. */
export type ErrorReason =
  | 'not_json'
  | 'not_object'
  | 'missing_field'
  | 'bad_time'
  | 'wrong_type'
  | 'precision_lost'
  | 'bad_text'
  | 'unknown_field';

export interface RecordFault {
  readonly reason: ErrorReason;
  /** As in docs/errors.md. */
  readonly code: string;
  /** Names the field and what it has. */
  readonly message: string;
}

export interface LakeRow {
  /** UTC day of its event time: `2019-10-01`. */
  readonly day: string;
  /** `site`, `event_type` and `event_id`. */
  readonly id: string;
  /** Values by column, in the form that DuckDB casts without loss: text, but for doubles and booleans. */
  readonly values: Readonly<Record<string, string | number | boolean>>;
  readonly record: Readonly<Record<string, unknown>>;
}

export interface DecodedRecord {
  /** Absent: the record cannot be a row. */
  readonly row?: LakeRow;
  readonly fault?: RecordFault;
  /** The bytes as text; absent when they are none. */
  readonly text?: string;
}

const required = ['event_id', 'event_type', 'event_time'];
const known = new Set(eventColumns.map(({ name }) => name));
const utf8 = new TextDecoder('utf-8', { fatal: true });
/** NUL ends the text for half of all readers; a lone surrogate has no UTF-8. */
const unwritable = /\0|\p{Cs}/u;

/** Reads a record of the stream. Nothing is dropped, rounded or mended without a word: what cannot be a row says why. */
export function decodeRecord(data: Uint8Array): DecodedRecord {
  let text: string;
  try {
    text = utf8.decode(data);
  } catch {
    return { fault: { reason: 'not_json', code: 'malformed_encoding', message: 'The bytes are no UTF-8.' } };
  }
  return { text, ...decodeText(text) };
}

function decodeText(text: string): Omit<DecodedRecord, 'text'> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    // The parser quotes the record, which stands beside it.
    const message = `It is no JSON: ${(error as Error).message.replace(/, ?(\.{3})?"[\s\S]*/, '')}.`;
    return { fault: { reason: 'not_json', code: 'malformed_json', message } };
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return { fault: { reason: 'not_object', code: 'not_an_object', message: `It is ${typeName(parsed)}, no object.` } };
  }
  const record = parsed as Readonly<Record<string, unknown>>;
  const missing = required.find((name) => !Object.hasOwn(record, name) || record[name] === null || record[name] === '');
  if (missing) {
    return {
      fault: { reason: 'missing_field', code: 'missing_field', message: `${missing} is absent, null or empty.` },
    };
  }
  const lost = lostNumber(text);
  if (lost) {
    const message = `The number ${lost.slice(0, 64)} has more digits than a double keeps: ids are text.`;
    return { fault: { reason: 'precision_lost', code: 'id_precision_lost', message } };
  }
  const values: Record<string, string | number | boolean> = {};
  for (const { name, type } of eventColumns) {
    const given = Object.hasOwn(record, name) ? record[name] : undefined;
    if (given === undefined || given === null) continue;
    const value = toValue(name, type, given);
    if (typeof value === 'object') return { fault: value };
    values[name] = value;
  }
  const id = eventIdFrom(String(values['site'] ?? ''), String(values['event_type']), String(values['event_id']));
  const row = { day: String(values['event_time']).slice(0, 10), id, values, record };
  const unknown = Object.keys(record).filter((name) => !known.has(name));
  if (unknown.length === 0) return { row };
  const message = `The table has no column for ${unknown.slice(0, 10).map(quote).join(', ')}${unknown.length > 10 ? ' …' : ''}. The record is a row without them.`;
  return { row, fault: { reason: 'unknown_field', code: 'unknown_field', message } };
}

function toValue(name: string, type: ColumnType, given: unknown): string | number | boolean | RecordFault {
  const wrong = (expected: string): RecordFault => ({
    reason: name === 'event_time' ? 'bad_time' : 'wrong_type',
    code: 'wrong_type',
    message: `${name} is ${typeName(given)}, no ${expected}.`,
  });
  switch (type) {
    case 'varchar': {
      const form = fields[name]?.type;
      if (form === 'object' || form === 'array') return toJsonText(name, form, given, wrong);
      if (typeof given !== 'string') return wrong('text');
      return unwritable.test(given) ? badText(name) : given;
    }
    case 'timestamp': {
      if (typeof given !== 'string') return wrong('text');
      const instant = parseInstant(given);
      return 'utc' in instant ? instant.utc : badInstant(name, given, instant.fault);
    }
    case 'bigint':
      if (typeof given !== 'number') return wrong('whole number');
      if (Number.isSafeInteger(given)) return String(given);
      return Number.isInteger(given) ? outOfRange(name, given) : wrong('whole number');
    case 'double':
      if (typeof given !== 'number') return wrong('number');
      return Number.isFinite(given) ? given : outOfRange(name, given);
    case 'boolean':
      return typeof given === 'boolean' ? given : wrong('true or false');
    case 'decimal(21,6)':
      return typeof given === 'number' ? toDecimal(name, given) : wrong('number');
  }
}

/** An object or a list as its JSON text. */
function toJsonText(
  name: string,
  form: 'object' | 'array',
  given: unknown,
  wrong: (expected: string) => RecordFault,
): string | RecordFault {
  if (typeof given !== 'object' || (form === 'array') !== Array.isArray(given))
    return wrong(form === 'array' ? 'list' : 'object');
  try {
    // NUL and lone surrogates are escapes in it, and come to no harm.
    return JSON.stringify(given);
  } catch {
    return { reason: 'wrong_type', code: 'properties_not_flat', message: `${name} is nested too deep.` };
  }
}

function toDecimal(name: string, given: number): string | RecordFault {
  if (!Number.isFinite(given) || Math.abs(given) >= 1e15) return outOfRange(name, given);
  // An exponent: below 1e-6, so it has more decimals than that.
  const text = String(given);
  if (text.includes('e') ? given !== 1e-6 && given !== -1e-6 : (text.split('.')[1] ?? '').length > 6) {
    const message = `${name} is ${text}: the column has 6 decimals.`;
    return { reason: 'precision_lost', code: 'decimal_precision', message };
  }
  return text.includes('e') ? given.toFixed(6) : text;
}

function badInstant(name: string, given: string, fault: InstantFault): RecordFault {
  const why = {
    bad_format: 'no instant of ISO 8601 with a zone, such as 2026-11-20T09:30:00.123Z',
    out_of_range: 'not within the years 0001 to 9999',
    precision_lost: 'finer than microseconds',
  }[fault];
  const message = `${name} is ${quote(given)}: ${why}.`;
  return { reason: 'bad_time', code: fault === 'precision_lost' ? 'bad_format' : fault, message };
}

const badText = (name: string): RecordFault => ({
  reason: 'bad_text',
  code: 'bad_format',
  message: `${name} has a NUL or a lone surrogate.`,
});

const outOfRange = (name: string, given: number): RecordFault => ({
  reason: 'precision_lost',
  code: 'out_of_range',
  message: `${name} is ${given}: more than its column holds.`,
});

const quote = (text: string): string => JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}…` : text);

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'string' ? 'text' : typeof value === 'boolean' ? 'true or false' : 'a number';
}
