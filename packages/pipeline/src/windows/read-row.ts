import { instantOf, textOf } from './event.js';
import type { WindowRow } from './row.js';

/** @returns The row, or what is wrong with it: `no JSON`, `no emission_id`. */
export function readRow(data: Uint8Array): WindowRow | string {
  let row: unknown;
  try {
    row = JSON.parse(Buffer.from(data).toString());
  } catch {
    return 'no JSON';
  }
  if (typeof row !== 'object' || row === null) return 'no JSON object';
  const fields = row as Partial<Record<keyof WindowRow, unknown>>;
  for (const name of ['site', 'user_id', 'event_type', 'emission_id'] as const)
    if (textOf(fields[name]) === undefined) return `no ${name}`;
  for (const name of ['window_start', 'window_end'] as const)
    if (instantOf(fields[name]) === undefined && !(name === 'window_end' && isEndOfTime(fields[name])))
      return `no ${name}`;
  if (!Number.isSafeInteger(fields.qtd_event) || (fields.qtd_event as number) < 1) return 'no qtd_event';
  const { interactions } = fields;
  if (interactions !== undefined && !(Array.isArray(interactions) && interactions.every(isKey)))
    return 'interactions that are no list of keys';
  return row as WindowRow;
}

/** The last window of the year 9999 ends in the next, whose number has a sign. */
const isEndOfTime = (value: unknown): boolean =>
  typeof value === 'string' && /^\+010000-01-01T00:\d\d:\d\d\.000Z$/.test(value);

const isKey = (key: unknown): boolean => typeof key === 'string' && key !== '' && key.length <= 64;
