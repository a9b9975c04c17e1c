import { MissingPackageError } from '../dev/load.js';
import { LakeError } from '../lake/manifest.js';
import { SqlError } from '../query/engine.js';
import type { CommandIo } from './command.js';
import { CommandError, UsageError } from './options.js';

/** Shows on a terminal how long it takes, from the first second on. */
export async function withElapsed<T>(io: CommandIo, what: string, work: () => Promise<T>): Promise<T> {
  if (!io.isTerminal) return work();
  let seconds = 0;
  const timer = setInterval(() => io.stderr(`\r${what}: ${++seconds} s`), 1000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    if (seconds > 0) io.stderr(`\r${' '.repeat(what.length + 12)}\r`);
  }
}

/**
 * Runs a command's work, and makes of what it throws a message and an exit code. Ctrl-C ends the query, and with it what
 * the engine has on the disk; a second one the process.
 */
export async function runWork(
  name: string,
  io: CommandIo,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<number> {
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once('SIGINT', interrupt);
  try {
    await work(stop.signal);
    return 0;
  } catch (error) {
    if (stop.signal.aborted) return 130;
    const { message, code = '' } = error as Error & { code?: string };
    if (error instanceof UsageError || code.startsWith('ERR_PARSE_ARGS_')) {
      io.stderr(`rastro-pipeline ${name}: ${message}\nSee rastro-pipeline ${name} --help.\n`);
      return 2;
    }
    // DuckDB's and Athena's own words, with the place in the text; a stack would be ours and help nobody.
    if ([SqlError, LakeError, CommandError, MissingPackageError].some((kind) => error instanceof kind)) {
      io.stderr(`${message}\n`);
      return 1;
    }
    throw error;
  } finally {
    process.off('SIGINT', interrupt);
  }
}
