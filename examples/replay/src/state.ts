import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceFile } from './source.js';

export interface Progress {
  /** Rows from the first one on that the collector has answered for, without a gap. */
  readonly rows: number;
  /** Every row of the file is among them. */
  readonly done: boolean;
}

export interface State {
  readonly path: string;
  /** @throws {Error} The state file is there but cannot be read. */
  load(): Progress;
  save(progress: Progress): void;
}

/** Where progress with one file towards one endpoint and site key is kept: in a small JSON file of its own. */
export function createState(dir: string, source: SourceFile, endpoint: URL, key: string): State {
  const name = createHash('sha256')
    .update(JSON.stringify([source.fingerprint, endpoint.href, key]))
    .digest('hex');
  const path = join(dir, `${name.slice(0, 32)}.json`);
  return {
    path,
    load() {
      let text: string;
      try {
        text = readFileSync(path, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { rows: 0, done: false };
        throw error;
      }
      const unreadable = `${path}: is no state of a replay. Delete it, or start over with --restart.`;
      let state: Partial<Progress>;
      try {
        state = JSON.parse(text) as Partial<Progress>;
      } catch (cause) {
        throw new Error(unreadable, { cause });
      }
      const { rows, done } = state;
      if (!Number.isSafeInteger(rows) || typeof done !== 'boolean') throw new Error(unreadable);
      return { rows: rows as number, done };
    },
    save({ rows, done }) {
      mkdirSync(dir, { recursive: true });
      // Renamed into place: a crash leaves the old state or the new one, never half of one.
      const draft = `${path}.${process.pid}.tmp`;
      const saved_at = new Date().toISOString();
      const content = { file: source.path, endpoint: endpoint.href, key, rows, done, saved_at };
      writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`);
      renameSync(draft, path);
    },
  };
}
