import { readFile } from 'node:fs/promises';
import type { CollectorOptions } from '../core/collector.js';
import type { Logger } from '../core/types.js';
import type { Settings } from './settings-table.js';

export interface ReloadOptions {
  /** The configuration file. */
  path: string;
  /** What it said when the process started. */
  content: string;
  /** What the process runs with. */
  settings: Settings;
  /** Makes settings of the file's text, with flags and variables as they were. @throws If it is wrong. */
  parse(content: string): Settings;
  /** Puts new sites in force. */
  setSites(sites: CollectorOptions['sites']): void;
  log: Logger;
  /** How often the file is read. Unit: ms. @default 2_000 */
  everyMs?: number | undefined;
}
export interface Reload {
  /** Reads the file now, and takes it even when it is unchanged. */
  now(): Promise<void>;
  stop(): void;
}

/**
 * Puts the sites of the configuration file in force when it changes.
 *
 * The content is read and compared. Events of the file system miss what matters most: editors put a new file in the
 * place of the old, Kubernetes swaps a link two folders above, and network disks tell nothing at all.
 */
export function watchConfig(options: ReloadOptions): Reload {
  const { path, parse, setSites, log, everyMs = 2_000 } = options;
  let { settings, content: last } = options;

  const take = (content: string): void => {
    let next: Settings;
    try {
      next = parse(content);
      if (!same(next.sites, settings.sites)) {
        setSites(next.sites);
        log.info({ path, sites: Object.keys(next.sites) }, 'sites replaced');
      } else log.info({ path }, 'configuration read again: the same sites');
    } catch (error) {
      const problems = (error as { problems?: readonly string[] }).problems ?? [(error as Error).message];
      log.error({ path, problems }, 'configuration is wrong: the sites stay as they were');
      return;
    }
    const names = Object.keys(next) as (keyof Settings)[];
    const changed = names.filter((name) => name !== 'sites' && !same(next[name], settings[name]));
    // Against what the process runs with: said again as long as it differs.
    if (changed.length > 0) log.warn({ path, settings: changed }, 'these settings need a restart');
    settings = { ...settings, sites: next.sites };
  };

  const look = async (force: boolean): Promise<void> => {
    const content = await readFile(path, 'utf8').catch((error: Error) => error);
    const text = typeof content === 'string' ? content : `\0${content.message}`;
    const changed = text !== last;
    last = text;
    if (!changed && !force) return;
    if (typeof content === 'string') take(content);
    else log.error({ path, err: content }, 'configuration cannot be read: the sites stay as they were');
  };

  let looking = Promise.resolve();
  const next = (force: boolean): Promise<void> => {
    // One after the other: two reads could end in the wrong order.
    looking = looking.then(() => look(force));
    return looking;
  };
  const timer = setInterval(() => void next(false), everyMs).unref();
  return {
    now: () => next(true),
    stop: () => clearInterval(timer),
  };
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
