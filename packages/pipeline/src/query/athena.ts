import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AthenaClient,
  type ColumnInfo,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type QueryExecution,
  type Row,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { checkInteger, checkText, wrongOption } from '../options.js';
import { textReader } from './athena-values.js';
import { type QueryOptions, type QueryResult, type SqlEngine, SqlError, type Value } from './engine.js';

export interface AthenaOptions {
  client: AthenaClient;
  /** Database of the table `events`. */
  database: string;
  /** @default 'primary' */
  workGroup?: string | undefined;
  /** Where Athena puts answers: `s3://bucket/prefix/`. @default that of the work group */
  outputLocation?: string | undefined;
  /** @default 'AwsDataCatalog' */
  catalog?: string | undefined;
  /** First wait before a query is asked after; each further one is half as long again, 2 s at most. Unit: ms; 1–60,000. @default 200 */
  pollMs?: number | undefined;
  /** Longest a query may take, waiting in Athena's queue included; then it is stopped. Unit: ms; 0 for no bound. @default 300,000 */
  timeoutMs?: number | undefined;
  /**
   * How old an answer of the same text may be that is used again, without a scan and its cost. 0: none. Unit: minutes, up
   * to 10,080. https://docs.aws.amazon.com/athena/latest/ug/reusing-query-results.html @default 0
   */
  reuseMinutes?: number | undefined;
  /** Most rows of an answer, which is held in memory; more are an error. 1–100,000,000. @default 1,000,000 */
  maxRows?: number | undefined;
}

export const athenaDefaults: {
  readonly workGroup: string;
  readonly catalog: string;
  readonly pollMs: number;
  readonly timeoutMs: number;
  readonly reuseMinutes: number;
  readonly maxRows: number;
} = {
  workGroup: 'primary',
  catalog: 'AwsDataCatalog',
  pollMs: 200,
  timeoutMs: 300_000,
  reuseMinutes: 0,
  maxRows: 1_000_000,
};

const longestPollMs = 2_000;
/** Most that GetQueryResults gives at once. */
const pageRows = 1_000;

/**
 * Athena over the lake in S3. Any SQL is handed on: what it may do is for the credentials and the work group to say.
 * Closing it stops the queries that run and leaves the client open.
 *
 * @throws {TypeError} If an option is wrong.
 */
export function createAthena(options: AthenaOptions): SqlEngine {
  const { client, database, workGroup, outputLocation, catalog, pollMs, timeoutMs, reuseMinutes, maxRows } =
    checked(options);
  const running = new Map<AbortController, Promise<unknown>>();
  let closed = false;

  const start = async (sql: string): Promise<string> => {
    const { QueryExecutionId: id } = await client.send(
      new StartQueryExecutionCommand({
        QueryString: sql,
        // The client's own retries carry the same one: a query whose answer was lost is not run, and paid for, twice.
        ClientRequestToken: randomUUID(),
        QueryExecutionContext: { Database: database, Catalog: catalog },
        WorkGroup: workGroup,
        ...(outputLocation === undefined ? {} : { ResultConfiguration: { OutputLocation: outputLocation } }),
        ...(reuseMinutes === 0
          ? {}
          : {
              ResultReuseConfiguration: {
                ResultReuseByAgeConfiguration: { Enabled: true, MaxAgeInMinutes: reuseMinutes },
              },
            }),
      }),
    );
    if (id === undefined) throw new SqlError('Athena started the query without telling its id.');
    return id;
  };

  const finished = async (id: string, signal: AbortSignal): Promise<QueryExecution> => {
    for (let wait = pollMs; ; wait = Math.min(wait * 1.5, longestPollMs)) {
      await sleep(wait, undefined, { signal });
      let execution: QueryExecution | undefined;
      try {
        execution = (await client.send(new GetQueryExecutionCommand({ QueryExecutionId: id }), { abortSignal: signal }))
          .QueryExecution;
      } catch (error) {
        // It runs on, whether or not anybody could ask: the next question comes later.
        if (isThrottling(error)) continue;
        throw error;
      }
      const { State: state, StateChangeReason: reason, AthenaError: details } = execution?.Status ?? {};
      if (state === 'SUCCEEDED') return execution as QueryExecution;
      if (state === 'FAILED' || state === 'CANCELLED') {
        throw new SqlError(reason ?? details?.ErrorMessage ?? `Athena says ${state}, and not why.`);
      }
    }
  };

  const results = async (
    id: string,
    execution: QueryExecution,
    signal: AbortSignal,
    most: number | undefined,
  ): Promise<QueryResult> => {
    let infos: readonly ColumnInfo[] = [];
    const rows: Value[][] = [];
    let token: string | undefined;
    let isFirst = true;
    do {
      const { ResultSet: set, NextToken: next } = await client.send(
        new GetQueryResultsCommand({
          QueryExecutionId: id,
          MaxResults: pageRows,
          ...(token === undefined ? {} : { NextToken: token }),
        }),
        { abortSignal: signal },
      );
      token = next;
      if (isFirst) infos = set?.ResultSetMetadata?.ColumnInfo ?? [];
      const readers = infos.map(({ Type: type = '' }) => textReader(type));
      const given = set?.Rows ?? [];
      for (const row of isFirst && beginsWithNames(execution, infos, given[0]) ? given.slice(1) : given) {
        if (most !== undefined && rows.length >= most) return { columns: columnsOf(infos), rows, truncated: true };
        if (rows.length >= maxRows) {
          throw new SqlError(
            `The answer has more than ${maxRows.toLocaleString('en')} rows: ask for less, or add a LIMIT.`,
          );
        }
        rows.push(
          readers.map(({ read }, at) => {
            const value = row.Data?.[at]?.VarCharValue;
            return value === undefined ? null : read(value);
          }),
        );
      }
      isFirst = false;
    } while (token !== undefined);
    return { columns: columnsOf(infos), rows };
  };

  const run = async (sql: string, stop: AbortController, most: number | undefined): Promise<QueryResult> => {
    const { signal } = stop;
    signal.throwIfAborted();
    // Not aborted itself: the query might run, and nobody would know its id.
    const id = await start(sql);
    try {
      return await results(id, await finished(id, signal), signal, most);
    } catch (error) {
      // One that has ended is not stopped by it, nor does it fail.
      if (signal.aborted) await client.send(new StopQueryExecutionCommand({ QueryExecutionId: id })).catch(() => {});
      throw error;
    }
  };

  return {
    name: 'athena',
    async query(sql, { signal, maxRows: most }: QueryOptions = {}) {
      if (closed) throw new SqlError('The engine is closed.');
      const stop = new AbortController();
      const forward = (): void => stop.abort(signal?.reason);
      if (signal?.aborted) forward();
      signal?.addEventListener('abort', forward, { once: true });
      const late = new SqlError(`The query took longer than ${timeoutMs / 1000} s and was stopped.`);
      const timer = timeoutMs > 0 ? setTimeout(() => stop.abort(late), timeoutMs) : undefined;
      const answer = run(sql, stop, most);
      running.set(stop, answer);
      try {
        return await answer;
      } catch (error) {
        if (stop.signal.aborted) throw stop.signal.reason;
        if (error instanceof SqlError) throw error;
        const { name, message } = error as Error;
        throw new SqlError(`${name}: ${message}`, { cause: error });
      } finally {
        clearTimeout(timer);
        running.delete(stop);
        signal?.removeEventListener('abort', forward);
      }
    },
    async close() {
      closed = true;
      const reason = new SqlError('The engine was closed.');
      for (const stop of running.keys()) stop.abort(reason);
      await Promise.allSettled(running.values());
    },
  };
}

function columnsOf(infos: readonly ColumnInfo[]): QueryResult['columns'] {
  return infos.map(({ Name: name = '', Type: type = '' }) => ({ name, type: textReader(type).type }));
}

/**
 * The answer of a SELECT begins with a row of the columns' names, that of SHOW, DESCRIBE or EXPLAIN does not.
 * https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryResults.html
 */
function beginsWithNames(execution: QueryExecution, infos: readonly ColumnInfo[], first: Row | undefined): boolean {
  if (execution.StatementType !== 'DML' || first === undefined) return false;
  return infos.every(({ Name: name }, at) => first.Data?.[at]?.VarCharValue === name);
}

function isThrottling(error: unknown): boolean {
  const { name, $retryable } = error as Error & { $retryable?: { throttling?: boolean } };
  return $retryable?.throttling === true || name === 'TooManyRequestsException' || name === 'ThrottlingException';
}

function checked(options: AthenaOptions) {
  const { client, database, outputLocation } = options;
  const workGroup = options.workGroup ?? athenaDefaults.workGroup;
  const catalog = options.catalog ?? athenaDefaults.catalog;
  const pollMs = options.pollMs ?? athenaDefaults.pollMs;
  const timeoutMs = options.timeoutMs ?? athenaDefaults.timeoutMs;
  const reuseMinutes = options.reuseMinutes ?? athenaDefaults.reuseMinutes;
  const maxRows = options.maxRows ?? athenaDefaults.maxRows;
  for (const [name, value] of Object.entries({ database, workGroup, catalog })) checkText(name, value);
  if (outputLocation !== undefined && !/^s3:\/\/[^/]+/.test(outputLocation)) {
    throw wrongOption('outputLocation', "like 's3://bucket/prefix/'", outputLocation);
  }
  checkInteger('pollMs', pollMs, 1, 60_000);
  checkInteger('timeoutMs', timeoutMs, 0, 2_147_483_647);
  checkInteger('reuseMinutes', reuseMinutes, 0, 10_080);
  checkInteger('maxRows', maxRows, 1, 100_000_000);
  return { client, database, workGroup, outputLocation, catalog, pollMs, timeoutMs, reuseMinutes, maxRows };
}
