import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import {
  type CollectRequest,
  type CollectResponse,
  createCollector,
  createMemorySink,
  eventErrors,
  requestErrors,
  type SinkRecord,
  warningCodes,
} from '@rastro/collector';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import { now } from '../support/collect.js';

const more = Number(process.env['RASTRO_FUZZ_RUNS'] ?? 0);
/**
 * Runs of a property: as many each time, and the same ones, so that a change that passes today passes tomorrow.
 * `RASTRO_FUZZ_RUNS=20000` makes it that many, with a seed of its own, which fast-check prints when one fails.
 */
export const runs = (count: number): { numRuns: number; seed?: number } =>
  more > count ? { numRuns: more } : { numRuns: count, seed: 20_261_120 };
/** A bound for a machine that is busy with other things. Unit: ms. */
export const patient: { timeout: number } = { timeout: more ? 3_600_000 : 180_000 };

export type Json = Record<string, unknown>;
export interface Sent {
  response: CollectResponse;
  /** The answer, parsed. */
  answer: Json;
  rejected: (Json & { index: number; code: string; path: string; message: string })[];
  put: readonly SinkRecord[];
  records: Json[];
  letters: Json[];
  buried: readonly SinkRecord[];
}

/** Sends one request to a collector of its own, whose clock stands still, and looks at all that comes of it. */
export async function send(body: string | Uint8Array, request: Partial<CollectRequest> = {}): Promise<Sent> {
  const sink = createMemorySink();
  const deadLetters = createMemorySink();
  const { handle } = createCollector({ sites: { demo: {} }, sink, deadLetters, now: () => now });
  const response = await handle({
    method: 'POST',
    path: '/e',
    headers: { 'content-type': 'text/plain' },
    body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
    ip: '203.0.113.77',
    ...request,
  });
  const answer = response.body === '' ? {} : (JSON.parse(String(response.body)) as Json);
  const parse = (record: SinkRecord): Json => JSON.parse(record.data) as Json;
  return {
    response,
    answer,
    rejected: (answer['rejected'] ?? []) as Sent['rejected'],
    put: sink.records,
    records: sink.records.map(parse),
    letters: deadLetters.records.map(parse),
    buried: deadLetters.records,
  };
}

/** No half of a surrogate pair. */
export const wellFormed = (text: string): boolean => !/\p{Cs}/u.test(text);

/** The bytes that a dead letter holds. */
export const kept = (letter: Json | undefined): Buffer =>
  Buffer.from(String(letter?.['raw']), letter?.['raw_encoding'] === 'base64' ? 'base64' : 'utf8');

/** What the collector reads of a body, where its encoding lets it. */
export function unpacked(body: Uint8Array, encoding: string): Buffer {
  return /gzip/i.test(encoding) ? gunzipSync(body) : Buffer.from(body);
}

/** Whatever is sent, the answer is one that docs/wire.md and docs/errors.md name, and nothing else happened. */
export function expectDocumented({ response, answer, rejected, records, letters }: Sent): void {
  const { status, headers } = response;
  expect(wellFormed(String(response.body))).toBe(true);
  for (const [name, value] of Object.entries(headers)) {
    expect([name, value]).toEqual([name.toLowerCase(), expect.any(String)]);
  }
  if (status === 200) {
    expect(Object.keys(answer).filter((name) => !['accepted', 'rejected', 'warnings'].includes(name))).toEqual([]);
    expect(answer['accepted']).toEqual(expect.any(Number));
    expect(records.length).toBeGreaterThanOrEqual(Number(answer['accepted']));
    expect(letters.map((letter) => letter['index'])).toEqual(rejected.map(({ index }) => index));
    for (const { index, code, path, message, event_id, ...rest } of rejected) {
      expect(rest).toEqual({});
      expect(Number.isInteger(index) && Object.hasOwn(eventErrors, code)).toBe(true);
      expect(path === '' || /^(?:\/(?:[^~/]|~[01])*)+$/s.test(path), path).toBe(true);
      expect(message).not.toBe('');
      expect(event_id === undefined || typeof event_id === 'string').toBe(true);
    }
    for (const warning of (answer['warnings'] ?? []) as Json[]) {
      expect(Object.hasOwn(warningCodes, String(warning['code']))).toBe(true);
    }
    return;
  }
  const { code, message } = answer['error'] as { code: keyof typeof requestErrors; message: string };
  expect(Object.hasOwn(requestErrors, code), code).toBe(true);
  const { status: documented, retry } = requestErrors[code];
  expect(status).toBe(documented);
  expect(message).not.toBe('');
  expect(answer['accepted']).toBe(retry ? undefined : 0);
  expect(headers['retry-after'] !== undefined).toBe(retry);
  expect(records).toEqual([]);
  expect(letters).toHaveLength(code.startsWith('malformed_') ? 1 : 0);
}

const ajv = new Ajv2020({
  allowUnionTypes: true,
  formats: { 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/ },
});
ajv.addVocabulary(['x-unit', 'x-kind', 'x-codes', 'x-max-bytes']);
const published = JSON.parse(readFileSync(new URL('../../../schema/event.schema.json', import.meta.url), 'utf8')) as {
  $id: string;
  $defs: Record<string, { properties: Json }>;
};
ajv.addSchema(published);
const validator = (name: string): ValidateFunction =>
  ajv.getSchema(`${published.$id}#/$defs/${name}`) as ValidateFunction;
const order = Object.keys(published.$defs['StreamRecord']?.properties ?? {});

function expectValid(name: 'StreamRecord' | 'DeadLetter', { id, partitionKey, data }: SinkRecord): Json {
  const value = JSON.parse(data) as Json;
  const validate = validator(name);
  expect(validate(value), JSON.stringify(validate.errors)).toBe(true);
  expect(wellFormed(data)).toBe(true);
  // Escaped lone surrogates pass JSON.parse here, and stop strict readers elsewhere.
  expect(everyText(value, wellFormed)).toBe(true);
  expect(Buffer.byteLength(data) + Buffer.byteLength(partitionKey)).toBeLessThan(1_048_576);
  expect([...partitionKey].length).toBeGreaterThanOrEqual(1);
  expect(partitionKey.length).toBeLessThanOrEqual(256);
  expect(wellFormed(partitionKey)).toBe(true);
  expect(id).not.toBe('');
  return value;
}

/** What holds for every record of the stream: the published schema, the order of its fields, Kinesis' bounds. */
export function expectRecords(put: readonly SinkRecord[]): void {
  for (const record of put) {
    const value = expectValid('StreamRecord', record);
    expect(Object.keys(value)).toEqual(order.filter((name) => Object.hasOwn(value, name)));
    expect(record.id).toBe(`${value['site']}\n${value['event_type']}\n${value['event_id']}`);
  }
  expectUnpolluted();
}

/** What holds for every dead letter. */
export function expectLetters(buried: readonly SinkRecord[]): void {
  for (const record of buried) expectValid('DeadLetter', record);
  expectUnpolluted();
}

export function expectUnpolluted(): void {
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as Json)['polluted']).toBeUndefined();
  expect(([] as unknown as Json)['polluted']).toBeUndefined();
}

function everyText(value: unknown, holds: (text: string) => boolean): boolean {
  if (typeof value === 'string') return holds(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, inner]) => holds(name) && everyText(inner, holds));
}
