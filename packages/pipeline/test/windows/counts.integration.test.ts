import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Alert } from '../../src/alerts/alert.js';
import { type EmbeddedDynamo, startEmbeddedDynamo } from '../../src/dev/embedded-dynamo.js';
import { type CountsHandlerOptions, createCountsHandler } from '../../src/windows/counts.js';
import { partitionOf, sortOf } from '../../src/windows/keys.js';
import type { WindowRow } from '../../src/windows/row.js';
import { createDynamoClient, createTable, readCounts, scanCounts } from '../../src/windows/table.js';
import { seed, sequence, toEvent } from './support.js';

let dynamo: EmbeddedDynamo;
let client: DynamoDBClient;
let tables = 0;
beforeAll(async () => {
  dynamo = await startEmbeddedDynamo();
  client = createDynamoClient(dynamo);
});
afterAll(async () => {
  client.destroy();
  await dynamo.stop();
});

async function newTable(): Promise<string> {
  const name = `counts-${++tables}`;
  await createTable(client, name);
  return name;
}

let emissions = 0;
const start = '2026-11-20T09:30:00.000Z';
const end = '2026-11-20T09:31:00.000Z';
const row = (fields: Partial<WindowRow> = {}): WindowRow => ({
  user_id: 'ana',
  event_type: 'view',
  qtd_event: 1,
  window_start: start,
  window_end: end,
  site: 'shop',
  emission_id: `shardId-000000000000:${++emissions}`,
  ...fields,
});
const keys = (count: number, first = 0): string[] =>
  Array.from({ length: count }, (_, index) => `key-${first + index}`);

async function all(table: string): Promise<Record<string, number>> {
  const rows: Record<string, number> = {};
  for await (const { site, user_id, event_type, window_start, qtd_event } of scanCounts(client, table))
    rows[JSON.stringify([site, user_id, event_type, window_start])] = qtd_event;
  return rows;
}

/** A client whose calls `spoil` sees first, and may answer with an error. */
function spoiled(spoil: (input: Record<string, unknown>) => Error | undefined): DynamoDBClient {
  return {
    async send(command: UpdateItemCommand) {
      const error = spoil(command.input as unknown as Record<string, unknown>);
      if (error) throw error;
      return client.send(command);
    },
  } as unknown as DynamoDBClient;
}
const named = (name: string, message = name): Error => Object.assign(new Error(message), { name });
const pkOf = (input: Record<string, unknown>): string => (input['Key'] as { pk?: { S: string } })?.pk?.S ?? '';

describe('the table', () => {
  test('is created once, however often', async () => {
    const table = await newTable();
    await createTable(client, table);
    expect(await all(table)).toEqual({});
  });

  test('adds the rows of a user, type and window up, each emission once', async () => {
    const table = await newTable();
    const handle = createCountsHandler({ client, table });
    const twice = row({ qtd_event: 3 });
    await handle(toEvent([twice, row({ qtd_event: 4 }), twice]));
    await handle(toEvent([twice, row({ event_type: 'cart', interactions: ['a', 'b'] })]));
    expect(await readCounts(client, table, { site: 'shop', user: 'ana' })).toEqual([
      { site: 'shop', user_id: 'ana', event_type: 'cart', qtd_event: 1, window_start: start, window_end: end },
      { site: 'shop', user_id: 'ana', event_type: 'view', qtd_event: 7, window_start: start, window_end: end },
    ]);
  });

  test('is exact whatever is repeated, in whatever order and batches', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            user_id: fc.constantFrom('ana', 'bo#x', '#'),
            event_type: fc.constantFrom('view', 'cart'),
            site: fc.constantFrom('shop', 'shop#ana', '%23'),
            qtd_event: fc.integer({ min: 1, max: 50 }),
          }),
          { maxLength: 12 },
        ),
        fc.array(fc.nat(), { maxLength: 15 }),
        fc.integer({ min: 1, max: 9 }),
        async (shapes, repeats, size) => {
          const table = await newTable();
          const handle = createCountsHandler({ client, table });
          const rows = shapes.map((shape) => row(shape));
          const sent = [
            ...rows,
            ...repeats.flatMap((at) => (rows.length > 0 ? [rows[at % rows.length]] : [])),
          ].reverse();
          for (let at = 0; at < sent.length; at += size)
            expect(await handle(toEvent(sent.slice(at, at + size)))).toEqual({ batchItemFailures: [] });
          const expected: Record<string, number> = {};
          for (const { site, user_id, event_type, window_start, qtd_event } of rows) {
            const key = JSON.stringify([site, user_id, event_type, window_start]);
            expected[key] = (expected[key] ?? 0) + qtd_event;
          }
          expect(await all(table)).toEqual(expected);
        },
      ),
      { seed, numRuns: 25 },
    );
  });

  test('gives the rows of a user from one window to before another', async () => {
    const table = await newTable();
    const handle = createCountsHandler({ client, table });
    const minutes = ['09:29', '09:30', '09:31'].map((minute) => `2026-11-20T${minute}:00.000Z`);
    await handle(toEvent([...minutes.map((window_start) => row({ window_start })), row({ user_id: 'bo' })]));
    const starts = async (from?: string, to?: string): Promise<string[]> =>
      (await readCounts(client, table, { site: 'shop', user: 'ana', from, to })).map((one) => one.window_start);
    expect(await starts()).toEqual(minutes);
    expect(await starts(minutes[1])).toEqual(minutes.slice(1));
    expect(await starts(minutes[0], minutes[2])).toEqual(minutes.slice(0, 2));
    expect(await starts(minutes[2], minutes[0])).toEqual([]);
  });

  test('keeps a row for so many days after its last change, however old its events are', async () => {
    const table = await newTable();
    let now = Date.parse('2026-11-20T00:00:00Z');
    const handle = createCountsHandler({ client, table, ttlDays: 2, now: () => now });
    const expires = async (): Promise<string | undefined> => {
      const Key = { pk: { S: partitionOf('shop', 'ana') }, sk: { S: sortOf('2019-10-01T00:00:00.000Z', 'view') } };
      return (await client.send(new GetItemCommand({ TableName: table, Key }))).Item?.['expires_at']?.N;
    };
    const old = { window_start: '2019-10-01T00:00:00.000Z', window_end: '2019-10-01T00:01:00.000Z' };
    await handle(toEvent([row(old)]));
    expect(await expires()).toBe(String(Date.parse('2026-11-22T00:00:00Z') / 1000));
    now += 86_400_000;
    await handle(toEvent([row(old)]));
    expect(await expires()).toBe(String(Date.parse('2026-11-23T00:00:00Z') / 1000));
  });

  test('keeps an item that is full, and counts on without keys', async () => {
    const table = await newTable();
    const full = named('ValidationException', 'Item size to update has exceeded the maximum allowed size');
    const skipped: string[] = [];
    const keyless: CountsHandlerOptions = {
      table,
      client: spoiled((input) => (/interaction_keys/.test(String(input['UpdateExpression'])) ? full : undefined)),
      onSkip: (reason) => skipped.push(reason),
    };
    await createCountsHandler(keyless)(toEvent([row({ event_type: 'cart', qtd_event: 5, interactions: ['a'] })]));
    expect(Object.values(await all(table))).toEqual([5]);
    expect(skipped).toEqual([]);
    const none = { ...keyless, client: spoiled(() => full) };
    expect(await createCountsHandler(none)(toEvent([row()]))).toEqual({ batchItemFailures: [] });
    expect(skipped).toEqual(['an item of the table is full']);
  });
});

describe('partial failures', () => {
  const failing = ['ana', 'bo'].map((user) => partitionOf('shop', user));
  const spoil = (input: Record<string, unknown>) =>
    failing.includes(pkOf(input)) ? named('AccessDeniedException') : undefined;

  test('name the first record that failed; the others are counted, and once when they come again', async () => {
    const table = await newTable();
    const rows = ['cid', 'ana', 'eve', 'bo', 'fay'].map((user_id) => row({ user_id }));
    const errors: string[] = [];
    const handle = createCountsHandler({
      client: spoiled(spoil),
      table,
      onError: (error, number) => errors.push(`${(error as Error).name} ${number}`),
    });
    expect(await handle(toEvent(rows))).toEqual({ batchItemFailures: [{ itemIdentifier: sequence(2) }] });
    expect(errors.sort()).toEqual([2, 4].map((number) => `AccessDeniedException ${sequence(number)}`));
    expect(Object.values(await all(table))).toEqual([1, 1, 1]);
    await createCountsHandler({ client, table })(toEvent(rows.slice(1), 2));
    expect(Object.values(await all(table))).toEqual([1, 1, 1, 1, 1]);
  });

  test('are waited for when the table throttles, a server fails or the answer is lost', async () => {
    const table = await newTable();
    const troubles = ['ProvisionedThroughputExceededException', 'InternalServerError', 'TimeoutError'];
    const waits: number[] = [];
    const handle = createCountsHandler({
      client: spoiled(() => {
        const name = troubles.shift();
        return name === undefined ? undefined : named(name);
      }),
      table,
      concurrency: 1,
      sleep: async (ms) => waits.push(ms),
      random: () => 1,
    });
    expect(await handle(toEvent([row({ qtd_event: 2 })]))).toEqual({ batchItemFailures: [] });
    expect(waits).toEqual([50, 100, 200]);
    expect(Object.values(await all(table))).toEqual([2]);
  });

  test('are failures when throttling does not end', async () => {
    const table = await newTable();
    let calls = 0;
    const handle = createCountsHandler({
      client: spoiled(() => {
        calls += 1;
        return named('ThrottlingException');
      }),
      table,
      maxAttempts: 3,
      sleep: async () => {},
    });
    expect(await handle(toEvent([row()]))).toEqual({ batchItemFailures: [{ itemIdentifier: sequence(1) }] });
    expect(calls).toBe(3);
  });

  test('are none for a record that is no row: it is reported, and the rest is counted', async () => {
    const table = await newTable();
    const bad: [unknown, string][] = [
      ['{', 'no JSON'],
      ['7', 'no JSON object'],
      [row({ site: '' }), 'no site'],
      [row({ user_id: 'x'.repeat(2000) }), 'no user_id'],
      [row({ qtd_event: 0 }), 'no qtd_event'],
      [row({ qtd_event: 1.5 }), 'no qtd_event'],
      [row({ window_end: 'soon' }), 'no window_end'],
      [row({ interactions: [''] }), 'interactions that are no list of keys'],
    ];
    const skipped: string[][] = [];
    const handle = createCountsHandler({ client, table, onSkip: (...what) => skipped.push(what) });
    expect(await handle(toEvent([...bad.map(([value]) => value), row()]))).toEqual({ batchItemFailures: [] });
    expect(skipped).toEqual(bad.map(([, reason], index) => [reason, sequence(index + 1)]));
    expect(Object.values(await all(table))).toEqual([1]);
  });
});

describe('alerts', () => {
  async function judging(options: Partial<NonNullable<CountsHandlerOptions['alerts']>> = {}, through = client) {
    const table = await newTable();
    const alerts: Alert[] = [];
    const channels = [async (alert: Alert) => void alerts.push(alert)];
    const handle = createCountsHandler({ client: through, table, alerts: { channels, threshold: 20, ...options } });
    return { table, alerts, handle };
  }

  test('are given once for a user and window, whatever comes later', async () => {
    const { handle, alerts, table } = await judging();
    await handle(toEvent([row({ qtd_event: 20 })]));
    expect(alerts).toEqual([]);
    await handle(toEvent([row(), row({ event_type: 'web_vitals', qtd_event: 5 })]));
    expect(alerts).toEqual([
      {
        alert_id: `shop:ana:${start}`,
        site: 'shop',
        user_id: 'ana',
        window_start: start,
        window_end: end,
        rule: 'interactions',
        interactions: 21,
        threshold: 20,
        events: { view: 21, web_vitals: 5 },
      },
    ]);
    await handle(toEvent([row({ qtd_event: 50 }), row({ qtd_event: 50, event_type: 'cart', interactions: keys(30) })]));
    expect(alerts).toHaveLength(1);
    await handle(toEvent([row({ qtd_event: 21, window_start: end, window_end: '2026-11-20T09:32:00.000Z' })]));
    expect(alerts).toHaveLength(2);
    expect(Object.keys(await all(table))).toHaveLength(4);
  });

  test('add the types up, also when a small part of another type comes last', async () => {
    const { handle, alerts, table } = await judging();
    await handle(toEvent([row({ qtd_event: 18 })]));
    await handle(toEvent([row({ event_type: 'purchase', qtd_event: 40, interactions: keys(1) })]));
    await handle(toEvent([row({ event_type: 'cart', interactions: keys(1) })]));
    expect(alerts).toEqual([]);
    await handle(toEvent([row({ event_type: 'remove_from_cart', interactions: keys(1) })]));
    expect(alerts).toMatchObject([
      { interactions: 21, events: { view: 18, purchase: 40, cart: 1, remove_from_cart: 1 } },
    ]);
    expect(Object.keys(await all(table))).toHaveLength(4);
  });

  test('count an act once that several shards or emissions tell of', async () => {
    const { handle, alerts } = await judging();
    const carts = (first: number) => row({ event_type: 'cart', qtd_event: 10, interactions: keys(20, first) });
    await handle(toEvent([carts(0), carts(0), carts(0)]));
    expect(alerts).toEqual([]);
    await handle(toEvent([carts(1)]));
    expect(alerts).toMatchObject([{ interactions: 21, events: { cart: 40 } }]);
  });

  test('are one when several types of one batch are each too many', async () => {
    const { handle, alerts } = await judging();
    await handle(toEvent([row({ qtd_event: 30 }), row({ event_type: 'cart', qtd_event: 30, interactions: keys(30) })]));
    expect(alerts).toMatchObject([{ interactions: 60 }]);
  });

  test('are one for each site', async () => {
    const { handle, alerts } = await judging();
    await handle(toEvent([row({ qtd_event: 21 }), row({ qtd_event: 21, site: 'other' })]));
    expect(alerts.map(({ alert_id }) => alert_id).sort()).toEqual([`other:ana:${start}`, `shop:ana:${start}`]);
  });

  test('are given for many rows of one type, whatever these amount to', async () => {
    const { handle, alerts } = await judging({ maxRows: 100 });
    await handle(toEvent([row({ event_type: 'refund', qtd_event: 100 })]));
    expect(alerts).toEqual([]);
    await handle(toEvent([row({ event_type: 'refund', qtd_event: 1 })]));
    expect(alerts).toMatchObject([{ rule: 'rows', interactions: 0, threshold: 100, events: { refund: 101 } }]);
  });

  test('have a threshold that follows the length of the window', async () => {
    const { handle, alerts } = await judging({ threshold: undefined });
    await handle(toEvent([row({ qtd_event: 90 })]));
    expect(alerts).toEqual([]);
    await handle(toEvent([row(), row({ qtd_event: 25, user_id: 'bo', window_end: '2026-11-20T09:30:10.000Z' })]));
    expect(alerts.map(({ user_id, threshold }) => [user_id, threshold]).sort()).toEqual([
      ['ana', 90],
      ['bo', 24],
    ]);
  });

  test('that a channel does not take are given again with the batch, under the same id', async () => {
    const table = await newTable();
    const [first, second]: [Alert[], Alert[]] = [[], []];
    let broken = true;
    const told: Alert[] = [];
    const errors: string[] = [];
    const handle = createCountsHandler({
      client,
      table,
      onError: (error) => errors.push((error as Error).message),
      alerts: {
        threshold: 20,
        channels: [
          async (alert) => void first.push(alert),
          async (alert) => {
            if (broken) throw new Error('no answer');
            second.push(alert);
          },
        ],
        onAlert: (alert) => told.push(alert),
      },
    });
    const batch = toEvent([row({ user_id: 'bo' }), row({ qtd_event: 30 })]);
    expect(await handle(batch)).toEqual({ batchItemFailures: [{ itemIdentifier: sequence(2) }] });
    expect(errors).toEqual([`The alert shop:ana:${start} did not reach every channel: no answer`]);
    broken = false;
    expect(await handle(batch)).toEqual({ batchItemFailures: [] });
    expect(await handle(batch)).toEqual({ batchItemFailures: [] });
    expect([first.length, second.length, told.length]).toEqual([2, 1, 1]);
    expect(first[0]).toEqual(first[1]);
    expect(Object.values(await all(table)).sort()).toEqual([1, 30]);
  });

  test.each([
    ['after the row was counted', /^SET watched/],
    ['before the alert was noted', /^SET alert_state = :state, interactions/],
    ['after it was given', /^SET alert_state = :state, expires_at/],
  ])('are given though the reader stops %s, and the rows come again', async (_, where) => {
    let stops = true;
    const through = spoiled((input) => {
      if (!stops || !where.test(String(input['UpdateExpression']))) return undefined;
      return named('AccessDeniedException');
    });
    const { handle, alerts, table } = await judging({}, through);
    const batch = toEvent([row({ qtd_event: 21 })]);
    expect(await handle(batch)).toEqual({ batchItemFailures: [{ itemIdentifier: sequence(1) }] });
    stops = false;
    const before = alerts.length;
    expect(await handle(batch)).toEqual({ batchItemFailures: [] });
    expect(alerts.length - before).toBe(1);
    expect(new Set(alerts.map(({ alert_id }) => alert_id)).size).toBe(1);
    expect(Object.values(await all(table))).toEqual([21]);
  });

  test('cost nothing but the count for users who do little', async () => {
    const calls: string[] = [];
    const through = {
      send: async (command: UpdateItemCommand) => {
        calls.push(command.constructor.name);
        return client.send(command);
      },
    } as unknown as DynamoDBClient;
    const { handle } = await judging({}, through);
    await handle(toEvent([row({ qtd_event: 5 }), row({ event_type: 'cart', qtd_event: 90, interactions: keys(5) })]));
    expect(calls).toEqual([UpdateItemCommand.name, UpdateItemCommand.name]);
  });
});

describe('misuse', () => {
  test.each<[Record<string, unknown>, string]>([
    [{ table: '' }, 'table must be a text that is not empty, got ""'],
    [{ ttlDays: 0 }, 'ttlDays must be a whole number from 1 to 36500, got 0'],
    [{ concurrency: 1000 }, 'concurrency must be a whole number from 1 to 256, got 1000'],
    [{ alerts: { channels: [] } }, 'alerts.channels must hold at least one channel, got []'],
    [{ alerts: { channels: ['x'] } }, 'alerts.channels[0] must be a function, got "x"'],
    [
      { alerts: { channels: [async () => {}], threshold: 0 } },
      'alerts.threshold must be a whole number from 1 to 1000000, got 0',
    ],
    [
      { alerts: { channels: [async () => {}], maxRows: -1 } },
      'alerts.maxRows must be a whole number from 1 to 1000000000, got -1',
    ],
  ])('fails at start: %j', (options, message) => {
    expect(() => createCountsHandler({ client, table: 'counts', ...options } as CountsHandlerOptions)).toThrow(
      new TypeError(message),
    );
  });
});
