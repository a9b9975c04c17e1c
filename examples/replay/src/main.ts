import { readFileSync } from 'node:fs';
import { formatSummary } from './format.js';
import type { Io } from './io.js';
import { help, type Options, OptionsError, parseOptions } from './options.js';
import { showProgress } from './progress.js';
import { createSender, type Sender } from './send.js';
import { createFileSending } from './send-file.js';
import { inspectFile } from './source.js';
import { createState } from './state.js';
import { fetchStreamSummary } from './stream-summary.js';
import { createTally, type FileState, type Summary, type Tally } from './summary.js';

export interface Result {
  readonly exitCode: number;
  /** Absent when nothing was tried: help, version, wrong options. */
  readonly summary?: Summary;
}

/**
 * Runs the replay.
 *
 * @param argv The arguments after the name of the program.
 * @returns The exit code and what was done; nothing is thrown for wrong input or a collector that is down.
 */
export async function main(argv: readonly string[], io: Io): Promise<Result> {
  let options: Options;
  try {
    const parsed = parseOptions(argv);
    if (parsed === 'help' || parsed === 'version') {
      io.stdout.write(parsed === 'help' ? help : `${readVersion()}\n`);
      return { exitCode: 0 };
    }
    options = parsed;
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    io.stderr.write(`${error.message} See --help.\n`);
    return { exitCode: 2 };
  }

  const startedAt = io.now();
  const tally = createTally();
  const { summary } = tally;
  const view = { log: (line: string): void => void io.stderr.write(`${line}\n`) };
  const userAgent = `rastro-replay/${readVersion()}`;
  const sender = createSender({ ...options, userAgent }, io, (line) => view.log(line));
  // A development stream begins empty at every start: what was sent to an earlier one is not on it.
  const begun = await fetchStreamSummary(options.endpoint);
  if (begun?.total === 0) options = { ...options, restart: true };
  for (const path of options.files) {
    const state = await replayFile(path, { options, io, tally, sender, view, sdk: userAgent }).catch((error: Error) => {
      summary.error = error.message;
      io.stderr.write(`${error.message}\n`);
      return 'failed' as const;
    });
    if (state === 'failed' || state === 'interrupted') break;
  }
  summary.requests = sender.requests;
  summary.retries = sender.retries;
  tally.finish((io.now() - startedAt) / 1000);
  if (summary.accepted.events > 0) {
    const stream = await fetchStreamSummary(options.endpoint);
    if (stream) summary.stream = stream;
  }
  io.stdout.write(options.json ? `${JSON.stringify(summary, null, 2)}\n` : formatSummary(summary));
  return { exitCode: summary.error !== undefined ? 1 : io.signal.aborted ? 130 : 0, summary };
}

interface Run {
  readonly options: Options;
  readonly io: Io;
  readonly tally: Tally;
  readonly sender: Sender;
  /** `log` is that of the progress bar while there is one. */
  readonly view: { log(line: string): void };
  readonly sdk: string;
}

async function replayFile(path: string, { options, io, tally, sender, view, sdk }: Run): Promise<FileState> {
  const report = (state: FileState, resumedAfter: number, rows: number): FileState => {
    tally.summary.files.push({ file: path, state, resumed_after: resumedAfter, confirmed_rows: rows });
    return state;
  };
  const source = await inspectFile(path);
  const state = createState(options.stateDir, source, options.endpoint, options.key);
  const { rows: resumeAfter, done } = options.restart ? { rows: 0, done: false } : state.load();
  if (done || resumeAfter >= (options.limit ?? Number.POSITIVE_INFINITY)) {
    return report('already_sent', resumeAfter, resumeAfter);
  }

  const envelope = { v: 1, key: options.key, source: 'replay', sdk };
  const sending = createFileSending({ source, options, envelope, io, sender, state, resumeAfter, tally });
  const before = tally.summary.sent.rows;
  const read = (): { bytes: number; rows: number } => ({
    bytes: sending.bytesRead(),
    rows: resumeAfter + tally.summary.sent.rows - before,
  });
  const progress = showProgress(path, source.size, io, read);
  const log = view.log;
  view.log = progress.log;
  if (resumeAfter > 0)
    progress.log(`${path}: resuming after row ${resumeAfter}. Use --restart to send all of it again.`);
  const onStop = (): void => progress.log('Finishing the requests in flight. Ctrl-C again stops at once.');
  io.signal.addEventListener('abort', onStop, { once: true });
  try {
    return report(await sending.run(), resumeAfter, sending.confirmed());
  } catch (error) {
    report('failed', resumeAfter, sending.confirmed());
    throw error;
  } finally {
    io.signal.removeEventListener('abort', onStop);
    view.log = log;
    progress.stop();
  }
}

function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
