import { parseArgs } from 'node:util';
import { readReportParams, refusedParam } from '../query/report-params.js';
import { type Report, type ReportName, type ReportParams, renderReport, reports, runReport } from '../reports.js';
import { formatHelp, formatOf, formatOptions, write } from './answer.js';
import type { Command } from './command.js';
import { engineHelp, engineOptions, openEngine } from './engine.js';
import { numberOf, UsageError } from './options.js';
import { countRobots, isEmpty, lastDays } from './report-range.js';
import { forPeople } from './report-table.js';
import { runWork, withElapsed } from './work.js';

/** Flags by the parameters they set. */
const flags = {
  from: ['from', 'DAY', 'first day, inclusive, like 2026-11-20 [first of the table]'],
  to: ['to', 'DAY', 'last day, inclusive [last of the table]'],
  site: ['site', 'NAME', 'only this site [all]'],
  currency: ['currency', 'CODE', 'only amounts of this currency [all]'],
  category: ['category', 'NAME', 'only products of this category [all]'],
  bots: ['bots', '', 'robots count, too'],
  utcOffsetMinutes: ['utc-offset', 'MINUTES', 'of the clock that days and hours are of, like -180 or -03:00 [0]'],
  limit: ['limit', 'N', 'most rows of a ranking [that of the report]'],
  windowHours: ['window-hours', 'HOURS', 'abandoned: hours in which a purchase counts [the session]'],
  minViews: ['min-views', 'N', 'brands: views below which a brand is not judged [100]'],
} as const satisfies Record<keyof ReportParams, readonly [flag: string, value: string, text: string]>;

const always: ReadonlySet<keyof ReportParams> = new Set(['from', 'to', 'site', 'bots']);
const options = {
  ...engineOptions,
  ...formatOptions,
  from: { type: 'string' },
  to: { type: 'string' },
  site: { type: 'string' },
  currency: { type: 'string' },
  category: { type: 'string' },
  bots: { type: 'boolean' },
  'utc-offset': { type: 'string' },
  limit: { type: 'string' },
  'window-hours': { type: 'string' },
  'min-views': { type: 'string' },
  last: { type: 'string' },
  list: { type: 'boolean' },
  sql: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const flagsHelp = (names: readonly (keyof ReportParams)[]): string =>
  names
    .map((name) => {
      const [flag, value, text] = flags[name];
      return `  ${`--${flag} ${value}`.trimEnd().padEnd(24)} ${text}\n`;
    })
    .join('')
    // Of no parameter of its own: it says where `from` is.
    .replace(/(?<=^ {2}--to .*\n)/m, `  ${'--last N'.padEnd(24)} the last N days of the table, or up to --to [all]\n`);

/** Reports name their parameters as code does: here they are flags. */
const inFlagNames = (text: string): string =>
  text.replace(/`(\w+)`/g, (all, name) =>
    Object.hasOwn(flags, name) && name !== flags[name as keyof ReportParams][0]
      ? `--${flags[name as keyof ReportParams][0]}`
      : all,
  );

const help = `rastro-pipeline report NAME [options]
rastro-pipeline report NAME --help     its columns
rastro-pipeline report NAME --sql      its SQL, for DuckDB and Athena; with --from and --to ready to run
rastro-pipeline report --list          the reports

${flagsHelp(Object.keys(flags) as (keyof ReportParams)[])}${engineHelp}${formatHelp}
rastro-pipeline report abandoned --from 2026-11-01 --to 2026-11-30 --limit 20
`;

/** The command `rastro-pipeline report`. */
export const reportCommand: Command = {
  help,
  run: (argv, io) =>
    runWork('report', io, async (signal) => {
      const { values, positionals } = parseArgs({ args: [...argv], allowPositionals: true, options });
      const [name, ...more] = positionals;
      if (more.length > 0) throw new UsageError(`one report at a time, got also ${more.join(', ')}`);
      if (name === undefined && values.help) return io.stdout(help);
      if (values.list) return io.stdout(listText());
      if (name === undefined) throw new UsageError('which report? --list shows them');
      if (!Object.hasOwn(reports, name)) {
        throw new UsageError(
          `there is no report ${JSON.stringify(name)}; there are ${Object.keys(reports).join(', ')}`,
        );
      }
      const report = reports[name as ReportName];
      if (values.help) return io.stdout(reportHelp(report));
      const format = formatOf(values);
      const params = paramsOf(report, values);
      const last = numberOf('last', values.last, { least: 1, most: 36_500 });
      if (last !== undefined && values.from !== undefined) throw new UsageError('--last and --from: one of them');
      if (last !== undefined && values.sql) throw new UsageError('--sql: needs --from and --to instead of --last');
      await inFlags(async () => {
        if (values.sql) return io.stdout(sqlText(report, params));
        const engine = await openEngine(values);
        try {
          const begun = performance.now();
          const result = await withElapsed(io, report.title, async () => {
            const range = last === undefined ? {} : await lastDays(engine, last, params, signal);
            return runReport(engine, report.name, { ...params, ...range }, { signal });
          });
          const { from, to } = result.params;
          const took = `${((performance.now() - begun) / 1000).toFixed(2)} s`;
          const isOfNothing = isEmpty(params, { from, to });
          const about = [isOfNothing ? 'the lake has no events yet' : `${from} to ${to}`, took];
          write(io, format === 'table' ? forPeople(result) : result, format, { about, bom: values.bom });
          // In the report of facets they count.
          if (format !== 'table' || isOfNothing || params.bots || name === 'facets' || engine.name !== 'duckdb') return;
          const robots = await countRobots(engine, { ...params, from, to }, signal);
          const events = robots === 1 ? 'event' : 'events';
          if (robots > 0)
            io.stderr(`${robots.toLocaleString('en')} ${events} by robots left out; --bots counts them\n`);
        } finally {
          await engine.close();
        }
      });
    }),
};

function paramsOf(report: Report, values: Readonly<Record<string, string | boolean | undefined>>): ReportParams {
  const given: [keyof ReportParams, string][] = [];
  for (const name of Object.keys(flags) as (keyof ReportParams)[]) {
    const [flag] = flags[name];
    const value = values[flag];
    if (value === undefined) continue;
    if (value === '') throw new UsageError(`--${flag}: expected a value, got none`);
    if (!always.has(name) && !report.params.includes(name)) {
      throw new UsageError(`--${flag}: the report ${report.name} does not know it`);
    }
    given.push([name, name === 'utcOffsetMinutes' ? minutesOf(String(value)) : String(value)]);
  }
  return readReportParams(given);
}

/** `-03:00` as well as `-180`. */
function minutesOf(text: string): string {
  const [, sign, hours, minutes] = /^([+-])(\d\d):([0-5]\d)$/.exec(text) ?? [];
  return sign === undefined ? text : String(Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)));
}

/** A report refuses its parameters by their names: here they are flags. */
async function inFlags(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const name = refusedParam(error);
    if (name === undefined || !Object.hasOwn(flags, name)) throw error;
    const [flag] = flags[name as keyof ReportParams];
    throw new UsageError(`--${flag}${(error as Error).message.slice(name.length)}`);
  }
}

function sqlText(report: Report, params: ReportParams): string {
  const { from, to } = params;
  if (from === undefined && to === undefined) return `${report.sql}\n`;
  if (from === undefined || to === undefined) throw new UsageError('--sql: both --from and --to, or neither');
  return `${renderReport(report.name, { ...params, from, to })}\n`;
}

function listText(): string {
  const all = Object.values(reports);
  const width = Math.max(...all.map(({ name }) => name.length));
  return all.map(({ name, title }) => `${name.padEnd(width)}  ${title}\n`).join('');
}

function reportHelp({ name, title, description, params, columns }: Report): string {
  const width = Math.max(...columns.map((column) => column.name.length));
  const lines = columns.map(
    (column) => `  ${column.name.padEnd(width)}  ${column.type.padEnd(9)}  ${inFlagNames(column.description)}\n`,
  );
  return `rastro-pipeline report ${name} [options]

${title}. ${inFlagNames(description)}

${flagsHelp([...always, ...params.filter((param) => !always.has(param))])}${engineHelp}${formatHelp}
Columns:
${lines.join('')}`;
}
