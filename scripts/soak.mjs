// @ts-check
// `npm run soak`: whether the collector takes the same load for a long time with the same memory.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startEmbeddedKinesis } from '@rastro/collector/dev';
import { createCollectorProcess, freePort } from './lib/durability/collector-process.mjs';
import { collectorCommand } from './lib/durability/world.mjs';
import { insert } from './lib/markers.mjs';
import { createProgress } from './lib/progress.mjs';
import { Failure, main, npm, root, run } from './lib/run.mjs';
import { chart } from './lib/soak/chart.mjs';
import { createStretch, soakTable } from './lib/soak/minutes.mjs';
import { eventsPerRequest, startOpenLoop } from './lib/soak/open-loop.mjs';
import { sampleProcess } from './lib/soak/process-sample.mjs';

const help = `Usage: npm run soak -- [--minutes N] [--rate N] [--embedded] [--latency-ms N] [--write] [--no-build] [-- argument ...]

Sends events to the collector at a steady rate, whatever it answers, and prints for each minute how long answers took
and what memory it had. Behind it is a null endpoint, which speaks the protocol of Kinesis and keeps nothing. The
collector has a core of its own where taskset and a second core are there. Fails when a request does.

  --minutes N      default: 10
  --rate N         events a second, ${eventsPerRequest} to a request (default: 5000)
  --embedded       an embedded Kinesis instead of the null endpoint: it keeps all records in memory, and is slow
  --latency-ms N   of the null endpoint's answers (default: 10)
  --write          put the table into docs/operations.md, between <!-- soak --> and <!-- /soak -->, and the graph into
                   docs/images/soak.svg; else the graph is test-results/soak.svg
  --no-build       try what is built already
  --               what follows goes to the collector
`;
const docs = join(root, 'docs/operations.md');
const nullEndpoint = join(root, 'bench/collector/null-kinesis.mjs');
const region = 'us-east-1';
const streams = ['events', 'dead-letters'];
const sampleMs = 2_000;
const endLimitMs = 25_000;

/** @param {readonly string[]} argv */
function parse(argv) {
  const split = argv.indexOf('--');
  try {
    const { values } = parseArgs({
      args: split < 0 ? [...argv] : argv.slice(0, split),
      options: {
        minutes: { type: 'string', default: '10' },
        rate: { type: 'string', default: '5000' },
        'latency-ms': { type: 'string', default: '10' },
        embedded: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
        'no-build': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const number = (/** @type {'minutes' | 'rate' | 'latency-ms'} */ name, /** @type {number} */ least) => {
      const value = Number(values[name]);
      if (!(value >= least)) throw new Error(`--${name} must be a number from ${least}, got ${values[name]}`);
      return value;
    };
    return {
      ...values,
      minutes: number('minutes', 0.1),
      rate: number('rate', eventsPerRequest),
      latencyMs: number('latency-ms', 0),
      args: split < 0 ? [] : argv.slice(split + 1),
    };
  } catch (error) {
    throw new Failure(`${/** @type {Error} */ (error).message}\n${help.split('\n', 1)[0]}`, 2);
  }
}

/** Gives the last core to the collector, and the others to all else. @returns How to start a program on either side. */
async function cores() {
  const count = cpus().length;
  const able = count > 1 && (await run('taskset', ['--version'], { capture: true })).code === 0;
  if (!able) return { server: [], others: [], note: 'the collector shares its core' };
  const others = count === 2 ? '0' : `0-${count - 2}`;
  await run('taskset', ['-acp', others, String(process.pid)], { capture: true });
  return {
    server: ['taskset', '-c', String(count - 1)],
    others: ['taskset', '-c', others],
    note: 'a core for the collector alone',
  };
}

/**
 * @param {readonly string[]} pin
 * @param {number} latencyMs
 */
async function startNull(pin, latencyMs) {
  const [program = '', ...args] = [...pin, process.execPath, nullEndpoint, '--latency-ms', String(latencyMs)];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  const endpoint = `http://127.0.0.1:${JSON.parse(String(line)).port}`;
  return {
    endpoint,
    /** Records that came, whichever the stream. */
    records: async () => /** @type {{ records: number }} */ (await (await fetch(endpoint)).json()).records,
    async stop() {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

async function startEmbedded() {
  const kinesis = await startEmbeddedKinesis({ streams: streams.map((name) => ({ name, shards: 4 })) });
  return { endpoint: kinesis.endpoint, records: async () => undefined, stop: kinesis.stop };
}

/** @param {ReturnType<typeof parse>} options */
async function soak({ minutes, rate, embedded, latencyMs, args }) {
  const pins = await cores();
  const stream = embedded ? await startEmbedded() : await startNull(pins.others, latencyMs);
  const collector = createCollectorProcess({
    command: [...pins.server, ...collectorCommand],
    args: [
      ...['--stream', streams[0] ?? '', '--dead-letter-stream', streams[1] ?? ''],
      ...['--region', region, '--kinesis-endpoint', stream.endpoint, '--key', 'demo', ...args],
    ],
    port: await freePort(),
  });
  const progress = createProgress();
  try {
    await collector.start();
    const perMinute = createStretch(eventsPerRequest);
    const perSample = createStretch(eventsPerRequest);
    /** @type {Record<string, number>} */
    const statuses = {};
    const load = startOpenLoop({
      url: `${collector.url}/e`,
      rate,
      onAnswer(answer) {
        perMinute.add(answer);
        perSample.add(answer);
        statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      },
    });
    /** @type {import('./lib/soak/minutes.mjs').Minute[]} */
    const rows = [];
    /** @type {{ p50Ms: number, p99Ms: number, rssMb: number | undefined, heapMb: number | undefined }[]} */
    const samples = [];
    const startedAt = performance.now();
    const endAt = startedAt + minutes * 60_000;
    let rowAt = startedAt;
    let rowCpu = (await sampleProcess(collector.pid()))?.cpuSeconds ?? 0;
    const closeRow = async () => {
      const taken = await sampleProcess(collector.pid());
      const heapMb = await heapOf(collector);
      const now = performance.now();
      rows.push({
        minute: rows.length + 1,
        ...perMinute.take(),
        ...(taken ? { rssMb: taken.rssMb, cpu: (taken.cpuSeconds - rowCpu) / ((now - rowAt) / 1_000) } : {}),
        ...(heapMb === undefined ? {} : { heapMb }),
      });
      rowCpu = taken?.cpuSeconds ?? 0;
      rowAt = now;
    };
    for (let at = startedAt + sampleMs; at <= endAt + sampleMs / 2; at += sampleMs) {
      await sleep(Math.max(0, at - performance.now()));
      if (!collector.running()) throw new Failure(`The collector ended.\n${collector.crashes.join('\n')}`);
      const { p50Ms, p99Ms } = perSample.take();
      const taken = await sampleProcess(collector.pid());
      samples.push({ p50Ms, p99Ms, rssMb: taken?.rssMb, heapMb: await heapOf(collector) });
      if (at - startedAt >= (rows.length + 1) * 60_000) await closeRow();
      progress.show(
        `${Math.round((performance.now() - startedAt) / 1_000)} s of ${minutes * 60}; RSS ${Math.round(taken?.rssMb ?? 0)} MB, p99 ${Math.round(p99Ms)} ms`,
      );
    }
    if ((performance.now() - rowAt) / 1_000 > 5) await closeRow();
    progress.end();
    await load.stop();
    const ended = await collector.terminate(endLimitMs);
    return { rows, samples, statuses, records: await stream.records(), exitCode: ended?.code, note: pins.note };
  } finally {
    await collector.kill();
    await stream.stop();
  }
}

/** @param {import('./lib/durability/collector-process.mjs').CollectorProcess} collector */
async function heapOf(collector) {
  const bytes = await collector.metric('nodejs_heap_size_used_bytes');
  return bytes === undefined ? undefined : bytes / 1_048_576;
}

// The SDK announces on every start which Node.js its future versions need; the one used here is pinned.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

await main(async () => {
  const options = parse(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(help);
    return;
  }
  if (!options['no-build'] && (await run(...npm(['run', '--silent', 'build']))).code !== 0) {
    throw new Failure('The build failed: nothing was tried.');
  }
  const { rows, samples, statuses, records, exitCode, note } = await soak(options);
  const { minutes, rate, embedded, latencyMs, write } = options;

  const svg = chart(
    [
      {
        title: 'memory, MB',
        lines: [
          { name: 'RSS', color: '#3b82f6', values: samples.map(({ rssMb }) => rssMb) },
          { name: 'heap', color: '#d97706', values: samples.map(({ heapMb }) => heapMb) },
        ],
      },
      {
        title: 'time to answer, ms',
        lines: [
          { name: 'p99', color: '#dc2626', values: samples.map(({ p99Ms }) => p99Ms) },
          { name: 'p50', color: '#16a34a', values: samples.map(({ p50Ms }) => p50Ms) },
        ],
      },
    ],
    minutes,
  );
  const image = join(root, write ? 'docs/images/soak.svg' : 'test-results/soak.svg');
  await mkdir(dirname(image), { recursive: true });
  await writeFile(image, svg);

  const [cpu] = cpus();
  const behind = embedded
    ? 'an embedded Kinesis'
    : `a null endpoint that answers after ${latencyMs} ms and keeps nothing`;
  const text = `${soakTable(rows)}

${rate.toLocaleString('en-US')} events a second, ${eventsPerRequest} to a request, sent whatever is answered; behind the collector ${behind}; ${note}; Node.js ${process.versions.node}, ${cpus().length} × ${cpu?.model.trim()}.`;
  console.log(`${text}\n\nAnswers by status: ${JSON.stringify(statuses)}. Graph: ${relative(root, image)}.`);

  const accepted = (statuses['200'] ?? 0) * eventsPerRequest;
  if (records !== undefined)
    console.log(`Events acknowledged: ${accepted}; records the null endpoint was given: ${records}.`);
  const page = write && existsSync(docs) ? await readFile(docs, 'utf8') : '';
  const written = insert(page, 'soak', `${text}\n\n![Memory and time to answer](images/soak.svg)`);
  if (write && written === undefined) throw new Failure('docs/operations.md has no <!-- soak --><!-- /soak -->.');
  if (written !== undefined) {
    await writeFile(docs, written);
    console.log(`Wrote ${relative(root, docs)}.`);
  }

  const others = Object.keys(statuses).filter((status) => status !== '200');
  if (others.length > 0) throw new Failure(`Not every request was answered with 200: ${JSON.stringify(statuses)}`);
  if (accepted === 0) throw new Failure('Nothing was acknowledged.');
  if (records !== undefined && records < accepted) throw new Failure('Fewer records were written than acknowledged.');
  if (exitCode !== 0) throw new Failure(`The collector ended with ${exitCode} at SIGTERM.`);
});
