import { parseArgs } from 'node:util';
import { formatHelp, formatOf, formatOptions, write } from './answer.js';
import type { Command } from './command.js';
import { engineHelp, engineOptions, openEngine } from './engine.js';
import { numberOf, UsageError } from './options.js';
import { runWork, withElapsed } from './work.js';

/** Most rows of a table without `--limit`: more is for a file. */
const tableRows = 1_000;

const help = `rastro-pipeline query "SELECT …" [options]
rastro-pipeline query - [options] < query.sql

Runs one SQL statement over the lake, in DuckDB, and writes the answer. The table events has every record
(docs/events.md) with year, month and day of event_time in UTC; clicks has the six columns of the CSV files.
What reads is run, nothing else: no other files, no extensions, no settings.

${engineHelp}${formatHelp}  --limit N                most rows [all; ${tableRows.toLocaleString('en')} in a table]
  --help

rastro-pipeline query "SELECT event_type, count(*) FROM events GROUP BY 1 ORDER BY 2 DESC"
`;

export interface QueryCommandOptions {
  /** All of standard input, as text. */
  readStdin?: (() => Promise<string>) | undefined;
}

export function createQueryCommand({ readStdin = readProcessStdin }: QueryCommandOptions = {}): Command {
  return {
    help,
    run: (argv, io) =>
      runWork('query', io, async (signal) => {
        const { values, positionals } = parseArgs({
          args: [...argv],
          allowPositionals: true,
          options: {
            ...engineOptions,
            ...formatOptions,
            limit: { type: 'string' },
            help: { type: 'boolean', short: 'h' },
          },
        });
        if (values.help) return io.stdout(help);
        const [given, ...more] = positionals;
        if (given === undefined) throw new UsageError('there is no SQL; - reads it from standard input');
        if (more.length > 0) throw new UsageError('the SQL is one argument: put it in quotes');
        const format = formatOf(values);
        const limit = numberOf('limit', values.limit, { least: 1, most: 100_000_000 });
        const sql = given === '-' ? await readStdin() : given;
        const engine = await openEngine(values);
        try {
          const begun = performance.now();
          const maxRows = limit ?? (format === 'table' ? tableRows : undefined);
          const result = await withElapsed(io, 'Running', () => engine.query(sql, { signal, maxRows }));
          const took = `${((performance.now() - begun) / 1000).toFixed(2)} s`;
          write(io, result, format, { about: [took], bom: values.bom });
        } finally {
          await engine.close();
        }
      }),
  };
}

/** The command `rastro-pipeline query`. */
export const queryCommand: Command = createQueryCommand();

async function readProcessStdin(): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
