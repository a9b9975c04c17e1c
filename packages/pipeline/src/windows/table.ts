import {
  type AttributeValue,
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  QueryCommand,
  ScanCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { partitionOf } from './keys.js';
import { withRetries } from './retry.js';

export interface DynamoClientOptions {
  /** AWS region. @default what the SDK finds, such as AWS_REGION */
  region?: string | undefined;
  /** URL of an emulator; AWS without it. */
  endpoint?: string | undefined;
  /** @default what the SDK finds; an emulator takes any. */
  credentials?: DynamoDBClientConfig['credentials'] | undefined;
}

/** A client that tries once and waits for no answer without end: what repeats a call paces it. */
export function createDynamoClient(options: DynamoClientOptions = {}): DynamoDBClient {
  const { region, endpoint, credentials } = options;
  const emulator = endpoint === undefined ? {} : { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  return new DynamoDBClient({
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? emulator : { credentials }),
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
  });
}

/** One row of the table: what a user did of one type in one window. */
export interface CountRow {
  readonly site: string;
  readonly user_id: string;
  readonly event_type: string;
  readonly qtd_event: number;
  /** ISO 8601 UTC. */
  readonly window_start: string;
  /** The start of the next window. */
  readonly window_end: string;
}

const activeDeadlineMs = 60_000;
const pollMs = 20;

/**
 * Creates the table of counts unless it is there, billed by request, and switches on the removal of old rows
 * (`expires_at`) where the service knows it.
 *
 * @param options.onDenied Told when the removal may not be switched on. Without it, that is an error for a table made here.
 * @returns When the table is ACTIVE.
 * @throws What the client throws, and if the table is not ACTIVE after a minute.
 */
export async function createTable(
  client: DynamoDBClient,
  name: string,
  { onDenied }: { onDenied?: ((error: unknown) => void) | undefined } = {},
): Promise<void> {
  const made = (await statusOf(client, name)) === undefined && (await make(client, name));
  const deadline = Date.now() + activeDeadlineMs;
  while ((await statusOf(client, name)) !== 'ACTIVE') {
    if (Date.now() > deadline) throw new Error(`The table '${name}' is not ACTIVE after ${activeDeadlineMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  try {
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName: name,
        TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
      }),
    );
  } catch (error) {
    const { name: code, message } = error as Error;
    // An emulator does not know the call; a table that has it says so by a ValidationException; and who made the table may
    // have kept the right to change it.
    if (code === 'UnknownOperationException' || /already enabled/i.test(message)) return;
    if (code === 'AccessDeniedException' && onDenied) return onDenied(error);
    if (made || code !== 'AccessDeniedException') throw error;
  }
}

async function statusOf(client: DynamoDBClient, name: string): Promise<string | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: name }))).Table?.TableStatus;
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

/** @returns Whether it was made here, and not by another in the same moment. */
async function make(client: DynamoDBClient, name: string): Promise<boolean> {
  try {
    await client.send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      }),
    );
    return true;
  } catch (error) {
    if ((error as Error).name !== 'ResourceInUseException') throw error;
    return false;
  }
}

export interface CountsQuery {
  readonly site: string;
  readonly user: string;
  /** First window, by its start, inclusive. ISO 8601 UTC with milliseconds. @default the first there is */
  readonly from?: string | undefined;
  /** Windows that start here or later are left out. @default none */
  readonly to?: string | undefined;
}

/** Reads the rows of one user, by window, then type. */
export async function readCounts(client: DynamoDBClient, table: string, query: CountsQuery): Promise<CountRow[]> {
  const { site, user, from = '0', to = '~' } = query;
  const rows: CountRow[] = [];
  // The service refuses a range that is none.
  if (from > to) return rows;
  let start: Record<string, AttributeValue> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await withRetries(() =>
      client.send(
        new QueryCommand({
          TableName: table,
          // What starts at `to` has a longer key.
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
          ExpressionAttributeValues: { ':pk': { S: partitionOf(site, user) }, ':from': { S: from }, ':to': { S: to } },
          ConsistentRead: true,
          ...(start && { ExclusiveStartKey: start }),
        }),
      ),
    );
    rows.push(...Items.flatMap(toCountRow));
    start = LastEvaluatedKey;
  } while (start);
  return rows;
}

/** Reads every row, a page at a time and in no order: for a table of a size that this suits. */
export async function* scanCounts(client: DynamoDBClient, table: string): AsyncGenerator<CountRow> {
  let start: Record<string, AttributeValue> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await withRetries(() =>
      client.send(
        new ScanCommand({ TableName: table, ConsistentRead: true, ...(start && { ExclusiveStartKey: start }) }),
      ),
    );
    yield* Items.flatMap(toCountRow);
    start = LastEvaluatedKey;
  } while (start);
}

/** @returns Nothing for the items that alerts keep beside the rows. */
function toCountRow(item: Record<string, AttributeValue>): CountRow[] {
  const { site, user_id, event_type, qtd_event, window_start, window_end } = item;
  if (qtd_event?.N === undefined) return [];
  return [
    {
      site: site?.S ?? '',
      user_id: user_id?.S ?? '',
      event_type: event_type?.S ?? '',
      qtd_event: Number(qtd_event.N),
      window_start: window_start?.S ?? '',
      window_end: window_end?.S ?? '',
    },
  ];
}
