// @ts-check
// `rastro-pipeline run` killed again and again while a data set is replayed: is the lake complete, are the counts exact?
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateStreamCommand } from '@aws-sdk/client-kinesis';
import { DuckDBInstance } from '@duckdb/node-api';
import { createRandom, startDevServer, tailStream } from '@rastro/collector/dev';
import { createKinesisClient } from '@rastro/collector/kinesis';
import { main as replay } from '@rastro/example-replay';
import { startEmbeddedDynamo } from '@rastro/pipeline/dev';
import { readManifest } from '@rastro/pipeline/lake';
import { createDynamoClient, scanCounts } from '@rastro/pipeline/windows';
import { Failure, root } from '../run.mjs';

const command = join(root, 'packages/pipeline/bin/rastro-pipeline.js');
const countsStream = 'counts';
const table = 'counts';
/** How long a life lasts at most before its kill. Unit: ms. */
const longestLifeMs = 4_000;
const quoted = (/** @type {string} */ text) => `'${text.replaceAll("'", "''")}'`;

/**
 * @typedef {object} PipelineKillsOptions
 * @property {string} file REES46 CSV, plain or gzip.
 * @property {number} kills
 * @property {number} [seed] Default: 1.
 * @property {number | undefined} [rate] Rows a second. Default: so that the replay lasts as long as the kills.
 * @property {(text: string) => void} [onProgress]
 *
 * @typedef {object} PipelineKillsResult
 * @property {number} kills
 * @property {number} midFlush Of these, the ones that left files of a flush which never was.
 * @property {number} rows Of the file.
 * @property {number} events In the lake.
 * @property {number} distinct Of these, by event id.
 * @property {number} missing Rows of the file that the lake does not have.
 * @property {number} windows Of the file: users, types and minutes.
 * @property {number} countedWindows Of the table.
 * @property {number} wrongWindows Of either, those that the other has not, or with another count.
 * @property {number} emissions On the second stream.
 * @property {number} flushes
 * @property {readonly string[]} crashes Ends that nobody asked for.
 */

/** @param {PipelineKillsOptions} options @returns {Promise<PipelineKillsResult>} */
export async function runPipelineKills({ file, kills, seed = 1, rate, onProgress = () => {} }) {
  const random = createRandom(seed, 11);
  const directory = await mkdtemp(join(tmpdir(), 'rastro-kills-'));
  const data = join(directory, 'data');
  const server = await startDevServer({ port: 0 });
  const dynamo = await startEmbeddedDynamo();
  const { streamName, endpoint = '', region = '' } = server.streams;
  const client = createKinesisClient({ endpoint, region });
  const stop = new AbortController();
  /** @type {Promise<unknown>} */
  let replayed = Promise.resolve();
  const crashes = /** @type {string[]} */ ([]);

  const args = ['run', '--stream', streamName, '--endpoint', endpoint, '--region', region, '--data', data];
  args.push('--flush-records', '500', '--flush-seconds', '1', '--counts-stream', countsStream, '--emit-seconds', '2');
  args.push('--counts-table', table, '--dynamodb-endpoint', dynamo.endpoint);
  const start = (/** @type {string[]} */ ...more) => {
    const child = spawn(process.execPath, [command, ...args, ...more], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (text) => {
      said += text;
    });
    return { child, exit: once(child, 'exit'), said: () => said };
  };

  try {
    await client.send(new CreateStreamCommand({ StreamName: countsStream, ShardCount: 2 }));
    const truth = await truthOf(file);
    const perSecond = rate ?? Math.max(1, Math.ceil(truth.rows / (kills * (longestLifeMs / 2_000))));
    replayed = replay(
      [file, '--endpoint', `${server.url}/e`, '--state-dir', join(directory, 'replay'), '--rate', String(perSecond)],
      {
        stdout: nowhere,
        stderr: nowhere,
        signal: stop.signal,
        now: () => performance.timeOrigin + performance.now(),
        sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
        random: Math.random,
      },
    ).then(({ exitCode, summary }) => {
      if (exitCode !== 0) throw new Failure(`The replay ended with ${exitCode}: ${summary?.error}`);
    });
    replayed.catch(() => {});

    let midFlush = 0;
    for (let kill = 1; kill <= kills; kill++) {
      const life = start();
      // From the first moments of a life, in which it reads its own state, to some flushes and emissions later.
      await Promise.race([sleep(300 + random() * (longestLifeMs - 300)), life.exit]);
      if (life.child.exitCode !== null) crashes.push(`exit code ${life.child.exitCode}: ${life.said().slice(-500)}`);
      life.child.kill('SIGKILL');
      await life.exit;
      if (await leftovers(join(data, 'lake'))) midFlush++;
      onProgress(`kill ${kill} of ${kills}`);
    }
    onProgress('the rest of the replay');
    await replayed;
    onProgress('the last life reads what is left');
    const last = start('--once');
    const [code] = await last.exit;
    if (code !== 0) crashes.push(`the last life ended with ${code}: ${last.said().slice(-500)}`);

    const { files, flush } = await readManifest(join(data, 'lake'));
    const lake = files
      .filter(({ dataset }) => dataset === 'events')
      .map(({ path }) => quoted(join(data, 'lake', path)));
    const source = `read_csv(${quoted(file)}, all_varchar = true, header = true)`;
    const row = (/** @type {string} */ time, /** @type {string} */ user, /** @type {string} */ session) =>
      `${time}::TIMESTAMP, event_type, product_id, category_id, ${user}, ${session}`;
    const [counts] = await ask(`SELECT count(*), count(DISTINCT event_id) FROM read_parquet([${lake}])`);
    const [missing] = await ask(
      `SELECT count(*) FROM (SELECT ${row('event_time[:19]', 'user_id', 'user_session')} FROM ${source}
         EXCEPT ALL SELECT ${row('event_time', 'customer_id', 'session_id')} FROM read_parquet([${lake}]))`,
    );
    const counted = new Map();
    const tables = createDynamoClient({ endpoint: dynamo.endpoint, region });
    for await (const { user_id, event_type, window_start, qtd_event } of scanCounts(tables, table))
      counted.set([user_id, event_type, window_start].join('\n'), qtd_event);
    tables.destroy();
    const keys = new Set([...counted.keys(), ...truth.windows.keys()]);
    return {
      kills,
      midFlush,
      rows: truth.rows,
      events: Number(counts?.[0]),
      distinct: Number(counts?.[1]),
      missing: Number(missing?.[0]),
      windows: truth.windows.size,
      countedWindows: counted.size,
      wrongWindows: [...keys].filter((key) => counted.get(key) !== truth.windows.get(key)).length,
      emissions: await recordsOf(client, countsStream),
      flushes: flush,
      crashes,
    };
  } finally {
    stop.abort();
    await replayed.catch(() => {});
    client.destroy();
    await server.close();
    await dynamo.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

/** @param {PipelineKillsResult} result @returns {string[]} What was promised and does not hold. */
export function brokenOf({ rows, events, distinct, missing, wrongWindows, crashes }) {
  return [
    ...(missing > 0 ? [`${missing} rows are not in the lake`] : []),
    ...(distinct !== rows ? [`${distinct} events are in the lake, ${rows} rows in the file`] : []),
    ...(events !== distinct ? [`${events - distinct} events are in the lake twice`] : []),
    ...(wrongWindows > 0 ? [`${wrongWindows} windows have a wrong count`] : []),
    ...crashes,
  ];
}

/** What the file says, read apart from the code under test. @param {string} file */
async function truthOf(file) {
  const rows = await ask(
    `SELECT user_id, event_type, strftime(date_trunc('minute', event_time[:19]::TIMESTAMP), '%Y-%m-%dT%H:%M:00.000Z'), count(*)
     FROM read_csv(${quoted(file)}, all_varchar = true, header = true) GROUP BY ALL`,
  );
  return {
    rows: rows.reduce((sum, row) => sum + Number(row[3]), 0),
    windows: new Map(rows.map(([user, type, start, count]) => [[user, type, start].join('\n'), Number(count)])),
  };
}

/** @param {string} sql @returns {Promise<unknown[][]>} */
async function ask(sql) {
  const duckdb = await DuckDBInstance.create(':memory:');
  const connection = await duckdb.connect();
  try {
    return /** @type {unknown[][]} */ ((await connection.runAndReadAll(sql)).getRowsJson());
  } finally {
    connection.closeSync();
    duckdb.closeSync();
  }
}

/** Whether a flush had begun that never was: files that the manifest does not know. @param {string} lake */
async function leftovers(lake) {
  const { files } = await readManifest(lake).catch(() => ({ files: [] }));
  const known = new Set(files.map(({ path }) => path));
  const found = await readdir(lake, { recursive: true, withFileTypes: true }).catch(() => []);
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => relative(lake, join(entry.parentPath, entry.name)))
    .some((path) => path.includes('/') && !known.has(path));
}

/** @param {import('@aws-sdk/client-kinesis').KinesisClient} client @param {string} streamName */
async function recordsOf(client, streamName) {
  let records = 0;
  const tail = tailStream({ client, streamName, from: 'TRIM_HORIZON', onRecord: () => void records++ });
  const instant = Date.now();
  await tail.ready;
  while (!tail.hasRead(instant)) await sleep(50);
  await tail.stop();
  return records;
}

const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
