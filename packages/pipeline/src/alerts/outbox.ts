import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../reader/durable.js';
import { digest } from '../windows/digest.js';
import type { Alert, AlertChannel } from './alert.js';

export interface OutboxOptions {
  /** Of the alerts that wait, one folder for each channel. Made when missing. One process at a time. */
  readonly directory: string;
  readonly channels: readonly AlertChannel[];
  /** An alert that was not taken, and why. It is kept. */
  readonly onError: (error: unknown) => void;
  /** The first wait after a channel failed; it doubles up to `maxDelayMs`. Unit: ms. @default 1_000 */
  readonly firstDelayMs?: number | undefined;
  /** Unit: ms. @default 300_000 */
  readonly maxDelayMs?: number | undefined;
  /** What a channel may take for one alert, its own tries included. Unit: ms. @default 60_000 */
  readonly timeoutMs?: number | undefined;
}

/**
 * Keeps alerts on the disk until their channels take them: who counts waits for no channel, and an alert outlives a
 * channel that is broken for days, and the process. At least once: killed between a channel and the disk, it is given again.
 */
export interface AlertOutbox {
  /** Resolves when the alert is on the disk for every channel. @throws If it cannot be written. */
  put(alert: Alert): Promise<void>;
  /** Begins to give, first what an earlier life left. Once. */
  start(): void;
  /** Alerts that wait, once for each channel. */
  readonly pending: number;
  /** Tries now, and resolves when nothing waits, or each channel that is waited for has failed since. @returns `pending`. */
  drain(): Promise<number>;
  /** Gives what is under way `graceMs`; the rest waits for the next start. */
  close(graceMs: number): Promise<void>;
}

const suffix = '.json';

/** @throws If the folder cannot be read. */
export async function openAlertOutbox(options: OutboxOptions): Promise<AlertOutbox> {
  const { directory, channels, onError } = options;
  await mkdir(directory, { recursive: true });
  const lanes = await Promise.all(channels.map((channel, at) => openLane(channel, at, options)));
  const folders = new Set(lanes.map(({ folder }) => folder));
  for (const folder of await readdir(directory)) {
    if (folders.has(folder)) continue;
    const left = (await waitingIn(join(directory, folder))).length;
    if (left > 0)
      onError(
        new Error(
          `${left} alerts in ${join(directory, folder)} wait for a channel that is not given any more: give it, or delete them`,
        ),
      );
  }
  const pending = (): number => lanes.reduce((sum, lane) => sum + lane.pending, 0);
  return {
    async put(alert) {
      for (const lane of lanes) await lane.put(alert);
    },
    start: () => lanes.forEach((lane) => void lane.start()),
    get pending() {
      return pending();
    },
    async drain() {
      await Promise.all(lanes.map((lane) => lane.drain()));
      return pending();
    },
    async close(graceMs) {
      await Promise.all(lanes.map((lane) => lane.close(graceMs)));
    },
  };
}

interface Lane extends Omit<AlertOutbox, 'drain'> {
  readonly folder: string;
  drain(): Promise<void>;
}

/** What waits for one channel: one file an alert, written and removed as one. */
async function openLane(channel: AlertChannel, at: number, options: OutboxOptions): Promise<Lane> {
  const { onError, firstDelayMs = 1_000, maxDelayMs = 300_000, timeoutMs = 60_000 } = options;
  const name = channel.channelName ?? `channel ${at}`;
  const folder = `${name.replace(/[^\w.-]+/g, '-').slice(0, 40)}-${digest(8, name)}`;
  const directory = join(options.directory, folder);
  await mkdir(directory, { recursive: true });
  const queue = await waitingIn(directory);
  const stopping = new AbortController();
  let started = false;
  let closed = false;
  let working: Promise<void> | undefined;
  let delayMs = firstDelayMs;
  let wake: () => void = () => {};
  const drains: (() => void)[] = [];

  const drained = (): void => {
    for (const resolve of drains.splice(0)) resolve();
  };
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms).unref();
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  /** @returns The alert; nothing for what is none, which is put aside. */
  const read = async (file: string): Promise<Alert | undefined> => {
    const path = join(directory, file);
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text) as Alert;
    } catch (cause) {
      await rename(path, `${path}.unreadable`);
      onError(new Error(`${path} is no alert, and was put aside as ${file}.unreadable`, { cause }));
      return undefined;
    }
  };

  const give = async (alert: Alert): Promise<void> => {
    // Neither AbortSignal.timeout nor .any: what nobody else holds may be collected, and then it never comes.
    const over = new AbortController();
    const timer = setTimeout(() => over.abort(new Error(`it has not taken it in ${timeoutMs / 1_000} s`)), timeoutMs);
    const stop = (): void => over.abort(stopping.signal.reason);
    if (stopping.signal.aborted) stop();
    stopping.signal.addEventListener('abort', stop);
    try {
      await new Promise<void>((resolve, reject) => {
        // A channel of one's own may not listen.
        const end = (): void => reject(over.signal.reason);
        if (over.signal.aborted) return end();
        over.signal.addEventListener('abort', end);
        Promise.resolve(channel(alert, over.signal)).then(resolve, reject);
      });
    } finally {
      clearTimeout(timer);
      stopping.signal.removeEventListener('abort', stop);
    }
  };

  const work = async (): Promise<void> => {
    for (let file = queue[0]; file !== undefined && !closed; file = queue[0]) {
      try {
        const alert = await read(file);
        if (alert) await give(alert);
        await rm(join(directory, file), { force: true });
        queue.shift();
        delayMs = firstDelayMs;
      } catch (cause) {
        // Another may be taken where this one is not.
        queue.push(queue.shift() as string);
        if (!closed)
          onError(
            new Error(
              `An alert was not taken by ${name}: ${(cause as Error).message}. It is kept and given again; ${queue.length} wait`,
              { cause },
            ),
          );
        drained();
        if (closed) return;
        await pause(delayMs);
        delayMs = Math.min(maxDelayMs, delayMs * 2);
      }
    }
    if (queue.length === 0) drained();
  };
  const start = (): void => {
    if (!started || closed || working || queue.length === 0) return;
    working = work().finally(() => {
      working = undefined;
      // What was put in this moment.
      start();
    });
  };

  return {
    folder,
    async put(alert) {
      const file = `${digest(27, alert.alert_id)}${suffix}`;
      await mkdir(directory, { recursive: true });
      await replaceFile(join(directory, file), JSON.stringify(alert));
      if (!queue.includes(file)) queue.push(file);
      start();
    },
    start() {
      started = true;
      start();
    },
    get pending() {
      return queue.length;
    },
    async drain() {
      if (queue.length === 0 || !started || closed) return;
      await new Promise<void>((resolve) => {
        drains.push(resolve);
        wake();
      });
    },
    async close(graceMs) {
      closed = true;
      wake();
      drained();
      if (!working) return;
      const timer = setTimeout(() => stopping.abort(new Error('it is being closed')), graceMs);
      await working;
      clearTimeout(timer);
    },
  };
}

async function waitingIn(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
    return [];
  });
  return names.filter((name) => name.endsWith(suffix));
}
