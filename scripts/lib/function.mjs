// @ts-check
// What a Lambda function weighs that is the ready-made handler and nothing else, and how long its cold start takes here.
import { copyFile, cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startEmbeddedKinesis } from '@rastro/collector/dev';
import { Failure, must, root, withTemporaryFolder } from './run.mjs';
import { sizeOf } from './size.mjs';

const dist = join(root, 'packages/collector/dist');
const streams = ['events', 'letters'];

/**
 * @typedef {object} FunctionSize
 * @property {import('./size.mjs').Size} size Of the bundle, without the tracker's script beside it.
 * @property {{ module: string, bytes: number, share: number }[]} packages What it is made of, before it is minified; largest first.
 * @property {ColdStart} coldStart Medians.
 *
 * @typedef {object} ColdStart Unit: ms.
 * @property {number} load `import()` of the bundle.
 * @property {number} first The first invocation: one event, put on a Kinesis on this machine.
 * @property {number} second The next, for comparison.
 */

/**
 * @param {number} runs Processes started for the times.
 * @returns {Promise<FunctionSize>}
 */
export async function measureFunction(runs) {
  return withTemporaryFolder(async (folder) => {
    const { code, packages } = await bundle();
    const file = join(folder, 'index.mjs');
    await writeFile(file, code);
    // A deployment has them beside the bundle, where the collector looks for them.
    await copyFile(join(dist, 'rastro.js'), join(folder, 'rastro.js'));
    await cp(join(dist, 'rastro'), join(folder, 'rastro'), { recursive: true });
    return { size: sizeOf(code), packages, coldStart: await startCold(file, runs) };
  });
}

/** One file of everything, minified, as esbuild or Rolldown make it for a function on Node.js 20. */
async function bundle() {
  // It comes with Vitest. Rollup would need a plugin for the packages that are CommonJS.
  const { rolldown } = await import('rolldown').catch(() => {
    throw new Failure('rolldown, which comes with Vitest, is not installed. Run: npm ci');
  });
  const made = await rolldown({ input: join(dist, 'lambda.js'), platform: 'node', logLevel: 'silent' });
  const { output } = await made.generate({ format: 'esm', minify: true, codeSplitting: false });
  const [{ code, modules }] = output;
  /** @type {Map<string, number>} */
  const sums = new Map();
  for (const [id, { renderedLength }] of Object.entries(modules)) {
    const module = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)?.[1] ?? '@rastro/collector';
    sums.set(module, (sums.get(module) ?? 0) + renderedLength);
  }
  const total = [...sums.values()].reduce((sum, bytes) => sum + bytes, 0);
  const packages = [...sums]
    .map(([module, bytes]) => ({ module, bytes, share: bytes / total }))
    .sort((a, b) => b.bytes - a.bytes);
  return { code, packages };
}

/**
 * @param {string} file
 * @param {number} runs
 * @returns {Promise<ColdStart>}
 */
async function startCold(file, runs) {
  // The SDK announces at every start which Node.js its future versions need.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const kinesis = await startEmbeddedKinesis({ streams: streams.map((name) => ({ name, shards: 1 })) });
  try {
    /** @type {ColdStart[]} */
    const found = [];
    for (let run = 0; run < runs; run++) {
      const { stdout } = await must(
        'A cold start',
        process.execPath,
        [join(root, 'scripts/lib/function-child.mjs'), file],
        {
          env: {
            KINESIS_STREAM: streams[0],
            DEAD_LETTER_STREAM: streams[1],
            KINESIS_ENDPOINT: kinesis.endpoint,
            AWS_REGION: kinesis.region,
            RASTRO_KEYS: 'demo',
          },
        },
      );
      found.push(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
    }
    const median = (/** @type {keyof ColdStart} */ name) =>
      found.map((one) => one[name]).sort((a, b) => a - b)[runs >> 1] ?? 0;
    return { load: median('load'), first: median('first'), second: median('second') };
  } finally {
    await kinesis.stop();
  }
}
