// Bundles what `tsc -b` emitted: each package as published needs nothing of its neighbours in this repository.
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import commonjs from '@rollup/plugin-commonjs';
import resolve from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import { dts } from 'rollup-plugin-dts';

const manifest = async (path) =>
  JSON.parse(await readFile(new URL(`packages/${path}/package.json`, import.meta.url), 'utf8'));
const tracker = 'packages/tracker/dist';
const collector = 'packages/collector/dist';
const pipeline = 'packages/pipeline/dist';

/** Everything a package declares stays an import; the schema, which is not published, becomes part of it. */
const externalOf = ({ dependencies = {}, peerDependencies = {} }) => {
  const names = [...Object.keys(dependencies), ...Object.keys(peerDependencies)];
  return (id) => id.startsWith('node:') || names.some((name) => id === name || id.startsWith(`${name}/`));
};
const fail = { onLog: (level, log, handler) => handler(level === 'warn' ? 'error' : level, log) };

/** One file each for the script tag, one subpath each for npm; those for npm share what they have in common. */
const plugins = [
  'adobe-commerce',
  'attributes',
  'cross-domain',
  'debug',
  'faststore',
  'ga4',
  'json-ld',
  'page-views',
  'salesforce',
  'shopify',
  'vtex',
  'web-vitals',
  'web-vitals-attribution',
  'woocommerce',
];
const trackerExternal = externalOf(await manifest('tracker'));
/** What is bundled keeps its licence. */
const webVitals = await readFile(new URL('node_modules/web-vitals/package.json', import.meta.url), 'utf8').then(
  JSON.parse,
);

const collectorEntries = [
  'index',
  'fastify',
  'lambda',
  'kinesis',
  'aggregates',
  'spool',
  'dev',
  'playwright',
  'vtex',
  'cli',
  'vtex-cli',
];
const collectorExternal = externalOf(await manifest('collector'));

const pipelineEntries = [
  'index',
  'reader',
  'lake',
  'windows',
  'lambda',
  'reports',
  'duckdb',
  'athena',
  'dashboard',
  'run',
  'dev',
  'cli',
];
const pipelineExternal = externalOf(await manifest('pipeline'));
/** Observable Plot and d3, ISC; what d3 and Plot bring is ISC, MIT or BSD. */
const plot = await readFile(new URL('node_modules/@observablehq/plot/package.json', import.meta.url), 'utf8').then(
  JSON.parse,
);
const inputs = (folder, names, extension) =>
  Object.fromEntries(names.map((name) => [name.replace('plugins/', ''), `${folder}/modules/${name}${extension}`]));

/**
 * For the script tag. Names that live inside the script alone become short: none of these is on the wire, in an option of
 * the page or of the browser. A test loads the result and an e2e suite runs it.
 */
const shortest = {
  ecma: 2020,
  compress: { passes: 3, unsafe: true, unsafe_arrows: true, pure_getters: true, keep_fargs: false },
  mangle: { properties: { regex: /^(maxEvents|flushIntervalMs|queryParams|maxStored)$/ } },
};

/**
 * One kind of declaration compresses better than two: some 25 bytes of the script. The compiler has checked what is
 * constant. Each is as long as what it replaces, so that the source map stays true.
 */
const onlyLet = {
  name: 'only-let',
  renderChunk: (code) => ({ code: code.replace(/\bconst (?=[\w{[$])/g, 'let   '), map: null }),
};

/** For plugins of the script tag: they meet the tracker by the names of its API, which stay. */
const shortestPlugin = { module: true, ecma: 2020, compress: { passes: 3, unsafe_arrows: true, keep_fargs: false } };

/** Types of the schema are copied into the packages that use them. */
const types = () => [
  {
    name: 'schema-types',
    resolveId: (id) =>
      id === '@rastro/schema'
        ? fileURLToPath(new URL('packages/schema/dist/modules/index.d.ts', import.meta.url))
        : null,
  },
  dts(),
];

/** Chunks are named after what they hold: those of an earlier build would be packed with today's. */
const clean = (folder, ending) => ({
  name: 'clean',
  async generateBundle() {
    const files = await readdir(folder).catch(() => []);
    for (const file of files.filter((name) => ending.test(name))) await rm(`${folder}/${file}`);
  },
});

/** As small as can be: done once here, not at each start of a server or of a function. */
const compress = async (file) => {
  const body = await readFile(file);
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_SIZE_HINT]: body.byteLength,
  };
  await writeFile(`${file}.br`, brotliCompressSync(body, { params }));
  await writeFile(`${file}.gz`, gzipSync(body, { level: constants.Z_BEST_COMPRESSION }));
};

/** Writes a page's files also in the form in which browsers get them. */
const compressed = (files) => ({
  name: 'compressed',
  async writeBundle() {
    for (const file of files) await compress(file);
  },
});

/** Copies files beside a bundle once it is written; scripts also in the form in which browsers get them. */
const copy = (files) => ({
  name: 'copy',
  async writeBundle() {
    for (const [from, to] of files) {
      await mkdir(dirname(to), { recursive: true });
      await copyFile(from, to);
      if (to.endsWith('.js')) await compress(to);
    }
  },
});

export default [
  { ...fail, input: `${tracker}/modules/index.js`, output: { file: `${tracker}/tracker.js`, format: 'es' } },
  {
    ...fail,
    input: `${tracker}/modules/script.js`,
    output: {
      file: `${tracker}/rastro.js`,
      format: 'iife',
      strict: false,
      plugins: [onlyLet, terser(shortest)],
    },
  },
  {
    ...fail,
    input: inputs(
      tracker,
      plugins.map((name) => `plugins/${name}`),
      '.js',
    ),
    external: trackerExternal,
    output: { dir: tracker, format: 'es', chunkFileNames: 'chunk-[name].js' },
    plugins: [clean(tracker, /^chunk-.*\.js$/)],
  },
  ...plugins.map((name) => ({
    ...fail,
    input: `${tracker}/modules/plugins/${name}.js`,
    output: {
      file: `${tracker}/plugins/${name}.js`,
      format: 'es',
      banner: ({ moduleIds }) =>
        moduleIds.some((id) => id.includes('node_modules/web-vitals/'))
          ? `/*! web-vitals ${webVitals.version}, Copyright 2020 Google LLC, ${webVitals.license} */`
          : '',
      plugins: [
        // The pixel has the budget of a tracker, and is made as small as one.
        name === 'shopify' && onlyLet,
        terser({
          ...shortestPlugin,
          compress: { ...shortestPlugin.compress, unsafe: name === 'shopify', hoist_funs: name === 'shopify' },
          format: { comments: /^!/ },
        }),
      ],
    },
    plugins: [resolve()],
  })),
  {
    ...fail,
    input: {
      tracker: `${tracker}/modules/index.d.ts`,
      ...inputs(
        tracker,
        plugins.map((name) => `plugins/${name}`),
        '.d.ts',
      ),
    },
    external: trackerExternal,
    output: { dir: tracker, chunkFileNames: 'chunk-[name].d.ts' },
    plugins: [clean(tracker, /^chunk-.*\.d\.ts$/), ...types()],
  },
  {
    ...fail,
    input: inputs(collector, collectorEntries, '.js'),
    external: collectorExternal,
    output: { dir: collector, format: 'es', chunkFileNames: 'chunk-[name].js' },
    plugins: [
      clean(collector, /\.js$/),
      resolve(),
      copy([
        [`${tracker}/rastro.js`, `${collector}/rastro.js`],
        ...plugins.map((name) => [`${tracker}/plugins/${name}.js`, `${collector}/rastro/${name}.js`]),
        ['packages/collector/live/index.html', `${collector}/live/index.html`],
        ['packages/collector/live/live.css', `${collector}/live/live.css`],
      ]),
    ],
  },
  {
    ...fail,
    input: inputs(
      collector,
      collectorEntries.filter((name) => !name.endsWith('cli')),
      '.d.ts',
    ),
    external: collectorExternal,
    output: { dir: collector, chunkFileNames: 'chunk-[name].d.ts' },
    plugins: [clean(collector, /\.d\.ts$/), ...types()],
  },
  {
    ...fail,
    input: inputs(pipeline, pipelineEntries, '.js'),
    external: pipelineExternal,
    output: { dir: pipeline, format: 'es', chunkFileNames: 'chunk-[name].js' },
    plugins: [
      clean(pipeline, /\.js$/),
      resolve(),
      copy(
        ['index.html', 'dashboard.css'].map((name) => [
          `packages/pipeline/dashboard/${name}`,
          `${pipeline}/dashboard/${name}`,
        ]),
      ),
    ],
  },
  {
    ...fail,
    input: inputs(
      pipeline,
      pipelineEntries.filter((name) => name !== 'cli'),
      '.d.ts',
    ),
    external: pipelineExternal,
    output: { dir: pipeline, chunkFileNames: 'chunk-[name].d.ts' },
    plugins: [clean(pipeline, /\.d\.ts$/), ...types()],
  },
  {
    // d3's modules import one another in circles, knowingly.
    onLog: (level, log, handler) =>
      log.code === 'CIRCULAR_DEPENDENCY' && log.message.includes('node_modules')
        ? undefined
        : fail.onLog(level, log, handler),
    input: `${pipeline}/page/dashboard.js`,
    output: {
      file: `${pipeline}/dashboard/dashboard.js`,
      format: 'es',
      banner: `/*! @observablehq/plot ${plot.version}, Copyright 2020-2023 Observable, Inc., ISC; d3, Copyright 2010-2023 Mike Bostock, ISC */`,
      plugins: [terser({ module: true, ecma: 2020, format: { comments: /^!/ } })],
    },
    plugins: [
      resolve({ browser: true }),
      commonjs(),
      compressed(['dashboard.js', 'dashboard.css', 'index.html'].map((name) => `${pipeline}/dashboard/${name}`)),
    ],
  },
];
