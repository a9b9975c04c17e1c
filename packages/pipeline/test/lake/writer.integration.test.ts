import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodeFiles } from '../../src/lake/files.js';
import { readManifest } from '../../src/lake.js';
import { batch, csvOptions, event, open, pathsOf, scratch, sql, stream, uuid } from './support.js';

const shard = 'shardId-000000000000';
const errorsOf = async (directory: string): Promise<Record<string, string>[]> => {
  const { files } = await readManifest(directory);
  const texts = await Promise.all(
    files.filter(({ dataset }) => dataset === 'errors').map(({ path }) => readFile(join(directory, path), 'utf8')),
  );
  return texts.flatMap((text) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  );
};

describe('a flush', () => {
  test('writes each day into its partition, by event time in UTC', async () => {
    const directory = await scratch();
    const writer = await open(directory);
    await writer.add(
      batch([
        event(1, { event_time: '2019-10-01T23:59:59.999Z' }),
        event(2, { event_time: '2019-10-02T00:00:00.000Z' }),
        event(3, { event_time: '2019-10-01T22:00:00.000-03:00' }),
        'no json',
      ]),
    );
    await writer.flush();
    const { files } = await readManifest(directory);
    expect(files.map(({ path, rows }) => `${path} ${rows}`).sort()).toEqual([
      'clicks/year=2019/month=10/day=01/part-00000001.csv 1',
      'clicks/year=2019/month=10/day=02/part-00000001.csv 2',
      'errors/year=2026/month=11/day=20/part-00000001.ndjson 1',
      'events/year=2019/month=10/day=01/part-00000001.parquet 1',
      'events/year=2019/month=10/day=02/part-00000001.parquet 2',
    ]);
    expect(writer.status()).toMatchObject({ rows: 3, bufferedRows: 0, files: 5, errors: 1, duplicates: 0 });
  });

  test('keeps every digit, instant and text', async () => {
    const directory = await scratch();
    const writer = await open(directory);
    const properties = { 'a"b': 'x\u0000y', n: 0.1, nothing: null };
    await writer.add(
      batch([
        event(1, {
          category_id: '9223372036854775808123',
          price: 999999999.999999,
          tax: 0.000001,
          value: 0.30000000000000004,
          event_time: '0001-01-01T00:00:00.000001Z',
          product_name: '\uFEFF "é\u2028\r\n\\,\'😀',
          properties,
          flags: ['session_missing'],
        }),
      ]),
    );
    await writer.flush();
    const columns =
      'category_id, price, tax, value, event_time, hex(encode(product_name)), properties, flags, event_time_raw, is_bot, sku';
    const [row] = await sql(`SELECT ${columns} FROM read_parquet(${await pathsOf(directory, 'events')})`);
    expect(row).toEqual([
      '9223372036854775808123',
      '999999999.999999',
      '0.000001',
      0.30000000000000004,
      '0001-01-01 00:00:00.000001',
      Buffer.from('\uFEFF "é\u2028\r\n\\,\'😀').toString('hex').toUpperCase(),
      JSON.stringify(properties),
      '["session_missing"]',
      '1795253400123',
      false,
      null,
    ]);
  });

  test('begins with the tenth record, and takes no more', async () => {
    const directory = await scratch();
    const flushes: number[] = [];
    const writer = await open(directory, { flushRecords: 10, onFlush: ({ rows }) => flushes.push(rows) });
    await writer.add(batch(Array.from({ length: 25 }, (_, number) => event(number))));
    await writer.flush();
    expect(flushes).toEqual([10, 10, 5]);
  });

  test('begins when its time has come', async () => {
    const directory = await scratch();
    const flushed = new Promise<number>((resolve) => {
      void open(directory, { flushMs: 1, onFlush: ({ rows }) => resolve(rows) }).then((writer) =>
        writer.add(batch([event(1)])),
      );
    });
    expect(await flushed).toBe(1);
  });

  test('does not part an aggregate, whose parts have no position of their own', async () => {
    const directory = await scratch();
    const writer = await open(directory, { flushRecords: 2 });
    const { records, ...rest } = batch([event(1), event(2), event(3), event(4)]);
    const sequenceNumber = records[3]?.sequenceNumber ?? '';
    const aggregate = records.map((record, subSequenceNumber) => ({ ...record, sequenceNumber, subSequenceNumber }));
    await writer.add({ ...rest, records: aggregate });
    await writer.flush();
    expect((await readManifest(directory)).files.map(({ rows }) => rows)).toEqual([4, 4]);
  });

  test('holds back who adds while too much is buffered', async () => {
    const directory = await scratch();
    const order: string[] = [];
    const writer = await open(directory, { maxBufferedBytes: 1, onFlush: () => order.push('flushed') });
    await writer.add(batch([event(1)])).then(() => order.push('added'));
    expect(order).toEqual(['flushed', 'added']);
  });
});

describe('a lake that is opened again', () => {
  test('knows where each shard goes on', async () => {
    const directory = await scratch();
    const writer = await open(directory);
    const first = batch([event(1)]);
    await writer.add(first);
    await writer.endShard('shardId-000000000001');
    expect(writer.startAfter(shard)).toBe(first.lastSequenceNumber);
    await writer.close();
    const again = await open(directory);
    expect(again.startAfter(shard)).toBe(first.lastSequenceNumber);
    expect(again.startAfter('shardId-000000000001')).toBe('END');
    expect(again.startAfter('shardId-000000000002')).toBeUndefined();
  });

  test('drops what it has, by site, type and id', async () => {
    const directory = await scratch();
    const writer = await open(directory);
    await writer.add(batch([event(1), event(1)]));
    await writer.close();
    const again = await open(directory);
    await again.add(batch([event(1), event(1, { site: 'other' }), event(1, { event_type: 'cart' }), event(2)]));
    await again.flush();
    expect(again.status()).toMatchObject({ rows: 4, duplicates: 1 });
  });

  test('with another stream has no positions, and its memory', async () => {
    const directory = await scratch();
    const writer = await open(directory);
    await writer.add(batch([event(1)]));
    await writer.close();
    const again = await open(directory, { stream: 'clicks@2026-11-21T00:00:00.000Z' });
    expect(again.startAfter(shard)).toBeUndefined();
    await again.add(batch([event(1), event(2)], 'shardId-000000000007'));
    await again.close();
    const manifest = await readManifest(directory);
    expect(Object.keys(manifest.positions)).toEqual(['shardId-000000000007']);
    expect(manifest).toMatchObject({ stream: 'clicks@2026-11-21T00:00:00.000Z', generation: 2 });
    expect(manifest.files.filter(({ dataset }) => dataset === 'events').map(({ rows }) => rows)).toEqual([1, 1]);
  });

  test('removes what a flush left over that never was, and forgets its events', async () => {
    const directory = await scratch();
    const writer = await open(directory);
    await writer.add(batch([event(1)]));
    await writer.close();
    const before = await readFile(join(directory, 'lake.json'));
    const then = await open(directory);
    await then.add(batch([event(2)]));
    await then.close();
    // As if it had ended just before its manifest.
    await writeFile(join(directory, 'lake.json'), before);
    await writeFile(join(directory, 'events/year=2026/month=11/day=20/part-00000009.parquet.tmp'), 'half');
    await writeFile(join(directory, 'events/year=2026/month=11/day=20/mine.parquet'), 'of somebody else');
    const again = await open(directory);
    expect(await readdir(join(directory, 'events/year=2026/month=11/day=20'))).toEqual([
      'mine.parquet',
      'part-00000001.parquet',
    ]);
    await again.add(batch([event(2)]));
    await again.flush();
    expect(again.status()).toMatchObject({ rows: 2, duplicates: 0 });
  });

  test('leaves out a file that somebody deleted, and says so', async () => {
    const directory = await scratch();
    const writer = await open(directory);
    await writer.add(batch([event(1), event(2, { event_time: '2019-10-01T00:00:00Z' })]));
    await writer.close();
    await nodeFiles.remove(join(directory, 'events/year=2019/month=10/day=01/part-00000001.parquet'));
    const errors: string[] = [];
    const again = await open(directory, { onError: (error) => errors.push(String(error)) });
    expect(errors.join()).toContain('events/year=2019/month=10/day=01/part-00000001.parquet is gone');
    expect(again.status()).toMatchObject({ rows: 1, files: 3 });
  });

  test('is refused while another has it, or without the list of its files', async () => {
    const directory = await scratch();
    const writer = await open(directory);
    await expect(open(directory)).rejects.toThrow(/is in use by the process \d+: a lake has one writer/);
    await writer.add(batch([event(1)]));
    await writer.close();
    await nodeFiles.remove(join(directory, 'lake.json'));
    await expect(open(directory)).rejects.toThrow(/has files of a lake, such as events.* and no lake\.json/);
    await expect(readManifest(directory)).rejects.toThrow(`${directory} is no lake: it has no lake.json`);
    await writeFile(join(directory, 'lake.json'), '{"version":1');
    await expect(open(directory)).rejects.toThrow('is no JSON');
    await writeFile(join(directory, 'lake.json'), '{"version":2,"files":[]}');
    await expect(open(directory)).rejects.toThrow('has version 2: this program reads version 1');
  });

  test('lies in a folder of any name', async () => {
    const directory = join(await scratch(), "a 'lake' [1]*?{x}");
    const writer = await open(directory);
    await writer.add(batch([event(1, { event_time: '2026-11-19T00:00:00Z' })]));
    await writer.flush();
    await writer.add(batch([event(2, { event_time: '2026-11-19T00:00:00Z' })]));
    await writer.flush();
    expect(await writer.compact()).toMatchObject({ filesBefore: 4, filesAfter: 2 });
  });
});

describe('the error prefix', () => {
  test('has what cannot be a row, with the reason and the bytes', async () => {
    const directory = await scratch();
    const writer = await open(directory);
    const bytes = Buffer.from([0x7b, 0xff, 0x7d]);
    const given = batch(['{"event_id":', bytes, event(1, { price: '35.79' })]);
    await writer.add(given);
    await writer.flush();
    const errors = await errorsOf(directory);
    expect(errors.map(({ reason, raw }) => [reason, raw])).toEqual([
      ['not_json', '{"event_id":'],
      ['not_json', undefined],
      ['wrong_type', JSON.stringify(event(1, { price: '35.79' }))],
    ]);
    expect(errors[1]).toEqual({
      reason: 'not_json',
      code: 'malformed_encoding',
      message: 'The bytes are no UTF-8.',
      shard_id: shard,
      sequence_number: given.records[1]?.sequenceNumber,
      arrived_at: '2026-11-20T23:59:59.500Z',
      raw_base64: bytes.toString('base64'),
    });
    expect(errors[2]?.['message']).toBe('price is text, no number.');
  });

  test('has the whole of a record with fields of no column, beside its row', async () => {
    const directory = await scratch();
    const writer = await open(directory);
    await writer.add(batch([event(1, { colour: 'red' })]));
    await writer.flush();
    const [error] = await errorsOf(directory);
    expect(error).toMatchObject({ reason: 'unknown_field', raw: JSON.stringify(event(1, { colour: 'red' })) });
    expect(error?.['message']).toContain('"colour"');
    expect(await sql(`SELECT event_id FROM read_parquet(${await pathsOf(directory, 'events')})`)).toEqual([[uuid(1)]]);
  });
});

describe('the six-column table', () => {
  test('has no web vitals, and no formulas', async () => {
    const directory = await scratch();
    const writer = await open(directory);
    await writer.add(
      batch([
        event(1, { customer_id: '=1+1', device_id: 'a"b,c\r\nd' }),
        event(2, { event_type: 'web_vitals', metric: 'LCP', value: 1 }),
      ]),
    );
    await writer.flush();
    const text = await readFile(join(directory, 'clicks/year=2026/month=11/day=20/part-00000001.csv'), 'utf8');
    expect(text).toBe(
      'customerid,deviceid,productid,productcategory,productsubcategory,activitytype\r\n' +
        `'=1+1,"a""b,c\r\nd",44600062,appliances,environment.water_heater,view\r\n`,
    );
    expect(
      await sql(`SELECT customerid, deviceid FROM read_csv(${await pathsOf(directory, 'clicks')}, ${csvOptions})`),
    ).toEqual([["'=1+1", 'a"b,c\r\nd']]);
  });

  test('or the other is not written when it is not wanted', async () => {
    const [first, second] = [await scratch(), await scratch()];
    const [noCsv, noParquet] = [await open(first, { csv: false }), await open(second, { parquet: false })];
    for (const writer of [noCsv, noParquet]) {
      await writer.add(batch([event(1)]));
      await writer.flush();
    }
    expect((await readManifest(first)).files.map(({ dataset }) => dataset)).toEqual(['events']);
    expect((await readManifest(second)).files.map(({ dataset }) => dataset)).toEqual(['clicks']);
    expect(noParquet.status().rows).toBe(1);
  });
});

test('wrong options are refused by name', async () => {
  const directory = await scratch();
  for (const [options, message] of [
    [{ flushRecords: 0 }, 'flushRecords must be a whole number from 1 to 1000000, got 0'],
    [{ flushMs: 900_001 }, 'flushMs must be a whole number from 1 to 900000, got 900001'],
    [{ stream: '' }, 'stream must be a text that is not empty, got ""'],
    [{ csv: false, parquet: false }, 'csv and parquet are both false'],
    [{ formulas: 'no' as 'keep' }, "formulas must be 'escape' or 'keep', got \"no\""],
  ] as const) {
    await expect(open(directory, options)).rejects.toThrow(
      new TypeError(message.includes('both') ? `${message}: nothing would be kept` : message),
    );
  }
  expect(stream).toContain('@');
});
