import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { KinesisEvent, KinesisEventRecord, TumblingWindowEvent } from '../../src/lambda-event.js';
import type { WindowRow } from '../../src/windows/row.js';

export const data = new URL('../../../../../shared/data/', import.meta.url);
export const seed = 20261120;

export type Fields = Readonly<Record<string, unknown>>;

let events = 0;
/** A record of the stream, as far as it is counted. */
export const view = (fields: Fields = {}): Fields => ({
  site: 'shop',
  event_id: `event-${++events}`,
  event_type: 'view',
  event_time: '2026-11-20T09:30:15.250Z',
  customer_id: 'ana',
  session_id: 's-1',
  ...fields,
});

export const sequence = (number: number): string => String(49_590_338_271_490_256n * 10n ** 39n + BigInt(number));

export function toRecord(value: unknown, number: number): KinesisEventRecord {
  const bytes =
    value instanceof Uint8Array ? value : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
  return {
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: 'key',
      sequenceNumber: sequence(number),
      data: Buffer.from(bytes).toString('base64'),
      approximateArrivalTimestamp: 1_795_253_400,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `shardId-000000000000:${sequence(number)}`,
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: 'arn:aws:iam::000000000000:role/r',
    awsRegion: 'us-east-1',
    eventSourceARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/events',
  };
}

export const toEvent = (values: readonly unknown[], first = 1): KinesisEvent => ({
  Records: values.map((value, index) => toRecord(value, first + index)),
});

/** An invocation that ends its window unless told otherwise. */
export function invocation<State>(
  values: readonly unknown[],
  options: Partial<TumblingWindowEvent<State>> & { first?: number } = {},
): TumblingWindowEvent<State> {
  const { first = 1, ...fields } = options;
  return {
    ...toEvent(values, first),
    window: { start: '2026-11-20T09:31:00Z', end: '2026-11-20T09:32:00Z' },
    state: {},
    shardId: 'shardId-000000000000',
    eventSourceARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/events',
    isFinalInvokeForWindow: true,
    isWindowTerminatedEarly: false,
    ...fields,
  };
}

/** Collects what is put. */
export function collect(): { rows: WindowRow[]; put(rows: readonly WindowRow[]): Promise<void> } {
  const rows: WindowRow[] = [];
  return {
    rows,
    async put(more) {
      rows.push(...more);
    },
  };
}

/** Events by site, user, type and window. */
export function totalsOf(rows: readonly WindowRow[]): Record<string, number> {
  const totals: Record<string, number> = {};
  for (const { site, user_id, event_type, window_start, qtd_event } of rows) {
    const key = JSON.stringify([site, user_id, event_type, window_start]);
    totals[key] = (totals[key] ?? 0) + qtd_event;
  }
  return totals;
}

export interface GenuineRow {
  readonly user: string;
  readonly type: string;
  readonly session: string;
  /** Unit: ms since the Unix epoch. */
  readonly at: number;
  readonly category: string;
}

/** Rows of a file of genuine data, in its order. */
export function readGenuine(name: string): GenuineRow[] {
  const [head = '', ...lines] = gunzipSync(readFileSync(new URL(`${name}.csv.gz`, data)))
    .toString()
    .trim()
    .split('\n');
  const names = head.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    const cell = (column: string): string => cells[names.indexOf(column)] ?? '';
    return {
      user: cell('user_id'),
      type: cell('event_type'),
      session: cell('user_session'),
      at: Date.parse(cell('event_time').replace(' ', 'T').replace(' UTC', 'Z')),
      category: cell('category_id'),
    };
  });
}

/** The record that the collector makes of a row: lines of an order are purchases of one session and second. */
export function toGenuineRecord({ user, type, session, at, category }: GenuineRow, index: number): Fields {
  return {
    event_id: createHash('md5').update(`row ${index}`).digest('hex'),
    event_type: type,
    event_time: new Date(at).toISOString(),
    site: 'shop',
    customer_id: user,
    ...(session !== '' && { session_id: session }),
    category_id: category,
    ...(type === 'purchase' && { order_id: `order ${user} ${session} ${at}` }),
  };
}

/** The shard of `shards` equal ones that Kinesis puts a partition key on. */
export function shardOf(key: string, shards: number): number {
  const hash = createHash('md5').update(key).digest().readUInt32BE(0);
  return Math.floor((hash / 2 ** 32) * shards);
}
