import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { batch, csvOptions, data, event, hasData, open, pathsOf, scratch, sql, uuid } from './support.js';

const columns = [
  'event_time',
  'event_type',
  'product_id',
  'category_id',
  'category_code',
  'brand',
  'price',
  'user_id',
  'user_session',
];

/** Rows that are in one and not in the other, each as often as it is. */
const differences = async (one: string, other: string): Promise<unknown> =>
  (
    await sql(
      `SELECT (SELECT count(*) FROM ((${one}) EXCEPT ALL (${other}))), (SELECT count(*) FROM ((${other}) EXCEPT ALL (${one})))`,
    )
  )[0];

describe.skipIf(!hasData).each(['multi-2019-oct', 'cosmetics-2019-oct'])('the genuine rows of %s', (name) => {
  test('are the same in the lake, before and after compaction', { timeout: 120_000 }, async () => {
    const folder = await scratch();
    const text = gunzipSync(await readFile(join(data, `${name}.csv.gz`))).toString();
    await writeFile(join(folder, 'source.csv'), text);
    const lines = text.trimEnd().split(/\r?\n/);
    expect(lines[0]).toBe(columns.join(','));
    const records = lines.slice(1).map((line, number) => {
      const cells = line.split(',');
      expect(cells).toHaveLength(columns.length);
      const [time = '', type, product, category, code, brand, price, user, session] = cells;
      return {
        event_id: uuid(number),
        event_type: type,
        event_time: `${time.slice(0, 10)}T${time.slice(11, 19)}.000Z`,
        received_at: '2026-11-20T00:00:00.000Z',
        site: 'demo',
        product_id: product,
        ...(category && { category_id: category }),
        ...(code && { category_code: code }),
        ...(brand && { brand }),
        ...(price && { price: Number(price) }),
        ...(user && { customer_id: user }),
        ...(session && { session_id: session }),
      };
    });
    const directory = join(folder, 'lake');
    const writer = await open(directory, { flushRecords: 3_000 });
    for (let at = 0; at < records.length; at += 1_000) await writer.add(batch(records.slice(at, at + 1_000)));
    await writer.flush();
    expect(writer.status()).toMatchObject({ rows: records.length, errors: 0, duplicates: 0 });

    const source = `read_csv('${join(folder, 'source.csv')}', header = true, all_varchar = true, delim = ',', quote = '', escape = '', nullstr = '\\N', auto_detect = false, columns = {${columns.map((column) => `${column}: 'varchar'`).join(', ')}})`;
    const expectSame = async (): Promise<void> => {
      const [events, clicks] = [await pathsOf(directory, 'events'), await pathsOf(directory, 'clicks')];
      const nine = `SELECT strftime(event_time, '%Y-%m-%d %H:%M:%S UTC'), event_type, product_id, coalesce(category_id, ''), coalesce(category_code, ''), coalesce(brand, ''), price, coalesce(customer_id, ''), coalesce(session_id, '') FROM read_parquet(${events})`;
      const given = `SELECT event_time, event_type, product_id, category_id, category_code, brand, CAST(nullif(price, '') AS decimal(21,6)), user_id, user_session FROM ${source}`;
      expect(await differences(nine, given)).toEqual(['0', '0']);
      const six = `SELECT * FROM read_csv(${clicks}, ${csvOptions})`;
      const projected = `SELECT user_id, '', product_id, CASE WHEN category_code <> '' THEN regexp_extract(category_code, '^[^.]*') WHEN category_id <> '' THEN category_id ELSE 'unknown' END, CASE WHEN contains(category_code, '.') THEN regexp_replace(category_code, '^[^.]*[.]', '') ELSE '' END, event_type FROM ${source}`;
      expect(await differences(six, projected)).toEqual(['0', '0']);
      const [count] = await sql(`SELECT count(*) FROM read_parquet(${events})`);
      expect(count).toEqual([String(records.length)]);
    };
    await expectSame();
    const { filesAfter, duplicates, days } = await writer.compact();
    expect({ filesAfter, duplicates }).toEqual({ filesAfter: 2 * days.length, duplicates: 0 });
    await expectSame();
  });
});

test('hostile text is the same in Parquet and in CSV, before and after compaction', async () => {
  const directory = await scratch();
  const hostile = fc
    .oneof(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.string({
        unit: fc.constantFrom(
          '"',
          ',',
          '\r',
          '\n',
          '=',
          "'",
          '\\',
          '\t',
          '\uFEFF',
          '$$',
          '\u2028',
          '\u0085',
          '\u007f',
          '%',
          '{',
        ),
        minLength: 1,
      }),
      fc.constantFrom(
        "'; DROP TABLE events; --",
        '\\N',
        'NULL',
        'NaN',
        '1e5',
        '9007199254740993',
        '{"a":1}',
        '\\u0000',
        '#',
        '😀',
      ),
    )
    .filter((text) => !/\0|\p{Cs}/u.test(text));
  const texts = fc.sample(hostile, { seed: 20261120, numRuns: 2_000 });
  const writer = await open(directory, { formulas: 'keep', flushRecords: 700 });
  const at = (number: number): string => new Date(Date.UTC(2019, 9, 1) + number).toISOString();
  await writer.add(
    batch(texts.map((text, number) => event(number, { event_time: at(number), device_id: text, brand: text }))),
  );
  await writer.flush();
  expect(writer.status()).toMatchObject({ rows: texts.length, errors: 0 });
  const hex = texts.map((text) => Buffer.from(text).toString('hex').toUpperCase());
  for (const round of ['written', 'compacted']) {
    if (round === 'compacted') await writer.compact();
    const rows = await sql(
      `SELECT hex(encode(device_id)), hex(encode(brand)) FROM read_parquet(${await pathsOf(directory, 'events')}) ORDER BY event_time`,
    );
    expect(rows).toEqual(hex.map((text) => [text, text]));
    const csv = await sql(
      `SELECT hex(encode(deviceid)) FROM read_csv(${await pathsOf(directory, 'clicks')}, ${csvOptions})`,
    );
    expect(csv.map(([text]) => text)).toEqual(hex);
  }
});
