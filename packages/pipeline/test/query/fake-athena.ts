import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AthenaClient } from '@aws-sdk/client-athena';
import { onTestFinished } from 'vitest';

/** What the fake answers to one query. */
export interface FakeQuery {
  columns?: readonly (readonly [name: string, type: string])[];
  /** Without the row of names. */
  rows?: readonly (readonly (string | null)[])[];
  statementType?: 'DML' | 'DDL' | 'UTILITY';
  /** States before the last one. */
  polls?: number;
  state?: 'SUCCEEDED' | 'FAILED' | 'CANCELLED' | 'RUNNING';
  reason?: string;
}

export interface FakeAthena {
  readonly client: AthenaClient;
  /** Every call, in order. */
  readonly calls: readonly { action: string; input: Record<string, unknown> }[];
  /** The next calls of an action fail so. */
  fail(action: string, errorType: string, times: number): void;
}

/** Athena's own limit of rows on a page. */
const pageRows = 1_000;

/** Speaks Athena's protocol (AWS JSON 1.1) on a port of its own, so that the real client is used. */
export async function startFakeAthena(answer: (sql: string) => FakeQuery): Promise<FakeAthena> {
  const calls: { action: string; input: Record<string, unknown> }[] = [];
  const failures = new Map<string, { type: string; times: number }>();
  const tokens = new Map<string, string>();
  const executions = new Map<string, { query: FakeQuery; polls: number; stopped: boolean }>();

  const handle = (action: string, input: Record<string, unknown>): object => {
    const id = String(input['QueryExecutionId']);
    const execution = executions.get(id);
    if (action === 'StartQueryExecution') {
      const token = String(input['ClientRequestToken']);
      const known = tokens.get(token);
      if (known) return { QueryExecutionId: known };
      const next = `q-${executions.size + 1}`;
      tokens.set(token, next);
      executions.set(next, { query: answer(String(input['QueryString'])), polls: 0, stopped: false });
      return { QueryExecutionId: next };
    }
    if (!execution) throw new Error(`no query ${id}`);
    const { query } = execution;
    if (action === 'StopQueryExecution') {
      execution.stopped = true;
      return {};
    }
    if (action === 'GetQueryExecution') {
      const done = execution.polls++ >= (query.polls ?? 0);
      const last = execution.stopped ? 'CANCELLED' : (query.state ?? 'SUCCEEDED');
      return {
        QueryExecution: {
          QueryExecutionId: id,
          StatementType: query.statementType ?? 'DML',
          Status: {
            State: done ? last : execution.polls === 1 ? 'QUEUED' : 'RUNNING',
            ...(done && query.reason ? { StateChangeReason: query.reason } : {}),
          },
        },
      };
    }
    const columns = query.columns ?? [];
    const names = (query.statementType ?? 'DML') === 'DML' ? [columns.map(([name]) => name)] : [];
    const rows = [...names, ...(query.rows ?? [])];
    const from = Number(input['NextToken'] ?? 0);
    const to = from + Math.min(Number(input['MaxResults'] ?? pageRows), pageRows);
    return {
      ResultSet: {
        Rows: rows
          .slice(from, to)
          .map((row) => ({ Data: row.map((value) => (value === null ? {} : { VarCharValue: value })) })),
        ResultSetMetadata: { ColumnInfo: columns.map(([Name, Type]) => ({ Name, Type })) },
      },
      ...(to < rows.length ? { NextToken: String(to) } : {}),
    };
  };

  const server = createServer(async (request, response) => {
    const action = String(request.headers['x-amz-target']).replace('AmazonAthena.', '');
    const input = JSON.parse(await bodyOf(request)) as Record<string, unknown>;
    calls.push({ action, input });
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    const failure = failures.get(action);
    if (failure && failure.times-- > 0) {
      response.writeHead(400).end(JSON.stringify({ __type: failure.type, message: 'as the test says' }));
      return;
    }
    try {
      response.end(JSON.stringify(handle(action, input)));
    } catch (error) {
      response.writeHead(400).end(JSON.stringify({ __type: 'InvalidRequestException', message: String(error) }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new AthenaClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-2',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  onTestFinished(async () => {
    client.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { client, calls, fail: (action, type, times) => void failures.set(action, { type, times }) };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}
