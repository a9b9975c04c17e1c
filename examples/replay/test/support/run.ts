import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { onTestFinished } from 'vitest';
import type { Io } from '../../src/io.js';
import { main, type Result } from '../../src/main.js';
import { type FakeCollector, type FakeOptions, startCollector } from './collector.js';

export const header = 'event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session';

export const toCsv = (rows: readonly string[], head = header): string => [head, ...rows, ''].join('\n');

/** Rows like the first ones of the data set, one every three seconds. */
export function viewRows(count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const time = new Date(Date.UTC(2019, 9, 1) + i * 3000).toISOString().slice(0, 19).replace('T', ' ');
    return `${time} UTC,view,${5_700_000 + i},1487580005134238553,,runail,2.62,463240011,26dd6e6e-${i % 7}`;
  });
}

/** A folder that is gone after the test. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'replay-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export function writeTemp(content: string | Uint8Array, name = 'rows.csv'): string {
  const path = join(tempDir(), name);
  writeFileSync(path, content);
  return path;
}

export async function useCollector(options?: FakeOptions): Promise<FakeCollector> {
  const collector = await startCollector(options);
  onTestFinished(() => collector.close());
  return collector;
}

export interface TestIo extends Io {
  readonly out: () => string;
  readonly err: () => string;
  /** What `sleep` was called with. Unit: ms. */
  readonly sleeps: number[];
}

/** Surroundings whose clock moves only by sleeping, and sleeps at once. */
export function createTestIo(signal: AbortSignal = new AbortController().signal): TestIo {
  const sleeps: number[] = [];
  const out: string[] = [];
  const err: string[] = [];
  const sink = (lines: string[]): Writable =>
    new Writable({
      write(chunk, _, done) {
        lines.push(String(chunk));
        done();
      },
    });
  let now = 1_795_253_400_000;
  return {
    stdout: sink(out),
    stderr: sink(err),
    signal,
    now: () => now,
    async sleep(ms) {
      sleeps.push(ms);
      now += ms;
      await new Promise(setImmediate);
    },
    random: () => 0.5,
    out: () => out.join(''),
    err: () => err.join(''),
    sleeps,
  };
}

/** Runs the replay towards a collector, with the state in `stateDir`. */
export async function replay(
  collector: FakeCollector,
  argv: readonly string[],
  { io = createTestIo(), stateDir = tempDir() }: { io?: TestIo; stateDir?: string } = {},
): Promise<Result & { io: TestIo }> {
  const result = await main([...argv, '--endpoint', collector.endpoint, '--state-dir', stateDir], io);
  return { ...result, io };
}
