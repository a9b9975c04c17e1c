import { fork } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { drainAll, numberOf, open, scratch } from './support.js';

const program = fileURLToPath(new URL('./appender.mjs', import.meta.url));

test('killed at any moment, twenty times, it has every record that it answered for', { timeout: 60_000 }, async () => {
  const directory = join(await scratch(), 'made', 'for', 'it');
  const owed = new Set<number>();
  const drained = new Set<number>();
  let answered = 0;
  for (let life = 0; life < 20; life++) {
    const child = fork(program, [directory, String(life * 1_000_000), 'append'], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let errors = '';
    child.stderr?.on('data', (text) => {
      errors += text;
    });
    // Another moment of its work each time.
    const enough = 20 + ((life * 37) % 120);
    let appends = 0;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.on('message', (told: { durable?: number[]; drained?: number[] }) => {
      for (const n of told.drained ?? []) drained.add(n);
      for (const n of told.durable ?? []) owed.add(n);
      if (told.durable) answered++;
      if (told.durable && ++appends === enough) child.kill('SIGKILL');
    });
    await ended;
    expect(errors).toBe('');
    expect(child.signalCode).toBe('SIGKILL');
  }
  expect(answered).toBeGreaterThan(500);
  expect(drained.size).toBeGreaterThan(50);
  const left = new Set((await drainAll(await open({ directory }))).map(numberOf));
  expect(left.size).toBeGreaterThan(100);
  expect([...owed].filter((n) => !left.has(n) && !drained.has(n))).toEqual([]);
});

test('a lock names the process that has it, and is free when that process was killed', async () => {
  const directory = await scratch();
  const child = fork(program, [directory], { silent: true });
  try {
    await new Promise((resolve) => child.once('message', resolve));
    await expect(open({ directory })).rejects.toThrow(`in use by the process ${child.pid}`);
  } finally {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }
  expect((await readdir(directory)).filter((name) => name.startsWith('lock-'))).toHaveLength(1);
  await open({ directory });
  expect((await readdir(directory)).filter((name) => name.startsWith('lock-'))).toHaveLength(1);
});
