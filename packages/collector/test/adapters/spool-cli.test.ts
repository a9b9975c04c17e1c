import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runSpoolCommand } from '../../src/adapters/spool-cli.js';
import { drainAll, numbers, open, record, scratch, segmentsIn } from '../sinks/spool/support.js';

/** Runs the command, and gives what it wrote. */
async function run(...argv: string[]) {
  let text = '';
  let errors = '';
  const code = await runSpoolCommand(
    argv,
    (added) => {
      text += added;
    },
    async (added) => {
      errors += added;
    },
  );
  const lines = text.split('\n').filter(Boolean);
  return { code, text, lines, errors, json: () => lines.map((line) => JSON.parse(line)) };
}

/** Two files of records; the first two records are drained. */
async function filled() {
  const directory = await scratch();
  let now = Date.parse('2026-11-20T09:30:00Z');
  const options = { directory, now: () => now, segmentBytes: 4_096, checkpointMs: 1 };
  const spool = await open(options);
  for (let n = 0; n < 5; n++) await spool.append([record(n)]);
  for (let n = 0; n < 2; n++) {
    const batch = await spool.take(1);
    if (batch) spool.settle(batch);
  }
  await spool.close();
  now += 60_000;
  const again = await open(options);
  await again.append(numbers(5, 8));
  return { directory, spool: again };
}

describe('rastro-collector spool', () => {
  test('status says what waits and who has it, beside the collector that runs', async () => {
    const { directory, spool } = await filled();
    const { code, json } = await run('status', '--directory', directory, '--json');
    const status = spool.status();
    expect(code).toBe(0);
    expect(json()).toMatchObject([
      {
        directory,
        records: 6,
        bytes: status.bytes,
        diskBytes: status.diskBytes,
        oldestAt: Date.parse('2026-11-20T09:30:00Z'),
        segments: 2,
        damagedFiles: [],
        process: process.pid,
      },
    ]);
    const { text } = await run('status', '--directory', directory);
    expect(text).toContain('records   6\n');
    expect(text).toContain('oldest    2026-11-20T09:30:00.000Z\n');
    expect(text).toContain(`in use    by the process ${process.pid}`);
    await spool.close();
    expect((await run('status', '--directory', directory)).text).toContain('in use    by nobody');
  });

  test('list has a line for each file', async () => {
    const { directory } = await filled();
    const { lines } = await run('list', '--directory', directory);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^0000000001\.seg {2}3 records {2}\d+ bytes {2}since 2026-11-20T09:30:00\.000Z {2}whole$/);
    expect((await run('list', '--directory', directory, '--json')).json()).toMatchObject([
      { file: '0000000001.seg', records: 3, state: 'whole', damaged: [] },
      { file: '0000000002.seg', records: 3, state: 'whole', oldestAt: Date.parse('2026-11-20T09:31:00Z') },
    ]);
  });

  test('cat writes the records that wait, oldest first', async () => {
    const { directory, spool } = await filled();
    const expected = numbers(2, 8);
    expect((await run('cat', '--directory', directory)).lines).toEqual(expected.map(({ data }) => data));
    const rows = (await run('cat', '--directory', directory, '--json')).json();
    expect(rows.map(({ id, partitionKey, data }) => ({ id, partitionKey, data }))).toEqual(expected);
    expect(rows[5]).toMatchObject({ file: '0000000002.seg', offset: 32, at: Date.parse('2026-11-20T09:31:00Z') });
    // It took nothing away.
    expect(await drainAll(spool)).toEqual(expected);
  });

  test('verify finds damage, says where, and its exit code says so', async () => {
    const { directory, spool } = await filled();
    expect(await run('verify', '--directory', directory)).toMatchObject({
      code: 0,
      text: expect.stringContaining('Nothing is damaged.'),
    });
    await spool.close();
    const [path = ''] = await segmentsIn(directory);
    const bytes = await readFile(path);
    const frame = (bytes.length - 32) / 5;
    bytes[32 + 3 * frame + 40] = 0;
    await writeFile(path, bytes);
    const [, last = ''] = await segmentsIn(directory);
    await writeFile(last, (await readFile(last)).subarray(0, -5));
    const { code, lines } = await run('verify', '--directory', directory);
    expect(code).toBe(1);
    expect(lines[0]).toBe(`0000000001.seg  ${frame} bytes at ${32 + 3 * frame} are damaged`);
    expect(lines[1]).toMatch(
      /^0000000002\.seg {2}\d+ bytes at 32 are not written to their end: they were not acknowledged$/,
    );
    const rows = (await run('verify', '--directory', directory, '--json')).json();
    expect(rows).toMatchObject([
      { file: '0000000001.seg', sound: false, problems: [{ damagedFrom: 32 + 3 * frame, bytes: frame }] },
      { file: '0000000002.seg', sound: true, problems: [] },
    ]);
    expect((await run('cat', '--directory', directory)).lines).toEqual([record(2), record(4)].map(({ data }) => data));
    expect((await run('status', '--directory', directory, '--json')).json()[0].damagedFiles).toEqual([basename(path)]);
    expect((await run('list', '--directory', directory)).lines[0]).toMatch(/damaged$/);
  });

  test('a file of another version is named, and the others are shown', async () => {
    const { directory, spool } = await filled();
    await spool.close();
    const [path = ''] = await segmentsIn(directory);
    const bytes = await readFile(path);
    bytes.writeUInt32LE(9, 8);
    const { crc32 } = await import('../../src/sinks/spool/crc32.js');
    bytes.writeUInt32LE(crc32(bytes.subarray(0, 28)), 28);
    await writeFile(path, bytes);
    expect((await run('verify', '--directory', directory)).lines[0]).toContain('version 9');
    expect(await run('cat', '--directory', directory)).toMatchObject({
      code: 1,
      lines: numbers(5, 8).map(({ data }) => data),
    });
  });

  test('an empty spool is shown as one', async () => {
    const directory = await scratch();
    await open({ directory });
    expect((await run('status', '--directory', directory)).text).toContain('records   0\n');
    expect(await run('cat', '--directory', directory)).toMatchObject({ code: 0, text: '' });
    expect((await run('verify', '--directory', directory)).code).toBe(0);
  });

  test.each([
    [['status'], '--directory is missing'],
    [['shred', '--directory', '/tmp'], 'one of status, list, cat, verify is needed, got shred'],
    [[], 'got nothing'],
    [['status', '--all'], 'all'],
    [['status', '--directory', '/nowhere/at/all'], 'ENOENT'],
  ])('%j ends with 1 and says what is wrong', async (argv, message) => {
    const { code, text, errors } = await run(...argv);
    expect(code).toBe(1);
    expect(text).toBe('');
    expect(errors).toContain(message);
    expect(errors).toContain('--help');
  });

  test('--help names every command', async () => {
    const { code, text } = await run('--help');
    expect(code).toBe(0);
    for (const name of ['status', 'list', 'cat', 'verify', '--directory', '--json']) expect(text).toContain(name);
  });

  test('waits for a reader that is slow', async () => {
    const { directory } = await filled();
    let busy = 0;
    const code = await runSpoolCommand(['cat', '--directory', directory], async () => {
      expect(++busy).toBe(1);
      await new Promise(setImmediate);
      busy--;
    });
    expect(code).toBe(0);
  });

  test('a directory without a checkpoint shows all there is', async () => {
    const { directory, spool } = await filled();
    await spool.close();
    await writeFile(join(directory, 'checkpoint'), 'garbage');
    expect((await run('cat', '--directory', directory)).lines).toHaveLength(8);
  });
});
