import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { eventColumns, type QueryResult, type SqlEngine, SqlError, type Value } from '@rastro/pipeline';

/** A record by its fields, or by less: the rest has a default or is absent. Instants as `2026-11-20 09:30:00`. */
export type Row = Readonly<Record<string, string | number | boolean | null>>;

const literal = (value: Row[string] | undefined): string => {
  if (value === undefined || value === null) return 'NULL';
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
};

const filled = (row: Row, index: number): Row => ({
  event_id: `e${String(index).padStart(4, '0')}`,
  event_time: '2026-11-20 12:00:00',
  received_at: row['event_time'] ?? '2026-11-20 12:00:00',
  site: 'demo',
  source: 'web',
  is_bot: false,
  ...row,
});

async function query(connection: DuckDBConnection, sql: string): Promise<QueryResult> {
  const reader = await connection.runAndReadAll(sql).catch((error: unknown) => {
    throw new SqlError(String(error), { cause: error });
  });
  return {
    // Whoever reads a report takes the report's own types.
    columns: reader.columnNames().map((name) => ({ name, type: 'text' })),
    rows: reader.getRowsJson() as Value[][],
  };
}

export interface EventsTable extends SqlEngine {
  /** Every text that was asked. */
  readonly asked: readonly string[];
}

/** The table `events` with these rows, in memory. */
export async function openEventsTable(rows: readonly Row[]): Promise<EventsTable> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const columns = eventColumns.map(({ name, type }) => `${name} ${type}`);
  await connection.run(`CREATE TABLE records (${columns.join(', ')})`);
  if (rows.length > 0) {
    const values = rows.map((row, index) => {
      const record = filled(row, index);
      for (const name of Object.keys(record))
        if (!eventColumns.some((column) => column.name === name)) throw new Error(`no field of a record: ${name}`);
      return `(${eventColumns.map(({ name }) => literal(record[name])).join(', ')})`;
    });
    await connection.run(`INSERT INTO records VALUES ${values.join(', ')}`);
  }
  await connection.run(`CREATE VIEW events AS SELECT *, strftime(event_time, '%Y') AS year,
    strftime(event_time, '%m') AS month, strftime(event_time, '%d') AS day FROM records`);
  const asked: string[] = [];
  return {
    name: 'duckdb',
    asked,
    query: (sql) => {
      asked.push(sql);
      return query(connection, sql);
    },
    close: async () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
