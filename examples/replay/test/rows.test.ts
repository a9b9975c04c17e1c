import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Row, readRows } from '../src/rows.js';
import { inspectFile } from '../src/source.js';
import { toCsv, viewRows, writeTemp } from './support/run.js';

async function read(content: string | Uint8Array, name?: string): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of readRows(await inspectFile(writeTemp(content, name)))) rows.push(row);
  return rows;
}

describe('readRows', () => {
  it('finds columns by name, in any order, and does without the optional ones', async () => {
    const [row] = await read('user_id,x,product_id,event_type,event_time\n9,y,7,view,2019-10-01 00:00:00 UTC\n');
    expect(row).toMatchObject({
      number: 1,
      timeMs: Date.UTC(2019, 9, 1),
      values: { event_time: '2019-10-01 00:00:00 UTC', event_type: 'view', product_id: '7', user_id: '9' },
    });
  });

  it('reads a byte-order mark, CRLF, quoted fields and stray quotation marks', async () => {
    const head = '\ufeffevent_time,event_type,product_id,brand,user_id';
    const rows = await read([head, 't,view,1,"a, ""b""",9', 't,view,1,5" tv,9', ''].join('\r\n'));
    expect(rows.map((row) => row.values.brand)).toEqual(['a, "b"', '5" tv']);
    expect(rows.map((row) => row.values.user_id)).toEqual(['9', '9']);
  });

  it('marks rows of another width and keeps them', async () => {
    const rows = await read(`${toCsv(viewRows(1))}2019-11-24 19:06:48 UTC,,,,,,,,\n2019-11-24 19:06:48 UTC,vi`);
    expect(rows.map((row) => row.uneven)).toEqual([false, false, true]);
    expect(rows[1]?.values).toEqual({ event_time: '2019-11-24 19:06:48 UTC' });
  });

  it('tells gzip by its content, whatever the name', async () => {
    const csv = toCsv(viewRows(3));
    expect(await read(gzipSync(csv), 'rows.csv')).toHaveLength(3);
    expect(await read(csv, 'rows.csv.gz')).toHaveLength(3);
    const halves = [gzipSync(csv.slice(0, 100)), gzipSync(csv.slice(100))];
    expect(await read(Buffer.concat(halves))).toHaveLength(3);
  });

  it('names the required columns that are missing', async () => {
    await expect(read('product_id,category_id\n1,2\n')).rejects.toThrow(
      'the header has no column event_time, event_type, user_id. It is: product_id,category_id',
    );
    await expect(read('')).rejects.toThrow('not even a header');
  });

  it('says so when a gzip file ends too early', async () => {
    const whole = gzipSync(toCsv(viewRows(500)));
    await expect(read(whole.subarray(0, -100))).rejects.toThrow(/rows\.csv: cannot be read.*unexpected end of file/);
  });

  it('says so when a quotation mark is never closed', async () => {
    const rows = viewRows(20_000);
    rows[1] = rows[1]?.replace('runail', '"runail') as string;
    await expect(read(toCsv(rows))).rejects.toThrow(/after row 1: .*Max Record Size/i);
  });

  it('reads no further ahead than it must', async () => {
    const path = writeTemp(toCsv(viewRows(100_000)));
    const source = await inspectFile(path);
    const stream = readRows(source);
    let count = 0;
    for await (const _ of stream) {
      if (++count === 1000) break;
      await new Promise(setImmediate);
    }
    expect(source.size).toBeGreaterThan(8_000_000);
    expect(stream.bytesRead()).toBeLessThan(1_000_000);
  });
});

describe('inspectFile', () => {
  it('knows the same rows however they are packed, but not as the same file', async () => {
    const csv = toCsv(viewRows(2000));
    const plain = await inspectFile(writeTemp(csv, 'a.csv'));
    const packed = await inspectFile(writeTemp(gzipSync(csv), 'b.csv'));
    expect(packed.identity).toBe(plain.identity);
    expect(packed.fingerprint).not.toBe(plain.fingerprint);
    expect(await inspectFile(writeTemp(csv, 'c.csv'))).toEqual({ ...plain, path: expect.any(String) });
  });

  it('does not take a longer or otherwise ending file for the same', async () => {
    const rows = viewRows(2000);
    const files = [rows, [...rows, 'more'], [...rows.slice(0, -1), rows.at(-1)?.replace('2.62', '2.63') as string]];
    const sources = await Promise.all(files.map((each) => inspectFile(writeTemp(toCsv(each)))));
    expect(new Set(sources.map((source) => source.identity)).size).toBe(1);
    expect(new Set(sources.map((source) => source.fingerprint)).size).toBe(3);
  });

  it('says what is wrong with a path', async () => {
    await expect(inspectFile('no-such.csv')).rejects.toThrow(/^no-such\.csv: cannot be opened: ENOENT/);
    await expect(inspectFile('.')).rejects.toThrow('is no regular file');
    await expect(inspectFile(writeTemp('PK\u0003\u0004...'))).rejects.toThrow('is a zip archive');
  });
});
