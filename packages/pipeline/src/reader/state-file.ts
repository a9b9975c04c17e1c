import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Window } from './batches.js';
import { replaceFile } from './durable.js';
import type { ShardPosition } from './follow.js';
import { openSeenLog, type SeenLog } from './seen-log.js';

/** How far a function is on one shard. */
export interface ShardState {
  readonly position?: ShardPosition;
  /** The open window. */
  readonly window?: Window;
  /** What the function returned last for the open window, as JSON text. */
  readonly state?: string;
  /**
   * The final invocation for the open window is about to be made, or was made and is not known to have worked. Until it
   * has, nothing is added to the window: what the function emits is the same each time.
   */
  readonly closing?: { readonly early: boolean };
}

interface Content {
  readonly version: 1;
  /** The stream that the positions belong to, by name and instant of creation; '' before one was read. */
  readonly stream: string;
  readonly seenBytes: number;
  readonly shards: Readonly<Record<string, ShardState>>;
}

export interface StateFile {
  readonly stream: string;
  readonly seen: SeenLog;
  shardIds(): string[];
  get(shardId: string): ShardState;
  /**
   * Resolves when the shard's state and the ids of what is dealt with are on the disk: both or neither. What is put while
   * another write is under way is written together.
   *
   * @throws If it cannot be written. Nothing is half done: the same may be put again.
   */
  put(shardId: string, state: ShardState, ids?: readonly string[]): Promise<void>;
  /** Forgets all shards, not the ids: an event is the same on another stream. */
  restart(stream: string): Promise<void>;
  close(): Promise<void>;
}

const fileName = 'reader.json';

/**
 * What a function has done: one file, replaced as one, and the log of seen ids beside it.
 *
 * @throws If the file is there and cannot be read: to begin anew would count all records again.
 */
export async function openStateFile(directory: string, seenCapacity?: number): Promise<StateFile> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, fileName);
  const content = await read(path);
  let { stream } = content;
  const shards = new Map(Object.entries(content.shards));
  /** Texts of `shards`: a window's state may be large, and most of them stay as they are. */
  const texts = new Map<string, string>();
  for (const [shardId, state] of shards) texts.set(shardId, JSON.stringify(state));
  const seen = await openSeenLog(join(directory, 'seen.log'), { bytes: content.seenBytes, capacity: seenCapacity });

  const write = async (): Promise<void> => {
    // As of one instant: `sync` takes what was appended before its first wait.
    const entries = [...texts].map(([shardId, text]) => `${JSON.stringify(shardId)}:${text}`);
    const seenBytes = await seen.sync();
    const head = JSON.stringify({ version: 1, stream, seenBytes } satisfies Omit<Content, 'shards'>).slice(0, -1);
    await replaceFile(path, `${head},"shards":{${entries.join(',')}}}\n`);
  };
  let waiting: Promise<void> | undefined;
  let writing: Promise<void> = Promise.resolve();
  /** Whoever comes while one write is under way shares the next. */
  const commit = (): Promise<void> => {
    waiting ??= writing
      .catch(() => {})
      .then(() => {
        waiting = undefined;
        writing = write();
        return writing;
      });
    return waiting;
  };

  /** Ids that were appended in a try that failed must not be appended again. */
  const appended = new WeakSet<readonly string[]>();
  return {
    get stream() {
      return stream;
    },
    seen,
    shardIds: () => [...shards.keys()],
    get: (shardId) => shards.get(shardId) ?? {},
    async put(shardId, state, ids = []) {
      if (!appended.has(ids)) seen.append(ids);
      appended.add(ids);
      shards.set(shardId, state);
      texts.set(shardId, JSON.stringify(state));
      await commit();
    },
    async restart(next) {
      stream = next;
      shards.clear();
      texts.clear();
      await commit();
    },
    close: () => seen.close(),
  };
}

async function read(path: string): Promise<Content> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return { version: 1, stream: '', seenBytes: 0, shards: {} };
  }
  try {
    const content = JSON.parse(text) as Content;
    check(content);
    return content;
  } catch (cause) {
    throw new Error(
      `${path} cannot be read: ${(cause as Error).message}. To read the stream from its beginning, delete it; what counts adds to a table then counts all of it again, so empty that, too`,
      { cause },
    );
  }
}

/** @throws Naming what is not as this program writes it: somebody else did, or the disk. */
function check(content: Content): void {
  const { version, stream, seenBytes, shards } = (content ?? {}) as Partial<Content>;
  if (version !== 1) throw new Error(`version ${version} is not known here`);
  if (typeof stream !== 'string') throw new Error('stream is no text');
  if (!Number.isSafeInteger(seenBytes) || (seenBytes as number) < 0) throw new Error('seenBytes is no number of bytes');
  if (typeof shards !== 'object' || shards === null) throw new Error('shards is no object');
  for (const [shardId, state] of Object.entries(shards)) {
    const position: unknown = (state as Partial<ShardState> | null)?.position;
    const known = position === undefined || (typeof position === 'string' && /^(END|\d+)$/.test(position));
    if (!known) throw new Error(`the position of ${shardId} is no sequence number`);
  }
}
