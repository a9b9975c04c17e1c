import type { Value, ValueType } from './engine.js';
import { double, wholeNumber } from './instant.js';

/** How a column of Athena's becomes cells. Every value comes as text. */
export interface TextReader {
  readonly type: ValueType;
  read(text: string): Value;
}

const whole: TextReader = { type: 'integer', read: (text) => wholeNumber(BigInt(text)) };
const floating: TextReader = { type: 'double', read: (text) => double(Number(text)) };
const timestamp: TextReader = { type: 'timestamp', read: readInstant };
const text: TextReader = { type: 'text', read: (value) => value };

const readers: Readonly<Record<string, TextReader>> = {
  tinyint: whole,
  smallint: whole,
  integer: whole,
  int: whole,
  bigint: whole,
  double: floating,
  float: floating,
  real: floating,
  decimal: { type: 'decimal', read: (value) => value },
  boolean: { type: 'boolean', read: (value) => value === 'true' },
  date: { type: 'date', read: (value) => value },
  timestamp,
  'timestamp with time zone': timestamp,
};

/** @param type As `ColumnInfo.Type` has it: `bigint`, `decimal`, `timestamp with time zone`. Others are text. */
export function textReader(type: string): TextReader {
  return (Object.hasOwn(readers, type) ? readers[type] : undefined) ?? text;
}

const written = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))?(?: ?(UTC|Z|[+-]\d\d:\d\d))?$/;

/** `2019-10-01 00:00:00.000`, which is UTC, or with a zone. A zone that is a name (`Europe/Berlin`) leaves the text as it is. */
function readInstant(value: string): string {
  const [, day, time, fraction = '', zone = 'UTC'] = written.exec(value) ?? [];
  if (day === undefined) return value;
  const digits = fraction.replace(/0+$/, '').padEnd(3, '0');
  if (zone === 'UTC' || zone === 'Z') return `${day}T${time}.${digits}Z`;
  const at = new Date(`${day}T${time}${zone}`);
  return Number.isNaN(at.getTime()) ? value : `${at.toISOString().slice(0, 19)}.${digits}Z`;
}
