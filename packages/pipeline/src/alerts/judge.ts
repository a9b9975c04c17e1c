import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { checkFunction, checkInteger } from '../options.js';
import type { AlertOptions, Counted } from '../windows/counts.js';
import { interactionTypes } from '../windows/interactions.js';
import { alertKey, keyOf, partitionOf, sortOf } from '../windows/keys.js';
import { type RetryOptions, withRetries } from '../windows/retry.js';
import type { WindowRow } from '../windows/row.js';
import type { Alert } from './alert.js';
import { defaultThreshold } from './threshold.js';

export interface JudgeOptions extends RetryOptions {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly alerts: AlertOptions & { readonly maxRows: number };
  /** Unit: seconds since the epoch, as text. */
  expiresAt(): string;
}

/** Decides whether what was counted for one user and window is worth an alert, and gives it once. */
export interface Judge {
  /**
   * @param counts Of one site, user and window; each with its item after the row was added. Not empty.
   * @throws If the table or a channel failed: to be judged again.
   */
  (counts: readonly Counted[]): Promise<void>;
  /** The item of a row. */
  read(row: WindowRow): Promise<Item>;
}

type Item = Record<string, AttributeValue>;

/** @throws {TypeError} If an option is missing or out of its bounds. */
export function createJudge(options: JudgeOptions): Judge {
  const { client, table, alerts, expiresAt } = options;
  const { channels, onAlert = () => {}, maxRows } = alerts;
  if (!Array.isArray(channels) || channels.length === 0)
    throw new TypeError(`alerts.channels must hold at least one channel, got ${JSON.stringify(channels)}`);
  for (const [index, channel] of channels.entries()) checkFunction(`alerts.channels[${index}]`, channel);
  if (alerts.threshold !== undefined) checkInteger('alerts.threshold', alerts.threshold, 1, 1_000_000);
  checkInteger('alerts.maxRows', maxRows, 1, 1_000_000_000);

  const judge = async (counts: readonly Counted[]): Promise<void> => {
    const { row } = counts[0] as Counted;
    const threshold = alerts.threshold ?? defaultThreshold(secondsOf(row));
    const busy = counts.some(({ item }) => interactionsOf(item) * interactionTypes.length > threshold);
    const watched = counts.some(({ item }) => item['watched']?.BOOL === true);
    const crowded = counts.some(({ item }) => rowsOf(item) > maxRows);
    if (!busy && !watched && !crowded) return;
    // Above the threshold one type alone has more than its share. Whichever type adds the rest has to know of it: the items
    // of all are marked, and only then read, so that what is added meanwhile is in what is read, or finds the mark.
    if (busy && !watched) await watch(row);

    const items = await readWindow(row);
    if (items.some((item) => item['alert_state']?.S === 'alerted')) return;
    const interactions = items.reduce((sum, item) => sum + interactionsOf(item), 0);
    const tooMany = items.some((item) => rowsOf(item) > maxRows);
    if (interactions <= threshold && !tooMany) return;
    const alert: Alert = {
      alert_id: `${row.site}:${row.user_id}:${row.window_start}`,
      site: row.site,
      user_id: row.user_id,
      window_start: row.window_start,
      window_end: row.window_end,
      rule: interactions > threshold ? 'interactions' : 'rows',
      interactions,
      threshold: interactions > threshold ? threshold : maxRows,
      events: Object.fromEntries(
        items
          .flatMap((item) => (rowsOf(item) > 0 ? [[item['event_type']?.S ?? '', rowsOf(item)] as const] : []))
          .sort(([, a], [, b]) => b - a)
          .slice(0, maxTypes),
      ),
    };
    await give(row, alert);
  };

  /** `alerting`, then the channels, then `alerted`: a crash in between gives the alert again, never not at all. */
  const give = async (row: WindowRow, alert: Alert): Promise<void> => {
    const Key = keyOf(row, alertKey);
    try {
      await update({
        Key,
        UpdateExpression: 'SET alert_state = :state, interactions = :n, expires_at = :expires',
        ConditionExpression: 'attribute_not_exists(alert_state) OR alert_state = :state',
        ExpressionAttributeValues: {
          ':state': { S: 'alerting' },
          ':n': { N: String(alert.interactions) },
          ':expires': { N: expiresAt() },
        },
      });
    } catch (error) {
      // Another reader of the same rows has given it in this moment.
      if ((error as Error).name === 'ConditionalCheckFailedException') return;
      throw error;
    }
    const results = await Promise.allSettled(channels.map(async (channel) => channel(alert)));
    const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    if (failures.length > 0) {
      const reasons = failures.map((failure) => (failure instanceof Error ? failure.message : String(failure)));
      throw new AggregateError(
        failures,
        `The alert ${alert.alert_id} did not reach every channel: ${reasons.join('; ')}`,
      );
    }
    await update({
      Key,
      UpdateExpression: 'SET alert_state = :state, expires_at = :expires',
      ExpressionAttributeValues: { ':state': { S: 'alerted' }, ':expires': { N: expiresAt() } },
    });
    onAlert(alert);
  };

  const watch = async (row: WindowRow): Promise<void> => {
    // Its own type last: an item that is marked says that all are.
    const last = row.event_type;
    const others = interactionTypes.filter((type) => type !== last);
    for (const types of [others, [last]])
      await Promise.all(
        types.map((type) =>
          update({
            Key: keyOf(row, type),
            UpdateExpression: 'SET watched = :yes, expires_at = :expires',
            ExpressionAttributeValues: { ':yes': { BOOL: true }, ':expires': { N: expiresAt() } },
          }),
        ),
      );
  };

  const readWindow = async (row: WindowRow): Promise<Item[]> => {
    const items: Item[] = [];
    let start: Item | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await withRetries(
        () =>
          client.send(
            new QueryCommand({
              TableName: table,
              KeyConditionExpression: 'pk = :pk AND begins_with(sk, :window)',
              ExpressionAttributeValues: {
                ':pk': { S: partitionOf(row.site, row.user_id) },
                ':window': { S: sortOf(row.window_start, '') },
              },
              ConsistentRead: true,
              ...(start && { ExclusiveStartKey: start }),
            }),
          ),
        options,
      );
      items.push(...Items);
      start = LastEvaluatedKey;
    } while (start);
    return items;
  };

  const update = async (input: Omit<UpdateItemCommandInput, 'TableName'>): Promise<void> => {
    await withRetries(
      () => client.send(new UpdateItemCommand({ TableName: table, ...input } as UpdateItemCommandInput)),
      options,
    );
  };

  const read = async (row: WindowRow): Promise<Item> => {
    const { Item = {} } = await withRetries(
      () =>
        client.send(new GetItemCommand({ TableName: table, Key: keyOf(row, row.event_type), ConsistentRead: true })),
      options,
    );
    return Item;
  };

  return Object.assign(judge, { read });
}

/** A message of SNS has at most 256 KB, a name of a type 256 characters, and whoever is too fast may make up types. */
const maxTypes = 50;

const rowsOf = (item: Item): number => Number(item['qtd_event']?.N ?? 0);

/** Views are an act each; of carts, removals and purchases the keys say how many acts they are. */
function interactionsOf(item: Item): number {
  const type = item['event_type']?.S;
  if (type === 'view') return rowsOf(item);
  return interactionTypes.some((one) => one === type) ? (item['interaction_keys']?.SS?.length ?? 0) : 0;
}

const secondsOf = ({ window_start, window_end }: WindowRow): number =>
  (Date.parse(window_end) - Date.parse(window_start)) / 1000;
