// @ts-check
// `npm run bench:collector`: events per CPU second of the server, beside readers that do less.
import { fork, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { insert } from '../../scripts/lib/markers.mjs';
import { Failure, main } from '../../scripts/lib/run.mjs';
import { table } from '../../scripts/lib/table.mjs';
import { shares } from './lib/shares.mjs';

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const command = here('../../packages/collector/bin/rastro-collector.js');
const docs = here('../../docs/performance.md');
/** Nothing listens there: the discard service is long gone. */
const deadEndpoint = 'http://127.0.0.1:9';

/** @type {Record<string, { what: string, flags?: readonly string[], dead?: boolean }>} */
const variants = {
  bare: { what: 'node:http, body read, 204' },
  fastify: { what: 'Fastify, body read, 204' },
  validation: { what: 'Fastify, JSON.parse and Ajv, 204' },
  records: { what: 'the collector, records made and thrown away' },
  'stock-sdk': { what: '… put by the SDK as it comes, answered after' },
  put: { what: '… put by the collector’s sink, answered after' },
  all: { what: '`rastro-collector`, everything on, answered after PutRecords', flags: [] },
  first: {
    what: 'the same, answered after the disk, drained to the stream meanwhile',
    flags: ['--spool-mode', 'first'],
  },
  spool: { what: 'the same, the stream down: onto the disk alone', flags: ['--spool-mode', 'first'], dead: true },
};

const help = `Usage: npm run bench:collector -- [--seconds N] [--rounds N] [--only a,b] [--write] [option ...]

Events per CPU second (user and system) of one server process, in interleaved rounds; the table has their medians. The server
has a core of its own, load and endpoint another. The stream is a null endpoint: it speaks PutRecords and keeps nothing.
Each round is closed-loop: every connection sends when it has its answer. A last one per server is open-loop, at --rate.

  --seconds N      length of a round (default: 5)
  --rounds N       rounds, after one to warm up (default: 5)
  --only a,b       servers: ${Object.keys(variants).join(', ')}
  --connections N  connections of the load (default: 128)
  --events N       events per request (default: 10)
  --rate N         events/s of the open-loop round; 0 leaves it out (default: 10000)
  --latency-ms N   how long the endpoint takes for an answer (default: 0)
  --semi-space N   MB of V8's semi-space for every server (default: V8's own)
  --flags "..."    more flags for rastro-collector
  --profile DIR    write a CPU profile of each server there, and say where its time goes
  --write          put the table into docs/performance.md
`;

const ticksPerSecond = 100;
/** @type {(list: readonly number[]) => number} */
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1] ?? 0;

/** Of a process, user and system. @param {number} pid */
async function cpuSeconds(pid) {
  const stat = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ');
  return (Number(stat[11]) + Number(stat[12])) / ticksPerSecond;
}

/** @param {string} core @param {readonly string[]} args */
function pinned(core, args) {
  const env = { ...process.env, AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' };
  return spawn('taskset', ['-c', core, process.execPath, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  });
}

/** @param {import('node:child_process').ChildProcess} child @returns {Promise<number>} */
function portOf(child) {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Failure(`A server does not listen: ${text}`)), 20_000);
    child.stdout?.on('data', (chunk) => {
      if (text.length < 100_000) text += chunk;
      const found = /"port":(\d+)|"url":"http:\/\/127\.0\.0\.1:(\d+)/.exec(text);
      if (!found) return;
      clearTimeout(timer);
      resolve(Number(found[1] ?? found[2]));
    });
    child.once('exit', (code) => reject(new Failure(`A server ended with ${code}: ${text}`)));
  });
}

await main(async () => {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '5' },
      rounds: { type: 'string', default: '5' },
      only: { type: 'string', default: Object.keys(variants).join() },
      connections: { type: 'string', default: '128' },
      events: { type: 'string', default: '10' },
      rate: { type: 'string', default: '10000' },
      'latency-ms': { type: 'string', default: '0' },
      'semi-space': { type: 'string' },
      flags: { type: 'string', default: '' },
      profile: { type: 'string' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const [seconds, rounds, connections, events, rate] = [
    values.seconds,
    values.rounds,
    values.connections,
    values.events,
    values.rate,
  ].map(Number);
  const names = values.only.split(',');
  const unknown = names.filter((name) => !variants[name]);
  if (unknown.length > 0) throw new Failure(`No such server: ${unknown.join(', ')}. ${help.split('\n', 1)[0]}`, 2);
  if (cpus().length < 2) throw new Failure('Two cores are needed: one for the server, one for the load.');

  /** @type {import('node:child_process').ChildProcess[]} */
  const children = [];
  const folder = await mkdtemp(join(tmpdir(), 'rastro-bench-'));
  const say = (/** @type {string} */ text) => process.stderr.isTTY && process.stderr.write(`\r\x1b[K${text}`);
  try {
    const nothing = pinned('1', [here('null-kinesis.mjs'), '--latency-ms', values['latency-ms']]);
    children.push(nothing);
    const endpoint = `http://127.0.0.1:${await portOf(nothing)}`;
    const load = fork(here('lib/load.mjs'), { execPath: 'taskset', execArgv: ['-c', '1', process.execPath] });
    children.push(load);
    /** @param {{ port: number, seconds: number, rate: number, connections: number, seed: number }} what @returns {Promise<import('./lib/load.mjs').Result>} */
    const run = (what) =>
      new Promise((resolve) => {
        load.once('message', (result) => resolve(/** @type {import('./lib/load.mjs').Result} */ (result)));
        load.send({ ...what, events });
      });

    const servers = [];
    for (const name of names) {
      const { flags, dead } = /** @type {typeof variants[string]} */ (variants[name]);
      const v8 = values['semi-space'] ? [`--max-semi-space-size=${values['semi-space']}`] : [];
      if (values.profile)
        v8.push('--cpu-prof', `--cpu-prof-dir=${values.profile}`, `--cpu-prof-name=${name}.cpuprofile`);
      const args = flags
        ? [command, '--stream', 'null', '--region', 'us-east-1', '--key', 'demo', '--port', '0']
            .concat(['--kinesis-endpoint', dead ? deadEndpoint : endpoint, '--origin', 'https://shop.example'])
            .concat(['--rate-limit-per-client', '1000000', '--rate-limit-per-key', '1000000', '--device-cookie'])
            .concat(['--trusted-proxies', '127.0.0.1', '--spool-directory', join(folder, name)])
            .concat(['--spool-max-bytes', '8000000000'], flags, values.flags.split(' ').filter(Boolean))
        : [here('lib/variants.mjs'), name, endpoint];
      const child = pinned('0', [...v8, ...args]);
      children.push(child);
      const port = await portOf(child);
      servers.push({ name, port, pid: /** @type {number} */ (child.pid) });
    }

    /** @param {(typeof servers)[number]} server @param {number} length @param {number} paced @param {number} seed */
    const measure = async ({ pid, port }, length, paced, seed) => {
      const before = await cpuSeconds(pid);
      const result = await run({
        port,
        seconds: length,
        rate: paced / Number(events),
        connections: Number(connections),
        seed,
      });
      return { ...result, used: (await cpuSeconds(pid)) - before };
    };
    /** @type {Map<string, Awaited<ReturnType<typeof measure>>[]>} */
    const found = new Map(names.map((name) => [name, []]));
    /** @type {Map<string, Awaited<ReturnType<typeof measure>>>} */
    const calm = new Map();
    let seed = 1;
    for (let round = 0; round <= Number(rounds); round++) {
      for (const server of servers) {
        say(`${round === 0 ? 'warming up' : `round ${round} of ${rounds}`}: ${server.name}`);
        const result = await measure(server, round === 0 ? 3 : Number(seconds), 0, seed++);
        if (round > 0) found.get(server.name)?.push(result);
      }
    }
    for (const server of Number(rate) > 0 ? servers : []) {
      say(`at ${rate} events/s: ${server.name}`);
      calm.set(server.name, await measure(server, Number(seconds), Number(rate), seed++));
    }
    say('');

    const per = (/** @type {{ events: number, used: number }} */ { events: done, used }) => done / used;
    const base = median((found.get('bare') ?? []).map(per));
    const calmBase = calm.get('bare');
    const count = (/** @type {number} */ value) => Math.round(value).toLocaleString('en-US');
    const head = ['server', 'events/CPU-s', '× bare', 'µs/event', 'events/s', 'p50 ms', 'p99 ms'];
    if (calm.size > 0) head.push(`at ${count(Number(rate))}/s: µs/event`, '× bare', 'p50 ms', 'p99 ms');
    head.push('errors', 'rounds below 60 % of the core');
    const rows = names.map((name) => {
      const results = found.get(name) ?? [];
      const quiet = calm.get(name);
      const all = quiet ? [...results, quiet] : results;
      const speed = median(results.map(per));
      const cells = [
        name,
        count(speed),
        base ? (speed / base).toFixed(3) : '-',
        (1e6 / speed).toFixed(1),
        count(median(results.map((result) => result.events / result.seconds))),
        median(results.map(({ p50 }) => p50)).toFixed(1),
        median(results.map(({ p99 }) => p99)).toFixed(1),
      ];
      if (quiet) {
        cells.push((1e6 / per(quiet)).toFixed(1), calmBase ? (per(quiet) / per(calmBase)).toFixed(3) : '-');
        cells.push(quiet.p50.toFixed(1), quiet.p99.toFixed(1));
      }
      const low = results.filter((result) => result.used / result.seconds < 0.6).length;
      return [...cells, String(all.reduce((sum, { errors }) => sum + errors, 0)), String(low)];
    });
    const note = `${values.rounds} rounds of ${values.seconds} s each, interleaved, medians; ${connections} connections, ${events} events of some 480 bytes a request; the stream is a null endpoint${values['latency-ms'] === '0' ? '' : ` that takes ${values['latency-ms']} ms`}. Node.js ${process.versions.node}${values['semi-space'] ? `, --max-semi-space-size=${values['semi-space']}` : ''}, ${cpus()[0]?.model.trim()}, one core for the server.`;
    const meanings = names.map((name) => [name, variants[name]?.what ?? '']);
    console.log(table(head, rows));
    console.log(`\n${meanings.map(([name, what]) => `${name}: ${what}`).join('\n')}\n${note}`);
    if (values.write) {
      const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(' | ')} |`;
      const shown = rows.map(([name = '', ...cells]) => [`${name}: ${variants[name]?.what}`, ...cells]);
      const markdown = [
        line(head),
        line(head.map((_, at) => (at === 0 ? '---' : '---:'))),
        ...shown.map(line),
        '',
        note,
      ];
      const text = insert(await readFile(docs, 'utf8'), 'bench:collector', markdown.join('\n'));
      if (text === undefined) throw new Failure('docs/performance.md has no <!-- bench:collector -->.');
      await writeFile(docs, text);
    }
  } finally {
    await Promise.all(
      children.map(
        (child) =>
          new Promise((resolve) => {
            if (child.exitCode !== null || child.signalCode !== null) return resolve(undefined);
            child.removeAllListeners('exit').once('exit', resolve);
            child.kill();
            setTimeout(() => child.kill('SIGKILL'), 10_000).unref();
          }),
      ),
    );
    await rm(folder, { recursive: true, force: true });
  }
  for (const name of values.profile ? names : []) {
    const parts = await shares(join(values.profile ?? '', `${name}.cpuprofile`));
    console.log(`\nWhere the time of ${name} goes:`);
    console.log(
      table(
        ['', 'share'],
        parts.map(([what, share]) => [what, `${(share * 100).toFixed(0)} %`]),
      ),
    );
  }
});
