import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { SinkRecord } from '../core/types.js';
import { type Checkpoint, readCheckpoint } from '../sinks/spool/checkpoint.js';
import { nodeFiles } from '../sinks/spool/files.js';
import { decodeRecords } from '../sinks/spool/frame.js';
import { readHolder } from '../sinks/spool/lock.js';
import { bytesOf, type Contents, readContents, recordsOf } from '../sinks/spool/recover.js';
import { scanFrames } from '../sinks/spool/scan.js';
import { listSegments, type SegmentFile } from '../sinks/spool/segment.js';

/** Writes text for the reader; a promise is waited for, so that a slow reader is not overrun. */
export type WriteText = (text: string) => void | Promise<void>;

const usage = `Usage: rastro-collector spool <command> --directory DIR [--json]

Looks into the spool of a collector and changes nothing, also while the collector runs.

  status   what waits in the spool, and who has it
  list     each file: what waits in it, and what is damaged
  cat      the records that wait, oldest first: the data of one per line; with --json also where it stands, its id and its key
  verify   reads every byte; the exit code is 1 when something is damaged

  --directory DIR  directory of the spool [RASTRO_SPOOL_DIRECTORY]
  --json           for programs: one JSON value per line
  --help           show this
`;

/**
 * Runs `rastro-collector spool …`.
 *
 * @param argv What follows the word `spool`.
 * @param write Gets what is asked for.
 * @param writeError Gets what went wrong. @default write
 * @returns The exit code.
 */
export async function runSpoolCommand(
  argv: readonly string[],
  write: WriteText,
  writeError: WriteText = write,
): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      strict: true,
      allowPositionals: true,
      options: { directory: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
    });
    if (values.help) {
      await write(usage);
      return 0;
    }
    const [name = '', ...more] = positionals;
    const command = commands[name];
    if (!command || more.length > 0) {
      throw new TypeError(
        `one of ${Object.keys(commands).join(', ')} is needed, got ${positionals.join(' ') || 'nothing'}`,
      );
    }
    const directory = values.directory ?? process.env['RASTRO_SPOOL_DIRECTORY'];
    if (!directory) throw new TypeError('--directory is missing: where is the spool?');
    return await command({ directory: resolve(directory), json: values.json ?? false, write });
  } catch (error) {
    await writeError(`rastro-collector spool: ${(error as Error).message}\nSee rastro-collector spool --help.\n`);
    return 1;
  }
}

interface Call {
  readonly directory: string;
  readonly json: boolean;
  readonly write: WriteText;
}
type Command = (call: Call) => Promise<number>;

interface Inspected extends SegmentFile {
  /** Nothing when the file cannot be read. */
  readonly contents: Contents | undefined;
  readonly error?: string;
}

/** A file that is gone when it is its turn was drained meanwhile. */
async function inspect(directory: string): Promise<{ files: Inspected[]; checkpoint: Checkpoint | undefined }> {
  const checkpoint = await readCheckpoint(directory, nodeFiles);
  const files: Inspected[] = [];
  for (const file of await listSegments(directory, nodeFiles)) {
    try {
      files.push({ ...file, contents: await readContents(file, checkpoint, nodeFiles) });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
      files.push({ ...file, contents: undefined, error: (error as Error).message });
    }
  }
  return { files, checkpoint };
}

const commands: Readonly<Record<string, Command>> = {
  async status({ directory, json, write }) {
    const { files } = await inspect(directory);
    const holder = await readHolder(directory);
    const live = files.flatMap(({ aside, contents }) => (aside || !contents ? [] : [contents]));
    const status = {
      directory,
      records: live.reduce((sum, { ranges }) => sum + recordsOf(ranges), 0),
      bytes: live.reduce((sum, { ranges }) => sum + bytesOf(ranges), 0),
      diskBytes: files.reduce((sum, { contents }) => sum + (contents?.size ?? 0), 0),
      oldestAt: live.find(({ oldestAt }) => oldestAt !== undefined)?.oldestAt,
      segments: files.filter(({ aside }) => !aside).length,
      damagedFiles: files.filter(isDamaged).map(({ path }) => basename(path)),
      process: holder?.pid,
      host: holder?.host,
    };
    if (json) {
      await write(`${JSON.stringify(status)}\n`);
      return 0;
    }
    await write(
      [
        `records   ${status.records}`,
        `bytes     ${status.bytes}, ${status.diskBytes} on the disk in ${status.segments} files`,
        `oldest    ${toTime(status.oldestAt)}`,
        `damaged   ${status.damagedFiles.join(', ') || 'nothing'}`,
        `in use    ${holder ? `by the process ${holder.pid} of ${holder.host}` : 'by nobody'}`,
        '',
      ].join('\n'),
    );
    return 0;
  },

  async list({ directory, json, write }) {
    const { files } = await inspect(directory);
    for (const file of files) {
      const { path, aside, contents, error } = file;
      const row = {
        file: basename(path),
        records: recordsOf(contents?.ranges ?? []),
        bytes: bytesOf(contents?.ranges ?? []),
        diskBytes: contents?.size,
        oldestAt: contents?.oldestAt,
        state: error ? 'unreadable' : aside ? 'kept aside' : isDamaged(file) ? 'damaged' : 'whole',
        damaged: contents?.damaged ?? [],
        ...(error ? { error } : {}),
      };
      await write(
        json
          ? `${JSON.stringify(row)}\n`
          : `${row.file}  ${row.records} records  ${row.bytes} bytes  since ${toTime(row.oldestAt)}  ${error ?? row.state}\n`,
      );
    }
    return 0;
  },

  async cat({ directory, json, write }) {
    const { files } = await inspect(directory);
    let code = 0;
    for (const { path, aside, contents } of files) {
      if (aside) continue;
      if (!contents) {
        code = 1;
        continue;
      }
      try {
        await catFile(path, contents, json, write);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
    return code;
  },

  async verify({ directory, json, write }) {
    const { files } = await inspect(directory);
    let sound = true;
    for (const file of files) {
      const { path, contents, error } = file;
      const problems = error
        ? [{ error }]
        : (contents?.damaged ?? []).map(({ from, to }) => ({ damagedFrom: from, bytes: to - from }));
      const torn = contents?.torn && { from: contents.torn.from, bytes: contents.torn.to - contents.torn.from };
      if (problems.length > 0) sound = false;
      const name = basename(path);
      if (json) {
        await write(`${JSON.stringify({ file: name, sound: problems.length === 0, problems, torn })}\n`);
        continue;
      }
      const lines = problems.map((problem) =>
        'error' in problem ? problem.error : `${problem.bytes} bytes at ${problem.damagedFrom} are damaged`,
      );
      if (torn)
        lines.push(`${torn.bytes} bytes at ${torn.from} are not written to their end: they were not acknowledged`);
      await write(`${name}  ${lines.join('; ') || 'whole'}\n`);
    }
    if (!json) await write(sound ? 'Nothing is damaged.\n' : 'Damaged. What is whole is drained all the same.\n');
    return sound ? 0 : 1;
  },
};

async function catFile(path: string, { ranges }: Contents, json: boolean, write: WriteText): Promise<void> {
  const file = await nodeFiles.open(path, 'r');
  try {
    for (const { from, to } of ranges) {
      await scanFrames(file, from, to, async ({ buffer, start, from: offset, to: end, at }) => {
        const records: SinkRecord[] = [];
        decodeRecords(buffer, start, end - offset, records);
        const where = { file: basename(path), offset, at };
        await write(
          records.map((record) => `${json ? JSON.stringify({ ...where, ...record }) : record.data}\n`).join(''),
        );
      });
    }
  } finally {
    await file.close();
  }
}

const isDamaged = ({ aside, contents }: Inspected): boolean => aside || !contents || contents.damaged.length > 0;
const toTime = (at: number | undefined): string => (at === undefined ? '-' : new Date(at).toISOString());
