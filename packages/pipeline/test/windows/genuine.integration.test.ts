import { existsSync } from 'node:fs';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Alert } from '../../src/alerts/alert.js';
import { type EmbeddedDynamo, startEmbeddedDynamo } from '../../src/dev/embedded-dynamo.js';
import { createCountsHandler } from '../../src/windows/counts.js';
import { createWindowHandler } from '../../src/windows/handler.js';
import type { WindowRow } from '../../src/windows/row.js';
import { createDynamoClient, createTable, scanCounts } from '../../src/windows/table.js';
import { data, type Fields, invocation, readGenuine, shardOf, toEvent, toGenuineRecord } from './support.js';

const shards = 4;
let dynamo: EmbeddedDynamo;
let client: DynamoDBClient;
beforeAll(async () => {
  dynamo = await startEmbeddedDynamo();
  client = createDynamoClient(dynamo);
});
afterAll(async () => {
  client.destroy();
  await dynamo.stop();
});

/** What the second stream gets of records that four shards take by category, with a window every 1,000 records. */
async function emit(records: readonly Fields[]): Promise<WindowRow[]> {
  const rows: WindowRow[] = [];
  const handle = createWindowHandler({ put: async (more) => void rows.push(...more) });
  for (let shard = 0; shard < shards; shard++) {
    const own = records.filter((record) => shardOf(String(record['category_id']), shards) === shard);
    let state: unknown = {};
    for (let at = 0, batch = 1; at < own.length; at += 250, batch++) {
      const isFinalInvokeForWindow = batch % 4 === 0 || at + 250 >= own.length;
      const shardId = `shardId-00000000000${shard}`;
      const event = invocation(own.slice(at, at + 250), { first: at + 1, state, shardId, isFinalInvokeForWindow });
      ({ state } = await handle(event));
    }
  }
  return rows;
}

async function count(table: string, rows: readonly WindowRow[]): Promise<Alert[]> {
  const alerts: Alert[] = [];
  const handle = createCountsHandler({
    client,
    table,
    alerts: { channels: [async (alert) => void alerts.push(alert)] },
  });
  for (let at = 0; at < rows.length; at += 100)
    expect(await handle(toEvent(rows.slice(at, at + 100), at + 1))).toEqual({ batchItemFailures: [] });
  return alerts;
}

async function totals(table: string): Promise<{ rows: number; events: number }> {
  let rows = 0;
  let events = 0;
  for await (const { qtd_event } of scanCounts(client, table)) {
    rows += 1;
    events += qtd_event;
  }
  return { rows, events };
}

describe.skipIf(!existsSync(data))('genuine data over four shards', () => {
  test.each([
    ['multi-2019-oct', 13_884, 9_855],
    ['cosmetics-2019-oct', 22_283, 12_732],
  ])(
    '%s: %i events are %i rows of the table, and nobody is accused',
    { timeout: 400_000 },
    async (file, events, rows) => {
      const table = `table-${file}`;
      await createTable(client, table);
      const emitted = await emit(readGenuine(file).map(toGenuineRecord));
      // Some users are on several shards, and some minutes in several windows of the reader.
      expect(emitted.length).toBeGreaterThan(rows);
      expect(await count(table, emitted)).toEqual([]);
      expect(await totals(table)).toEqual({ rows, events });
      // All of a shard's last window once more, as after an answer that was lost.
      expect(await count(table, emitted.slice(-500))).toEqual([]);
      expect(await totals(table)).toEqual({ rows, events });
    },
  );

  test('robots among the customers are found, each once, and nobody else', { timeout: 400_000 }, async () => {
    const table = 'table-robots';
    await createTable(client, table);
    const rows = readGenuine('multi-2019-oct').slice(0, 3000);
    const robot = (user: string, type: string) =>
      Array.from({ length: 180 }, (_, index) => ({
        user,
        type,
        session: `session of ${user}`,
        at: Date.parse('2019-10-01T00:01:00Z') + Math.floor(index / 3) * 1000,
        category: rows[index]?.category ?? '',
      }));
    const all = [...rows, ...robot('views', 'view'), ...robot('carts', 'cart')].sort((a, b) => a.at - b.at);
    const alerts = await count(table, await emit(all.map(toGenuineRecord)));
    expect(alerts.map(({ alert_id }) => alert_id).sort()).toEqual([
      'shop:carts:2019-10-01T00:01:00.000Z',
      'shop:views:2019-10-01T00:01:00.000Z',
    ]);
    expect(await totals(table)).toMatchObject({ events: 3360 });
  });
});
