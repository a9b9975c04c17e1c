import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { readManifest } from '../../src/lake.js';
import { positionOf, recordAt, shards } from './support/generator.mjs';
import { csvOptions, pathsOf, scratch, sql } from './support.js';

const program = join(import.meta.dirname, 'support/endless-writer.mjs');

interface Run {
  /** Resolves at the first line that begins so, or when the process is gone. */
  said(text: string): Promise<void>;
  kill(): void;
  readonly ended: Promise<{ code: number | null; lines: string[] }>;
}

function run(...args: string[]): Run {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  let heard = (): void => {};
  let gone = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    lines.push(...text.split('\n').filter(Boolean));
    heard();
  });
  const ended = new Promise<{ code: number | null; lines: string[] }>((resolve) => {
    child.on('close', (code) => {
      gone = true;
      heard();
      resolve({ code, lines });
    });
  });
  return {
    async said(text) {
      while (!gone && !lines.some((line) => line.startsWith(text)))
        await new Promise<void>((resolve) => (heard = resolve));
    },
    kill: () => void child.kill('SIGKILL'),
    ended,
  };
}

async function eventsOf(directory: string): Promise<{ rows: number; ids: Set<string> }> {
  const paths = await pathsOf(directory, 'events');
  if (paths === '[]') return { rows: 0, ids: new Set() };
  const rows = await sql(`SELECT event_id FROM read_parquet(${paths})`);
  return { rows: rows.length, ids: new Set(rows.map(([id]) => String(id))) };
}

test('killed again and again, in flushes and compactions, it has each event once', { timeout: 240_000 }, async () => {
  const directory = await scratch();
  let compacting = 0;
  for (let kill = 0; kill < 26; kill++) {
    const writer = run(directory, String(kill));
    // Every other one at some moment of a compaction.
    const moment = kill % 2 === 0 ? 'flushed' : 'compacting';
    await writer.said(moment);
    await sleep((kill * 37) % (kill % 2 === 0 ? 240 : 25));
    writer.kill();
    const { code, lines } = await writer.ended;
    expect({ code, error: lines.find((line) => line.startsWith('error')) }).toEqual({ code: null, error: undefined });
    if (lines.includes('compacting')) compacting += 1;
    const { rows, ids } = await eventsOf(directory);
    expect(ids.size).toBe(rows);
  }
  expect(compacting).toBeGreaterThanOrEqual(13);

  const { positions } = await readManifest(directory);
  const last = Math.max(...shards.map((shard) => positionOf(positions[shard] ?? '490'))) + 500;
  expect((await run(directory, '99', String(last)).ended).lines.at(-1)).toBe('closed');

  const records = shards.flatMap((_, shard) => Array.from({ length: last }, (_, at) => recordAt(shard, at + 1)));
  const expected = new Set(records.flatMap(({ id }) => id ?? []));
  const { rows, ids } = await eventsOf(directory);
  expect({ rows, missing: [...expected].filter((id) => !ids.has(id)).length }).toEqual({
    rows: expected.size,
    missing: 0,
  });

  // The same for the other two kinds.
  const [clicks] = await sql(
    `SELECT count(*), count(DISTINCT deviceid) FROM read_csv(${await pathsOf(directory, 'clicks')}, ${csvOptions})`,
  );
  const [views] = await sql(
    `SELECT count(*) FILTER (event_type = 'view') FROM read_parquet(${await pathsOf(directory, 'events')})`,
  );
  expect(clicks).toEqual([views?.[0], views?.[0]]);
  const { files } = await readManifest(directory);
  const errors = await Promise.all(
    files.filter(({ dataset }) => dataset === 'errors').map(({ path }) => readFile(join(directory, path), 'utf8')),
  );
  const raws = errors.flatMap((text) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).raw as string),
  );
  expect(raws.sort()).toEqual(records.flatMap(({ id, text }) => (id === undefined ? [text] : [])).sort());

  // Nothing lies about that no manifest names, and what it says of its files is so.
  const there = (await readdir(directory, { recursive: true })).filter((path) => /part-/.test(path)).sort();
  expect(there).toEqual(files.map(({ path }) => path).sort());
  const sum = files.filter(({ dataset }) => dataset === 'events').reduce((total, file) => total + file.rows, 0);
  expect(sum).toBe(rows);
});
