import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compactCommand as compact } from '../../src/commands/compact.js';
import { nodeFiles } from '../../src/lake/files.js';
import { readManifest, writeManifest } from '../../src/lake.js';
import { run as runCommand } from '../commands/support.js';
import { batch, csvOptions, event, open, pathsOf, scratch, sql, uuid } from './support.js';

const day = (date: string, second: number): string => `${date}T00:00:${String(second).padStart(2, '0')}.000Z`;
const filesOf = async (directory: string): Promise<string[]> =>
  (await readManifest(directory)).files
    .map(({ path, rows, compacted }) => `${path} ${rows}${compacted ? ' compacted' : ''}`)
    .sort();

describe('a compaction', () => {
  test('makes one file per past day and kind: each event once, the earliest, by time', async () => {
    const directory = await scratch();
    // A memory that knows nothing of the one before: the repeats get in.
    const errors: string[] = [];
    for (const [second, received] of [
      [30, '2026-11-20T10:00:02Z'],
      [10, '2026-11-20T10:00:01Z'],
      [20, '2026-11-20T10:00:03Z'],
    ] as const) {
      await forget(directory);
      const writer = await open(directory, { onError: (error) => errors.push(String(error)) });
      await writer.add(
        batch([
          event(second, { event_time: day('2019-10-01', second), device_id: '=d' }),
          event(99, { event_time: day('2019-10-01', 59), received_at: received, product_id: received }),
          event(98, { event_time: day('2019-10-01', 58), event_type: 'web_vitals', value: second }),
          'no json',
        ]),
      );
      await writer.close();
    }
    const gone = (bytes: number) => expect.stringContaining(`${bytes} bytes of seen events are gone`);
    expect(errors).toEqual([gone(48), gone(96)]);
    const writer = await open(directory);
    const days: string[] = [];
    expect(
      await writer.compact({ onProgress: ({ day, index, days: of }) => days.push(`${day} ${index}/${of}`) }),
    ).toEqual({
      days: ['2019-10-01', '2026-11-20'],
      filesBefore: 9,
      filesAfter: 3,
      duplicates: 4,
    });
    expect(days).toEqual(['2019-10-01 1/2', '2026-11-20 2/2']);
    expect(await filesOf(directory)).toEqual([
      'clicks/year=2019/month=10/day=01/part-00000004.csv 4 compacted',
      'errors/year=2026/month=11/day=20/part-00000005.ndjson 3 compacted',
      'events/year=2019/month=10/day=01/part-00000004.parquet 5 compacted',
    ]);
    expect(await sql(`SELECT event_id, product_id FROM read_parquet(${await pathsOf(directory, 'events')})`)).toEqual([
      [uuid(10), '44600062'],
      [uuid(20), '44600062'],
      [uuid(30), '44600062'],
      [uuid(98), '44600062'],
      [uuid(99), '2026-11-20T10:00:01Z'],
    ]);
    const csv = await sql(
      `SELECT deviceid, productid FROM read_csv(${await pathsOf(directory, 'clicks')}, ${csvOptions})`,
    );
    expect(csv).toEqual([
      ["'=d", '44600062'],
      ["'=d", '44600062'],
      ["'=d", '44600062'],
      ['d-99', '2026-11-20T10:00:01Z'],
    ]);
    const paths = (await readdir(directory, { recursive: true })).filter((path) => path.includes('part-'));
    expect(paths).toHaveLength(3);
    // Nothing more to do.
    expect(await writer.compact()).toMatchObject({ days: [] });
  });

  test('leaves today alone, and days before which it is told to stop', async () => {
    const directory = await scratch();
    const writer = await open(directory);
    for (const number of [1, 2]) {
      await writer.add(
        batch(
          ['2019-10-01', '2019-10-02', '2026-11-21'].map((date, at) =>
            event(number * 10 + at, { event_time: day(date, number) }),
          ),
        ),
      );
      await writer.flush();
    }
    expect((await writer.compact({ before: '2019-10-02' })).days).toEqual(['2019-10-01']);
    expect((await writer.compact({ minFiles: 3 })).days).toEqual([]);
    expect((await writer.compact({ before: '2027-01-01' })).days).toEqual(['2019-10-02']);
    await expect(writer.compact({ before: 'yesterday' })).rejects.toThrow(
      new TypeError('before must be a day such as 2019-10-02, got "yesterday"'),
    );
  });

  test('takes up what came late', async () => {
    const directory = await scratch();
    const writer = await open(directory);
    for (const number of [2, 1]) {
      await writer.add(batch([event(number, { event_time: day('2019-10-01', number) })]));
      await writer.flush();
      await writer.compact();
    }
    expect(await filesOf(directory)).toEqual([
      'clicks/year=2019/month=10/day=01/part-00000004.csv 2 compacted',
      'events/year=2019/month=10/day=01/part-00000004.parquet 2 compacted',
    ]);
  });

  test('keeps the lines of a CSV whose events are nowhere else', async () => {
    const directory = await scratch();
    const plain = await open(directory, { parquet: false });
    await plain.add(batch([event(1, { event_time: day('2019-10-01', 1), device_id: '\uFEFFx' })]));
    await plain.close();
    const writer = await open(directory);
    await writer.add(batch([event(2, { event_time: day('2019-10-01', 2) })]));
    await writer.flush();
    await writer.compact();
    const text = await readFile(join(directory, 'clicks/year=2019/month=10/day=01/part-00000003.csv'), 'utf8');
    expect(text.split('\r\n').map((line) => line.slice(0, 5))).toEqual(['custo', ',\uFEFFx,4', ',d-2,', '']);
  });

  test('makes the CSV from the events byte for byte as it was', async () => {
    const directory = await scratch();
    const writer = await open(directory);
    const values = [
      '\uFEFFbom',
      '=1+1',
      'a"b',
      'a,b',
      'line\r\nbreak',
      '\\',
      ' ',
      "'",
      'ção 😀',
      '9223372036854775808',
    ];
    await writer.add(
      batch(
        values.map((value, at) =>
          event(at, { event_time: day('2019-10-01', at), device_id: value, category_code: undefined }),
        ),
      ),
    );
    await writer.flush();
    const before = await readFile(join(directory, 'clicks/year=2019/month=10/day=01/part-00000001.csv'), 'utf8');
    await writer.compact();
    const after = await readFile(join(directory, 'clicks/year=2019/month=10/day=01/part-00000002.csv'), 'utf8');
    expect(after).toBe(before);
  });

  test('reads files of fewer columns, and of more', async () => {
    const directory = await scratch();
    const writer = await open(directory);
    await writer.add(batch([event(1, { event_time: day('2019-10-01', 1) })]));
    await writer.close();
    const path = 'events/year=2019/month=10/day=01/part-00000009.parquet';
    await sql(
      `COPY (SELECT 'old' AS event_id, 'view' AS event_type, TIMESTAMP '2019-10-01 00:00:00' AS event_time, 'demo' AS site, TIMESTAMP '2019-10-01 00:00:00' AS received_at, 'kept' AS former) TO '${join(directory, path)}' (FORMAT parquet)`,
    );
    const manifest = await readManifest(directory);
    const old = { path, dataset: 'events', day: '2019-10-01', rows: 1, bytes: 1, flush: 1, compacted: false } as const;
    await writeManifest(directory, { ...manifest, flush: 9, files: [...manifest.files, old] });
    const again = await open(directory);
    await again.compact();
    expect(
      await sql(`SELECT event_id, price, former FROM read_parquet(${await pathsOf(directory, 'events')})`),
    ).toEqual([
      ['old', null, 'kept'],
      [uuid(1), '35.790000', null],
    ]);
  });

  test('that fails leaves the day as it was', async () => {
    const directory = await scratch();
    let broken = false;
    const files = {
      ...nodeFiles,
      async rename(from: string, to: string) {
        if (broken && to.endsWith('.csv')) throw new Error('no');
        await nodeFiles.rename(from, to);
      },
    };
    const writer = await open(directory, { files });
    for (const number of [1, 2]) {
      await writer.add(batch([event(number, { event_time: day('2019-10-01', number) })]));
      await writer.flush();
    }
    const before = await filesOf(directory);
    broken = true;
    await expect(writer.compact()).rejects.toThrow('no');
    expect(await filesOf(directory)).toEqual(before);
    const paths = (await readdir(directory, { recursive: true })).filter((path) => path.includes('part-'));
    expect(paths).toHaveLength(4);
    broken = false;
    expect(await writer.compact()).toMatchObject({ filesAfter: 2 });
  });

  test('is given up when the lake is closed, and each day is as before or done', async () => {
    const directory = await scratch();
    const writer = await open(directory);
    const dates = ['2019-10-01', '2019-10-02', '2019-10-03'];
    for (const number of [1, 2]) {
      await writer.add(batch(dates.map((date, at) => event(number * 10 + at, { event_time: day(date, number) }))));
      await writer.flush();
    }
    let closed: Promise<void> | undefined;
    const onProgress = ({ index }: { index: number }): void => {
      if (index === 2) closed = writer.close();
    };
    const ended = await writer.compact({ onProgress }).then(
      ({ days }) => days.length,
      () => 1,
    );
    await closed;
    expect(ended).toBeLessThan(3);
    const again = await open(directory);
    expect((await again.compact()).days.length).toBe(3 - ended);
    const [count] = await sql(
      `SELECT count(*), count(DISTINCT event_id) FROM read_parquet(${await pathsOf(directory, 'events')})`,
    );
    expect(count).toEqual(['6', '6']);
  });

  test('of days with too many small files comes by itself, and keeps every row', async () => {
    const directory = await scratch();
    const writer = await open(directory, { flushRecords: 1, maxFiles: 4, autoCompact: true });
    await writer.add(
      batch(Array.from({ length: 60 }, (_, number) => event(number, { event_time: day('2026-11-21', number) }))),
    );
    await writer.flush();
    for (let number = 60; (await readManifest(directory)).files.length > 10; number++) {
      await writer.add(batch([event(number, { event_time: day('2026-11-21', 0) })]));
      await writer.flush();
    }
    const { bufferedRows, rows } = writer.status();
    expect(bufferedRows).toBe(0);
    const [count] = await sql(
      `SELECT count(*), count(DISTINCT event_id) FROM read_parquet(${await pathsOf(directory, 'events')})`,
    );
    expect(count).toEqual([String(rows), String(rows)]);
    const [clicks] = await sql(`SELECT count(*) FROM read_csv(${await pathsOf(directory, 'clicks')}, ${csvOptions})`);
    expect(clicks).toEqual([String(rows)]);
  });
});

describe('rastro-pipeline compact', () => {
  const run = (...argv: string[]) => runCommand(compact, argv);

  test('compacts a lake that is closed', async () => {
    const directory = await scratch();
    const writer = await open(directory);
    for (const number of [1, 2]) {
      await writer.add(batch([event(number, { event_time: day('2019-10-01', number) })]));
      await writer.flush();
    }
    expect(await run('--lake', directory)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('a lake has one writer'),
    });
    await writer.close();
    expect(await run('--lake', directory, '--min-files', '2')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Compacted 1 day: 4 files are 2, 0 repeats are gone\. /),
      stderr: '1 of 1: 2019-10-01, 4 files\n',
    });
    expect(await run('--lake', directory)).toMatchObject({ code: 0, stdout: 'Nothing to compact.\n' });
  });

  test('says what is wrong', async () => {
    const directory = await scratch();
    expect(await run('--help')).toMatchObject({ code: 0, stdout: compact.help });
    expect(await run('--laek', directory)).toMatchObject({ code: 2, stderr: expect.stringContaining("'--laek'") });
    expect(await run('--lake', directory)).toEqual({
      code: 1,
      stdout: '',
      stderr: `${directory} is no lake: it has no lake.json\n`,
    });
    const writer = await open(directory);
    await writer.close();
    expect(await run('--lake', directory, '--before', 'now')).toMatchObject({ code: 2 });
    expect(await run('--lake', directory, '--min-files', 'x')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--min-files must be a whole number from 1'),
    });
  });
});

/** Takes the lake's memory of what it has: repeats get in. */
async function forget(directory: string): Promise<void> {
  for (const name of await readdir(directory)) if (name.startsWith('seen.log.')) await rm(join(directory, name));
}
