import { type DuckDBConnection, type DuckDBPreparedStatement, StatementType } from '@duckdb/node-api';
import { SqlError } from './engine.js';

/**
 * Prepares one statement that reads.
 *
 * DuckDB's own settings keep a query inside the lake, but not from writing there: `COPY … TO` is a statement, `EXPLAIN
 * ANALYZE` runs the one behind it, and `EXPORT DATABASE` makes its folder while it is prepared. So the first word
 * decides whether a text gets to DuckDB, and what DuckDB takes it for whether it is run.
 *
 * @throws {SqlError} For what does not read, and for what DuckDB does not understand.
 */
export async function prepareReading(connection: DuckDBConnection, sql: string): Promise<DuckDBPreparedStatement> {
  if (blank.test(sql)) throw new SqlError('There is no statement in the text.');
  if (!reading.test(sql) && !explaining.test(sql)) throw new SqlError(readOnly);
  const prepared = await prepare(connection, sql);
  const explained = sql.replace(explaining, '');
  if (prepared.statementType === StatementType.EXPLAIN) {
    // What stands behind it must be a statement that reads, too.
    if (explained === sql) throw new SqlError(readOnly);
    if ((await prepare(connection, explained)).statementType !== StatementType.SELECT) throw new SqlError(readOnly);
  } else if (prepared.statementType !== StatementType.SELECT) throw new SqlError(readOnly);
  if (mayHide.test(sql)) await checkPlan(connection, explained);
  return prepared;
}

const readOnly =
  'Only what reads is run: a statement that begins with SELECT, WITH, FROM, VALUES, DESCRIBE, SUMMARIZE, SHOW or EXPLAIN SELECT.';

/** Blanks and comments. One comment within another would end in one place here and in another for DuckDB. */
const gap = String.raw`(?:\s|--[^\r\n]*(?=[\r\n]|$)|/\*(?:(?!/\*|\*/)[\s\S])*\*/)*`;
const blank = new RegExp(`^${gap};?${gap}$`);
const reading = new RegExp(`^${gap}[(\\s]*(?:select|with|from|values|describe|summarize|show|pivot|unpivot)\\b`, 'i');
const explaining =
  /^\s*explain\s+(?:analyze\s+)?(?:\([\w\s,]*\)\s*)?(?=(?:select|with|from|values|describe|summarize)\b)/i;

async function prepare(connection: DuckDBConnection, sql: string): Promise<DuckDBPreparedStatement> {
  try {
    return await connection.prepare(sql);
  } catch (error) {
    if (!(error as Error).message.includes('Cannot prepare multiple statements')) throw error;
    throw new SqlError('There are several statements in the text: one at a time (a PIVOT needs its IN list).');
  }
}

/**
 * `SELECT * FROM enable_logging(storage_path = …)` reads in name and writes files, whatever is locked. The name may be
 * put together within `query('…')`, so it is looked for in the plan, where it could be there at all.
 */
const mayHide = /log|query|serialized/i;
const writers = /"name":\s*"(?:enable_logging|disable_logging|truncate_duckdb_logs)\b/i;

async function checkPlan(connection: DuckDBConnection, sql: string): Promise<void> {
  const plan = await connection.runAndReadAll(`EXPLAIN (FORMAT json) ${sql}`);
  for (const row of plan.getRows()) if (writers.test(String(row[1]))) throw new SqlError(readOnly);
}
