/**
 * A cell. Whole numbers beyond 2^53 and decimals are text, so that no digit is lost; instants are ISO 8601 UTC, days
 * `YYYY-MM-DD`. What JSON has no number for is text, too: `NaN`, `Infinity`, `-Infinity`. Lists, structs and maps are
 * JSON text in DuckDB, Athena's own text there.
 */
export type Value = string | number | boolean | null;
export type ValueType = 'integer' | 'decimal' | 'double' | 'text' | 'date' | 'timestamp' | 'boolean';

export interface ResultColumn {
  readonly name: string;
  readonly type: ValueType;
}
export interface QueryResult {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly Value[])[];
  /** There were more rows than `maxRows` of the call asked for. */
  readonly truncated?: true;
}

export interface QueryOptions {
  /** Ends the query where it runs; the promise is rejected with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Stop after so many rows, and say so (`truncated`). Without it, more rows than the engine's own bound are an error. */
  maxRows?: number | undefined;
}

/** What answers SQL over the table `events`: DuckDB over the embedded lake, or Athena. */
export interface SqlEngine {
  readonly name: 'duckdb' | 'athena';
  /** @throws {SqlError} With the engine's own message, which names what is wrong in the text. */
  query(sql: string, options?: QueryOptions): Promise<QueryResult>;
  /** Another text when the data may have changed. Absent, or `undefined`, where that cannot be known. */
  generation?(): Promise<string | undefined>;
  /** Ends what runs. */
  close(): Promise<void>;
}

export class SqlError extends Error {
  override readonly name = 'SqlError';
}
