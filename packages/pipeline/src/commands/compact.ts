import { parseArgs } from 'node:util';
import { isDay } from '../day.js';
import { compactDirectory } from '../lake/compact.js';
import type { CompactProgress, CompactResult } from '../lake/compaction.js';
import { type Command, type CommandIo, defaultLake } from './command.js';
import { numberOf, UsageError } from './options.js';
import { runWork } from './work.js';

const help = `Usage: rastro-pipeline compact [options]

Makes one file of each day that is over: each event once, by time. The pipeline does so itself once a day; this is for a
lake that it does not have open.

  --lake DIR        The lake. Default: ${defaultLake}
  --before DAY      Only days before this one, UTC: 2026-11-20. Default: today
  --min-files N     Only days with so many files of one kind. Default: 1
  --keep-formulas   Leave CSV cells as they are that a spreadsheet would run. For lakes that are written so.
  --help            This text.
`;

const options = {
  lake: { type: 'string', default: defaultLake },
  before: { type: 'string' },
  'min-files': { type: 'string' },
  'keep-formulas': { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h' },
} as const;

/** The command `rastro-pipeline compact`. */
export const compactCommand: Command = {
  help,
  run: (argv, io) =>
    runWork('compact', io, async (signal) => {
      const { values } = parseArgs({ args: [...argv], options });
      if (values.help) return io.stdout(help);
      const { lake: directory, before, 'keep-formulas': keepFormulas } = values;
      if (before !== undefined && !isDay(before)) {
        throw new UsageError(`--before must be a day such as 2026-11-20, got ${JSON.stringify(before)}`);
      }
      const minFiles = numberOf('min-files', values['min-files'], { least: 1, most: Number.MAX_SAFE_INTEGER });
      const started = performance.now();
      const result = await compactDirectory({
        directory,
        before,
        minFiles,
        formulas: keepFormulas ? 'keep' : 'escape',
        signal,
        onError: (error) => io.stderr(`${error instanceof Error ? error.message : error}\n`),
        onProgress: (progress) => showProgress(io, progress),
      });
      if (io.isTerminal && result.days.length > 0) io.stderr('\r\x1b[K');
      // Days that were done before it was to stop are done.
      signal.throwIfAborted();
      io.stdout(resultText(result, performance.now() - started));
    }),
};

function showProgress({ stderr, isTerminal }: CommandIo, { day, index, days, files }: CompactProgress): void {
  const line = `${index} of ${days}: ${day}, ${files} files`;
  stderr(isTerminal ? `\r\x1b[K${line}` : `${line}\n`);
}

function resultText({ days, filesBefore, filesAfter, duplicates }: CompactResult, durationMs: number): string {
  if (days.length === 0) return 'Nothing to compact.\n';
  const count = `${days.length} ${days.length === 1 ? 'day' : 'days'}`;
  const seconds = (durationMs / 1000).toFixed(1);
  return `Compacted ${count}: ${filesBefore} files are ${filesAfter}, ${duplicates} repeats are gone. ${seconds} s\n`;
}
