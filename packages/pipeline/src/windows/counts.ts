import { type AttributeValue, type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { disaggregate } from '@rastro/collector/aggregates';
import type { Alert, AlertChannel } from '../alerts/alert.js';
import { createJudge, type Judge } from '../alerts/judge.js';
import type { KinesisHandler } from '../lambda-event.js';
import { checkInteger, checkText } from '../options.js';
import { digest } from './digest.js';
import { keyOf } from './keys.js';
import { readRow } from './read-row.js';
import { type RetryOptions, withRetries } from './retry.js';
import type { WindowRow } from './row.js';

export interface AlertOptions {
  /** Where alerts go, all of them. At least one. */
  channels: readonly AlertChannel[];
  /** Interactions of a user in one window above which an alert is given. 1–1,000,000. @default `defaultThreshold`: 90 for a minute */
  threshold?: number | undefined;
  /** Rows of one type in one window above which an alert is given, whatever they amount to. 1–1,000,000,000. @default 1_000 */
  maxRows?: number | undefined;
  /** Told of each alert that every channel took. */
  onAlert?: ((alert: Alert) => void) | undefined;
}

export interface CountsHandlerOptions extends RetryOptions {
  /** Give it `maxAttempts: 1`, as `createDynamoClient` does. */
  client: DynamoDBClient;
  /** Name of the table, see `createTable`. */
  table: string;
  /** How long a row is kept after the last change. 1–36,500. Unit: days. @default 90 */
  ttlDays?: number | undefined;
  /** @default none */
  alerts?: AlertOptions | undefined;
  /** Most calls to the table at a time. 1–256. @default 16 */
  concurrency?: number | undefined;
  /** Told of each record that is no row, or that no item has room for, and why. */
  onSkip?: ((reason: string, sequenceNumber: string) => void) | undefined;
  /** Told why a row failed. It is tried again with the batch. */
  onError?: ((error: unknown, sequenceNumber: string) => void) | undefined;
  /** Clock, ms since the Unix epoch. @default Date.now */
  now?: (() => number) | undefined;
}

export const countsDefaults: { readonly ttlDays: number; readonly maxRows: number; readonly concurrency: number } = {
  ttlDays: 90,
  maxRows: 1_000,
  concurrency: 16,
};

/** What a row made of its item, as far as alerts need it. */
export interface Counted {
  readonly row: WindowRow;
  readonly item: Record<string, AttributeValue>;
}

/**
 * Adds rows of the second stream to the table, each emission once, and judges what came of it: the handler of an event
 * source with `ReportBatchItemFailures`.
 *
 * @throws {TypeError} If an option is missing or out of its bounds.
 */
export function createCountsHandler(options: CountsHandlerOptions): KinesisHandler {
  const { client, table, alerts, onSkip = () => {}, onError = () => {}, now = Date.now } = options;
  const ttlDays = options.ttlDays ?? countsDefaults.ttlDays;
  const concurrency = options.concurrency ?? countsDefaults.concurrency;
  checkText('table', table);
  checkInteger('ttlDays', ttlDays, 1, 36_500);
  checkInteger('concurrency', concurrency, 1, 256);
  const expiresAt = (): string => String(Math.floor(now() / 1000) + ttlDays * 86_400);
  const judge: Judge | undefined =
    alerts &&
    createJudge({
      ...options,
      alerts: { ...alerts, maxRows: alerts.maxRows ?? countsDefaults.maxRows },
      expiresAt,
    });

  return async ({ Records }) => {
    const failed = new Set<number>();
    const fail = (index: number, error: unknown): void => {
      failed.add(index);
      onError(error, Records[index]?.kinesis.sequenceNumber ?? '');
    };
    const rows: { row: WindowRow; index: number }[] = [];
    for (const [index, { kinesis }] of Records.entries()) {
      const bytes = Buffer.from(kinesis.data, 'base64');
      for (const { data } of disaggregate(bytes) ?? [{ data: bytes }]) {
        const row = readRow(data);
        if (typeof row === 'string') onSkip(row, kinesis.sequenceNumber);
        else rows.push({ row, index });
      }
    }

    /** By user and window: one of each is judged, and once for all rows of the batch. */
    const counted = new Map<string, { counts: Counted[]; index: number }>();
    await eachOf(rows, concurrency, async ({ row, index }) => {
      try {
        const item = await add(row, expiresAt());
        if (item === 'full') onSkip('an item of the table is full', Records[index]?.kinesis.sequenceNumber ?? '');
        else if (judge) {
          const key = JSON.stringify([row.site, row.user_id, row.window_start]);
          const group = counted.get(key);
          if (group) {
            group.counts.push({ row, item });
            group.index = Math.min(group.index, index);
          } else counted.set(key, { counts: [{ row, item }], index });
        }
      } catch (error) {
        fail(index, error);
      }
    });
    if (judge)
      await eachOf([...counted.values()], concurrency, async ({ counts, index }) => {
        try {
          await judge(counts);
        } catch (error) {
          fail(index, error);
        }
      });
    // The source goes back to the lowest that failed, and reads on from there: naming one is enough. What succeeded
    // behind it is found counted. https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
    const first = Records[Math.min(...failed)];
    return { batchItemFailures: first ? [{ itemIdentifier: first.kinesis.sequenceNumber }] : [] };
  };

  /** @returns The item afterwards; also when the row was counted before. */
  async function add(row: WindowRow, expires: string): Promise<Record<string, AttributeValue> | 'full'> {
    for (const keys of row.interactions?.length ? [row.interactions, undefined] : [undefined]) {
      try {
        return await update(row, expires, keys);
      } catch (error) {
        const { name, message } = error as Error;
        // 400 KB: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
        // The count is worth more than the keys, of which there are more than enough by then.
        if (name !== 'ValidationException' || !/item size/i.test(message)) throw error;
      }
    }
    return 'full';
  }

  async function update(
    row: WindowRow,
    expires: string,
    keys: readonly string[] | undefined,
  ): Promise<Record<string, AttributeValue>> {
    const emission = digest(12, row.emission_id);
    try {
      const { Attributes = {} } = await withRetries(
        () =>
          client.send(
            new UpdateItemCommand({
              TableName: table,
              Key: keyOf(row, row.event_type),
              UpdateExpression: `SET site = :site, user_id = :user, event_type = :type, window_start = :start, window_end = :end, expires_at = :expires ADD qtd_event :n, emissions :emissions${keys ? ', interaction_keys :keys' : ''}`,
              ConditionExpression: 'NOT contains(emissions, :emission)',
              ExpressionAttributeValues: {
                ':site': { S: row.site },
                ':user': { S: row.user_id },
                ':type': { S: row.event_type },
                ':start': { S: row.window_start },
                ':end': { S: row.window_end },
                ':expires': { N: expires },
                ':n': { N: String(row.qtd_event) },
                ':emission': { S: emission },
                ':emissions': { SS: [emission] },
                ...(keys && { ':keys': { SS: [...new Set(keys)] } }),
              },
              ReturnValues: judge ? 'ALL_NEW' : 'NONE',
            }),
          ),
        options,
      );
      return Attributes;
    } catch (error) {
      if ((error as Error).name !== 'ConditionalCheckFailedException') throw error;
      return judge ? judge.read(row) : {};
    }
  }
}

/** Runs `each` for every item, at most `most` at a time. */
async function eachOf<Item>(items: readonly Item[], most: number, each: (item: Item) => Promise<void>): Promise<void> {
  let next = 0;
  const run = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await each(item);
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, run));
}
