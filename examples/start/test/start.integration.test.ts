import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ReportResult } from '@rastro/pipeline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const program = fileURLToPath(new URL('../dist/start.js', import.meta.url));

let directory: string;
let running: Started[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rastro-start-'));
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((started) => started.stop()));
  await rm(directory, { recursive: true, force: true });
});

interface Started {
  readonly output: () => string;
  /** Resolves with the first match. Rejects when the program ends before. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** SIGTERM. @returns The exit code. */
  stop(): Promise<number | null>;
}

function start(...args: string[]): Started {
  const child: ChildProcessWithoutNullStreams = spawn(process.execPath, [program, '--port', '0', ...args], {
    cwd: directory,
  });
  const ended = once(child, 'exit');
  let output = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += text;
      for (const listener of listeners) listener();
    });
  }
  const started: Started = {
    output: () => output,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(output);
          if (!match) return;
          listeners.delete(look);
          resolve(match);
        };
        listeners.add(look);
        look();
        void ended.then(([code]) => reject(new Error(`It ended with ${code}:\n${output}`)));
      }),
    async stop() {
      child.kill('SIGTERM');
      const [code] = await ended;
      return code as number | null;
    },
  };
  running.push(started);
  return started;
}

const rows = `event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session
2019-10-01 00:00:00 UTC,view,44600062,2103807459595387724,,shiseido,35.79,541312140,72d76fde-8bb3-4e00-8c23-a032dfed738c
2019-10-01 00:00:05 UTC,cart,44600062,2103807459595387724,,shiseido,35.79,541312140,72d76fde-8bb3-4e00-8c23-a032dfed738c
2019-10-01 00:01:00 UTC,purchase,44600062,2103807459595387724,,shiseido,35.79,541312140,72d76fde-8bb3-4e00-8c23-a032dfed738c
2019-10-02 00:00:00 UTC,view,3900821,2053013552326770905,appliances.environment.water_heater,aqua,33.20,554748717,9333dfbd-b87a-4708-9857-6336556b0fcc
`;

const ask = async (url: string, name: string): Promise<ReportResult> => {
  const response = await fetch(`${url}/dashboard/api/reports/${name}`);
  expect(response.status).toBe(200);
  return (await response.json()) as ReportResult;
};

describe('npm start', () => {
  test('fills the dashboard from a file and keeps the lake for the next start', { timeout: 90_000 }, async () => {
    const file = join(directory, 'shop.csv');
    await writeFile(file, rows);
    const first = start('--demo-data', file);
    const [, url = ''] = await first.says(/Dashboard\s+(http:\S+)\/dashboard/);
    await first.says(/4 events are in the lake/);
    expect((await fetch(`${url}/dashboard`)).headers.get('content-type')).toContain('text/html');
    expect((await ask(url, 'funnel')).rows.map(([, name, sessions]) => [name, sessions])).toEqual([
      ['view', 2],
      ['cart', 1],
      ['purchase', 1],
    ]);
    expect((await ask(url, 'revenue')).rows[0]?.slice(0, 5)).toEqual(['USD', 1, 1, 1, '35.790000']);
    expect(await first.stop()).toBe(0);

    // The same rows, from a stream made anew: known by their ids.
    const second = start('--demo-data', file);
    const [, again = ''] = await second.says(/Dashboard\s+(http:\S+)\/dashboard/);
    expect(second.output()).toContain('4 events of earlier');
    await second.says(/4 events are in the lake/);
    expect((await ask(again, 'revenue')).rows[0]?.slice(0, 5)).toEqual(['USD', 1, 1, 1, '35.790000']);
    expect((await ask(again, 'visitors')).rows.map((row) => row.slice(0, 2))).toEqual([
      ['2019-10-01', 1],
      ['2019-10-02', 1],
    ]);

    // A lake has one writer: a third start beside it keeps its own.
    const third = start();
    await third.says(/is in use by the process \d+: this start keeps nothing/);
    await third.says(/Rastro is running/);
    expect(await third.stop()).toBe(0);
    expect(await second.stop()).toBe(0);

    const fresh = start('--fresh');
    await fresh.says(/Rastro is running/);
    expect(fresh.output()).not.toContain('events of earlier');
  });

  test('says which demo data is not there, before anything is started', async () => {
    const started = start('--demo-data', 'nowhere.csv');
    await expect(started.says(/Rastro is running/)).rejects.toThrow('--demo-data: nowhere.csv cannot be read');
    expect(existsSync(join(directory, '.rastro'))).toBe(false);
  });
});
