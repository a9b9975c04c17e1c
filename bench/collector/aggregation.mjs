// @ts-check
// `node bench/collector/aggregation.mjs [FILE]`: what aggregation saves on a stream.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { createCollector, createMemorySink } from '@rastro/collector';
import { pack } from '../../packages/collector/dist/modules/sinks/aggregate.js';
import { Failure, main } from '../../scripts/lib/run.mjs';
import { table } from '../../scripts/lib/table.mjs';

const help = `Usage: node bench/collector/aggregation.mjs [FILE]

Packs the records of a REES46 file (.csv.gz; by default that of the genuine data beside the repository) as the collector
makes them, batch by batch and shard by shard, and prints per 1,000 events how many Kinesis records, PUT payload units
and KiB that an on-demand stream bills come of them.
`;
const genuine = new URL('../../../shared/data/multi-2019-oct.csv.gz', import.meta.url);
const payloadUnit = 25_000;
const mostKeys = 300;

/**
 * @typedef {import('../../packages/collector/dist/modules/sinks/aggregate.js').Part} Part
 * @typedef {Record<string, string>} Row
 */

/**
 * Rows whose category is one of the most frequent. Nothing in these files is quoted.
 *
 * @param {string | URL} file
 */
async function readRows(file) {
  const zipped = await readFile(file).catch(() => {
    throw new Failure(`${file instanceof URL ? fileURLToPath(file) : file} is not there.\n${help}`, 2);
  });
  const [header = '', ...lines] = gunzipSync(zipped).toString().trimEnd().split('\n');
  const names = header.trim().split(',');
  /** @type {Row[]} */
  const rows = lines.map((line) => Object.fromEntries(line.split(',').map((value, at) => [names[at] ?? '', value])));
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { category_id: key = '' } of rows) counts.set(key, (counts.get(key) ?? 0) + 1);
  const kept = new Set(
    [...counts]
      .sort((a, b) => b[1] - a[1])
      .slice(0, mostKeys)
      .map(([key]) => key),
  );
  return rows.filter(({ category_id: key = '' }) => kept.has(key));
}

/**
 * The records that the collector puts for these rows, when a browser sends each.
 *
 * @param {Row[]} rows
 * @returns {Promise<Part[]>}
 */
async function recordsOf(rows) {
  const sink = createMemorySink();
  const deadLetters = createMemorySink();
  const now = Date.parse('2026-11-20T09:30:00Z');
  const collector = createCollector({ sites: { demo: {} }, sink, deadLetters, now: () => now });
  const uuid = (/** @type {string} */ text) => {
    const hex = createHash('md5').update(text).digest('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  };
  for (const [at, row] of rows.entries()) {
    const { product_id, category_id, category_code, brand, price, user_id, user_session } = row;
    const event = { event_id: uuid(String(at)), event_type: 'view', event_time: now - 900, session_seq: 1 + (at % 40) };
    const envelope = {
      v: 1,
      key: 'demo',
      sent_at: now - 50,
      sdk: 'rastro-js/0.1.0',
      device_id: uuid(`d${user_id}`),
      session_id: user_session,
      context: { page_url: `https://shop.example/p/${product_id}`, language: 'en-US', viewport: '1280x720' },
      events: [{ ...event, product_id, category_id, category_code, brand, price: Number(price), currency: 'USD' }],
    };
    const userAgent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0';
    const { status } = await collector.handle({
      method: 'POST',
      path: '/e',
      headers: { 'user-agent': userAgent },
      body: Buffer.from(JSON.stringify(envelope)),
      ip: '203.0.113.77',
    });
    if (status !== 200) throw new Failure(`The collector answered ${status}.`);
  }
  if (deadLetters.records.length > 0) throw new Failure(`Refused: ${deadLetters.records[0]?.data}`);
  return sink.records.map(({ partitionKey, data }) => ({ partitionKey, data: Buffer.from(data) }));
}

/**
 * Shards of equal size: https://docs.aws.amazon.com/streams/latest/dev/key-concepts.html#partition-key
 *
 * @param {string} key
 * @param {number} shards
 */
const shardOf = (key, shards) =>
  Math.floor((createHash('md5').update(key).digest().readUInt32BE(0) / 2 ** 32) * shards);

/**
 * @param {Part[]} records
 * @param {{ batch: number, shards: number, maxBytes: number }} how `maxBytes`: 0 puts each record alone.
 */
function measure(records, { batch, shards, maxBytes }) {
  /** @type {Part[]} */
  const put = [];
  /** @type {Part[][][]} */
  const batches = [];
  for (let from = 0; from < records.length; from += batch) {
    /** @type {Part[][]} */
    const lanes = Array.from({ length: shards }, () => []);
    for (const record of records.slice(from, from + batch)) lanes[shardOf(record.partitionKey, shards)]?.push(record);
    batches.push(lanes);
  }
  const start = process.cpuUsage();
  for (const lanes of batches) {
    for (const lane of lanes) put.push(...(maxBytes ? pack(lane, { maxBytes }) : lane));
  }
  const { user, system } = process.cpuUsage(start);
  const per = (/** @type {number} */ value) => Math.round((value / records.length) * 1_000);
  const size = (/** @type {Part} */ { data, partitionKey }) => data.length + Buffer.byteLength(partitionKey);
  const sum = (/** @type {(part: Part) => number} */ of) => put.reduce((total, part) => total + of(part), 0);
  return {
    records: per(put.length),
    units: per(sum((part) => Math.ceil(size(part) / payloadUnit))),
    kibibytes: per(sum((part) => Math.ceil(part.data.length / 1024))),
    microseconds: ((user + system) / records.length).toFixed(1),
  };
}

await main(async () => {
  const [file, ...more] = process.argv.slice(2);
  if (file === '--help' || more.length > 0) return void process.stdout.write(help);
  const records = await recordsOf(await readRows(file ?? genuine));
  const bytes = records.reduce((sum, { data }) => sum + data.length, 0);
  const keys = new Set(records.map(({ partitionKey }) => partitionKey)).size;
  console.log(`${records.length} records of ${Math.round(bytes / records.length)} bytes, ${keys} partition keys\n`);
  const bounds = /** @type {const} */ ([
    ['alone', 0],
    ['to 25 kB', payloadUnit],
    ['to 1 MiB', 1_000_000],
  ]);
  const rows = [
    { batch: 500, shards: 4 },
    { batch: 100, shards: 4 },
    { batch: 20, shards: 4 },
    { batch: 500, shards: 1 },
    { batch: 500, shards: 16 },
  ].flatMap(({ batch, shards }) =>
    bounds.map(([name, maxBytes]) => {
      measure(records, { batch, shards, maxBytes });
      const found = measure(records, { batch, shards, maxBytes });
      const { records: put, units, kibibytes, microseconds } = found;
      return [
        `${batch} events, ${shards} ${shards === 1 ? 'shard' : 'shards'}, ${name}`,
        put,
        units,
        kibibytes,
        maxBytes ? microseconds : '-',
      ];
    }),
  );
  const head = ['per 1,000 events', 'records', 'PUT units', 'on-demand KiB', 'µs of CPU per event'];
  console.log(table(head, rows));
});
