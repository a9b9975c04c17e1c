// @ts-check
// `npm run size`: what the tracker costs a page, against packages/tracker/size-limits.json and what the README claims.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import { rollup } from 'rollup';
import { loadConfigFile } from 'rollup/loadConfigFile';
import { flags } from './lib/flags.mjs';
import { measureFunction } from './lib/function.mjs';
import { Failure, indent, main, root } from './lib/run.mjs';
import { bytesPerModule, overLimit, sizeOf, updateClaims } from './lib/size.mjs';
import { table } from './lib/table.mjs';

const help = `Usage: npm run size -- [--json] [--readme] [--write] [--function]

Prints the bytes of what a page loads, raw, gzip -9 and Brotli 11, and where they come from:
  rastro.js   the script tag's file, packages/tracker/dist/rastro.js
  esm         a bundle of { createTracker } from '@rastro/tracker', as an app ships it
  plugins/*   a plugin's file for the script tag, packages/tracker/dist/plugins
Fails when one is over its limit in packages/tracker/size-limits.json.

  --json      print the same as JSON
  --readme    fail also when a Markdown file claims another size
  --function  print also what the ready-made Lambda handler weighs as one bundle, of what, and how long its cold start
              takes on this machine: nothing fails by it
  --write     write today's sizes into the Markdown files, between markers such as
              <!-- size:rastro.js --><!-- /size --> or <!-- size:esm:gzip --><!-- /size -->
`;

// Its types describe the CommonJS build.
const minify = /** @type {typeof terser.default} */ (/** @type {unknown} */ (terser));
const tracker = join(root, 'packages/tracker');
const script = join(tracker, 'dist/rastro.js');

/** What an app ships that imports the tracker and nothing else. */
async function bundleAsApp() {
  const entry = 'app';
  const bundle = await rollup({
    input: entry,
    plugins: [
      {
        name: 'app',
        resolveId: (id) => (id === entry ? id : undefined),
        load: (id) => (id === entry ? `export { createTracker } from '@rastro/tracker';` : undefined),
      },
      nodeResolve({ browser: true, rootDir: root }),
      minify({ module: true }),
    ],
    onwarn: (warning) => {
      throw new Failure(`Bundling @rastro/tracker: ${warning.message}`);
    },
  });
  const { output } = await bundle.generate({ format: 'es' });
  return output[0].code;
}

/**
 * The script tag's file, made again in memory exactly as the build makes it, with the map that a page does not get.
 *
 * @returns {Promise<{ code: string, modules: ReturnType<typeof bytesPerModule> }>}
 */
async function bundleAsScript() {
  const { options } = await loadConfigFile(join(root, 'rollup.config.mjs'), {});
  for (const config of options) {
    const output = config.output.find(({ file }) => file && resolve(root, file) === script);
    if (!output) continue;
    const bundle = await rollup(config);
    const [chunk] = (await bundle.generate({ ...output, sourcemap: 'hidden' })).output;
    if (!chunk.map) throw new Failure('rollup.config.mjs: a plugin drops the source map of rastro.js.');
    return { code: chunk.code, modules: bytesPerModule(chunk.code, chunk.map) };
  }
  throw new Failure('rollup.config.mjs writes no packages/tracker/dist/rastro.js.');
}

/** @returns {Promise<Record<string, import('./lib/size.mjs').Size>>} By name: `plugins/debug`. */
async function pluginSizes() {
  const folder = join(tracker, 'dist/plugins');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.js')).sort();
  const sizes = names.map(
    async (name) =>
      /** @type {const} */ ([`plugins/${name.slice(0, -3)}`, sizeOf(await readFile(join(folder, name), 'utf8'))]),
  );
  return Object.fromEntries(await Promise.all(sizes));
}

/** README.md of the repository and of each package, and docs/. */
async function markdownFiles() {
  const packages = await readdir(join(root, 'packages'));
  const docs = await readdir(join(root, 'docs'), { recursive: true }).catch(() => []);
  const files = ['README.md', ...packages.map((name) => `packages/${name}/README.md`)];
  return [...files, ...docs.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)];
}

async function printFunction() {
  const { size, packages, coldStart } = await measureFunction(5);
  const { load, first, second } = coldStart;
  const ms = (/** @type {number} */ value) => `${Math.round(value)} ms`;
  const start = [`${ms(load)} to load`, `${ms(first)} first invocation`, `${ms(second)} second`].join(', ');
  console.log(`\n${table(['Lambda handler', 'raw', 'gzip', 'Brotli'], [['bytes', size.raw, size.gzip, size.brotli]])}`);
  console.log(`Cold start on this machine, median of 5: ${start}`);
  const shares = packages
    .slice(0, 8)
    .map(({ module, bytes, share }) => [module, bytes, `${(share * 100).toFixed(1)} %`]);
  console.log(`\n${table(['Lambda handler by package', 'bytes, not minified', 'share'], shares)}`);
}

await main(async () => {
  const values = flags(help, ['json', 'readme', 'write', 'function']);
  if (!values) return;
  process.chdir(root);
  const built = await readFile(script, 'utf8').catch(() => {
    throw new Failure('packages/tracker/dist/rastro.js is missing. Run: npm run build');
  });
  const { code, modules } = await bundleAsScript();
  if (code.trim() !== built.trim()) {
    throw new Failure('packages/tracker/dist/rastro.js is not what the sources give today. Run: npm run build');
  }
  const sizes = { 'rastro.js': sizeOf(built), esm: sizeOf(await bundleAsApp()), ...(await pluginSizes()) };
  /** @type {Record<string, Partial<import('./lib/size.mjs').Size>>} */
  const limits = JSON.parse(await readFile(join(tracker, 'size-limits.json'), 'utf8'));

  if (values.json) {
    console.log(JSON.stringify({ sizes, limits, modules }, null, 2));
  } else {
    const rows = Object.entries(sizes).map(([name, { raw, gzip, brotli }]) => {
      const limit = limits[name]?.brotli;
      return [name, raw, gzip, brotli, limit ?? 'none'];
    });
    console.log(table(['bytes', 'raw', 'gzip', 'Brotli', 'limit (Brotli)'], rows));
    const shares = modules.map(({ module, bytes, share }) => [module, bytes, `${(share * 100).toFixed(1)} %`]);
    console.log(`\n${table(['rastro.js by module', 'bytes', 'share'], shares)}`);
  }

  if (values.function) await printFunction();

  const problems = overLimit(sizes, limits);
  if (values.readme || values.write) {
    for (const file of await markdownFiles()) {
      const before = await readFile(file, 'utf8').catch(() => '');
      const { text, stale } = updateClaims(before, sizes);
      if (values.write && text !== before) {
        await writeFile(file, text);
        console.error(`Wrote ${file}`);
      } else {
        problems.push(...stale.map((line) => `${file}: ${line}. Run: npm run size -- --write`));
      }
    }
  }
  if (problems.length > 0) throw new Failure(`\nSizes:\n${indent(problems.join('\n'))}`);
});
