import { readFileSync, readlinkSync } from 'node:fs';
import { open, readdir, stat, unlink, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';

/*
 * A lock is an empty file that says in its name who holds it: lock-<pid>-<start>-<boot>-<namespace>-<host>. It needs no block of a
 * disk that may be full, and there is no moment in which it exists but does not say whose it is. Whoever wants it first
 * makes his own file and then looks for others: of two that come at once, at least one sees the other.
 */

/** Whoever holds a spool. */
export interface LockHolder {
  readonly pid: number;
  /** Of the process, clock ticks since the machine started; 0 where that is not known. It tells processes with one pid. */
  readonly start: string;
  /** Start of the machine; '' where that is not known. */
  readonly boot: string;
  /** Of its process ids: a container has its own; '' where that is not known. */
  readonly namespace: string;
  readonly host: string;
}

/** A holder whose process cannot be looked for, in another container or on another host, is gone when it was not seen for so long. Unit: ms. */
export const foreignStaleMs = 30_000;
const heartbeatMs = 5_000;

/** Directories that this process holds. */
const held = new Set<string>();

export interface Lock {
  /** Whether somebody else took the directory away: this process was not seen for too long. */
  readonly lost: boolean;
  release(): Promise<void>;
}

/**
 * Makes this process the only one that writes into a directory.
 *
 * @throws If another holds it; the message says who, and `elsewhere` whether it could only be looked for by its sign of life.
 */
export async function lockDirectory(given: string): Promise<Lock> {
  const directory = resolve(given);
  const self = describeSelf();
  const path = join(directory, nameOf(self));
  if (held.has(directory)) throw new Error(`${directory} is in use by this process already`);
  held.add(directory);
  try {
    const taken = await create(path);
    // The same pid and start: another thread of this process. Without a start: an earlier process with this pid.
    if (!taken && self.start !== '0') throw new Error(`${directory} is in use by this process already`);
    try {
      for (const other of await readLocks(directory)) {
        if (other.path === path) continue;
        if (await isHeld(other, self)) {
          const elsewhere = !isNear(other.holder, self);
          throw Object.assign(new Error(explain(directory, other.holder)), { elsewhere });
        }
        await unlink(other.path).catch(() => {});
      }
    } catch (error) {
      await unlink(path).catch(() => {});
      throw error;
    }
  } catch (error) {
    held.delete(directory);
    throw error;
  }
  let lost = false;
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch((error: NodeJS.ErrnoException) => {
      lost ||= error.code === 'ENOENT';
    });
  }, heartbeatMs);
  heartbeat.unref();
  return {
    get lost() {
      return lost;
    },
    async release() {
      clearInterval(heartbeat);
      await unlink(path).catch(() => {});
      held.delete(directory);
    },
  };
}

/** Who holds a directory now. */
export async function readHolder(directory: string): Promise<LockHolder | undefined> {
  const self = describeSelf();
  for (const lock of await readLocks(directory)) if (await isHeld(lock, self)) return lock.holder;
  return undefined;
}

interface FoundLock {
  readonly path: string;
  readonly holder: LockHolder;
}

async function readLocks(directory: string): Promise<FoundLock[]> {
  return (await readdir(directory)).flatMap((name) => {
    const [, pid, start = '', boot = '', namespace = '', host = ''] =
      /^lock-(\d+)-(\d+)-([0-9a-f]*)-(\d*)-(.*)$/.exec(name) ?? [];
    return pid === undefined
      ? []
      : [{ path: join(directory, name), holder: { pid: Number(pid), start, boot, namespace, host } }];
  });
}

async function isHeld({ path, holder }: FoundLock, self: LockHolder): Promise<boolean> {
  // Elsewhere process ids mean other processes.
  if (!isNear(holder, self)) {
    const seenAt = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
    return Date.now() - seenAt < foreignStaleMs;
  }
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it is there, and another user's.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  // A container begins with the same few pids each time it is started. What cannot be known counts as held.
  const start = startOf(holder.pid);
  return holder.start === '0' || start === '0' || start === holder.start;
}

const isNear = (holder: LockHolder, self: LockHolder): boolean =>
  holder.host === self.host && holder.boot === self.boot && holder.namespace === self.namespace;

function explain(directory: string, holder: LockHolder): string {
  const { pid, host } = holder;
  const own = isNear(holder, describeSelf());
  return own
    ? `${directory} is in use by the process ${pid}: each process needs a directory of its own`
    : `${directory} is in use by the process ${pid} of another container or host, ${host}: each process needs a directory of its own. If that process is gone, the directory is free ${foreignStaleMs / 1000} s after its end.`;
}

async function create(path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx')).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

const nameOf = ({ pid, start, boot, namespace, host }: LockHolder): string =>
  `lock-${pid}-${start}-${boot}-${namespace}-${host}`;

function describeSelf(): LockHolder {
  return {
    pid: process.pid,
    start: startOf(process.pid),
    boot: read('/proc/sys/kernel/random/boot_id').replace(/[^0-9a-f]/g, ''),
    namespace: /\d+/.exec(readLink('/proc/self/ns/pid'))?.[0] ?? '',
    host: hostname().replace(/[^\w.-]/g, '_'),
  };
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: field 22; the second, a name, may have blanks and brackets. */
function startOf(pid: number): string {
  const text = read(`/proc/${pid}/stat`);
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
