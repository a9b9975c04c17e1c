// @ts-check
// Proves that the packages work for those who install them: packed as npm would publish them, and used from projects
// outside of the repository. Needs no network.
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { flags } from './lib/flags.mjs';
import { Failure, main, must, npm, root, run, tool, withTemporaryFolder } from './lib/run.mjs';
import { sizeOf } from './lib/size.mjs';
import { count } from './lib/table.mjs';

const help = `Usage: node scripts/packages.mjs

Packs @rastro/tracker, @rastro/collector and @rastro/pipeline as they are built, checks the tarballs with publint and Are
the Types Wrong, installs each in a new project, and imports, type-checks and bundles them there.
`;

/**
 * @typedef {object} Manifest What is read of a package.json.
 * @property {string} name
 * @property {Record<string, unknown>} exports
 * @property {Record<string, string>} [bin]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [peerDependencies]
 *
 * @typedef {object} Installed
 * @property {string} project The folder of the project that has it in node_modules.
 * @property {Manifest} manifest
 * @property {string[]} modules What can be imported: '@rastro/tracker', '@rastro/tracker/debug'.
 */

/** @param {string} line */
const done = (line) => console.log(`  ${line}`);

/**
 * Packs a workspace and checks the tarball.
 *
 * @param {string} workspace
 * @param {string} folder
 * @returns {Promise<{ tarball: string, manifest: Manifest, modules: string[] }>}
 */
async function pack(workspace, folder) {
  const cwd = join(root, 'packages', workspace);
  const args = ['pack', '--json', '--loglevel=error', '--ignore-scripts', '--pack-destination', folder];
  const { stdout } = await must(`packing ${workspace}`, ...npm(args), { cwd });
  /** @type {[{ filename: string, size: number, files: { path: string }[] }]} */
  const [{ filename, size, files }] = JSON.parse(stdout);
  const tarball = join(folder, filename);
  /** @type {Manifest} */
  const manifest = JSON.parse(await readFile(join(cwd, 'package.json'), 'utf8'));
  console.log(`\n${manifest.name}`);
  done(`packed: ${files.length} files, ${count(size)} B`);

  await must(`publint of ${workspace}`, process.execPath, [tool('publint'), 'run', tarball, '--strict']);
  done('publint: no complaint');

  // Entries without types are files for a page (rastro.js), not modules.
  const entries = Object.entries(manifest.exports);
  const isModule = (/** @type {unknown} */ target) =>
    typeof target === 'object' && target !== null && 'types' in target;
  const assets = entries.filter(([path, target]) => !isModule(target) && path !== './package.json');
  const exclude = assets.length > 0 ? ['--exclude-entrypoints', ...assets.map(([path]) => path)] : [];
  await must(`Are the Types Wrong of ${workspace}`, process.execPath, [
    tool('@arethetypeswrong/cli'),
    tarball,
    '--profile',
    'esm-only',
    '--format',
    'ascii',
    ...exclude,
  ]);
  done('Are the Types Wrong (esm-only): no problem');
  const modules = entries.filter(([, target]) => isModule(target)).map(([path]) => manifest.name + path.slice(1));
  return { tarball, manifest, modules };
}

/**
 * @param {string} folder
 * @param {Record<string, string>} files
 */
async function writeProject(folder, files) {
  const all = { 'package.json': JSON.stringify({ name: 'app', private: true, type: 'module' }), ...files };
  for (const [path, text] of Object.entries(all)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/**
 * Runs a module in a process of its own, which must print nothing and end by itself.
 *
 * @param {string} what
 * @param {string} code
 * @param {string} project
 */
async function runModule(what, code, project) {
  const args = ['--input-type=module', '--eval', code];
  // Node's own warnings, about its version or the terminal's colours, are not the package's.
  const env = { NODE_NO_WARNINGS: '1' };
  const { output } = await must(what, process.execPath, args, { cwd: project, env, limitMs: 20_000 });
  if (output) throw new Failure(`${what} printed:\n${output}`);
}

/**
 * @param {string} project
 * @param {'bundler' | 'nodenext'} moduleResolution
 * @param {{ lib: string[], types: string[], skipLibCheck: boolean }} options
 */
async function typeCheck(project, moduleResolution, options) {
  const compilerOptions = {
    ...options,
    strict: true,
    exactOptionalPropertyTypes: true,
    target: 'ES2022',
    module: moduleResolution === 'bundler' ? 'ESNext' : 'NodeNext',
    moduleResolution,
    noEmit: true,
  };
  const config = `tsconfig.${moduleResolution}.json`;
  await writeFile(join(project, config), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  const what = `type-checking with moduleResolution ${moduleResolution}`;
  await must(what, process.execPath, [tool('typescript', 'tsc'), '-p', config], { cwd: project });
  done(`types with moduleResolution ${moduleResolution}`);
}

/** @param {readonly string[]} modules */
const importAll = (modules) =>
  modules.map((name, index) => `import * as module${index} from '${name}';\nvoid module${index};\n`).join('');

/** @param {string} folder */
async function checkTracker(folder) {
  const { tarball, manifest, modules } = await pack('tracker', folder);
  const project = join(folder, 'shop');
  await writeProject(project, {
    'use.ts': `import { createTracker } from '@rastro/tracker';
import { attributes } from '@rastro/tracker/attributes';
import { pageViews } from '@rastro/tracker/page-views';
const tracker = createTracker({ endpoint: 'https://shop.example/e', key: 'demo' });
tracker.view({ product_id: '44600062', price: 72.93, currency: 'BRL' });
tracker.cart({ product_id: '44600062', price: '72.93', quantity: 2 });
tracker.purchase({ order_id: 'A-1', currency: 'BRL', items: [{ product_id: '44600062', price: 72.93 }] });
// @ts-expect-error A decimal comma is no price.
tracker.view({ product_id: '44600062', price: '72,93' });
// @ts-expect-error A number loses the digits of a long id.
tracker.view({ product_id: 44600062 });
tracker.use(attributes());
tracker.use(pageViews({ product: (url) => ({ product_id: url.pathname }) }));
// @ts-expect-error A purchase has an order.
tracker.purchase({ items: [{ product_id: '44600062' }] });
`,
    'all.ts': importAll(modules),
    'index.html': '<!doctype html><title>Shop</title><script type="module" src="./main.js"></script>',
    'main.js': `import { createTracker } from '@rastro/tracker';
createTracker({ endpoint: '/e', key: 'demo' }).view({ product_id: '44600062' });
`,
  });
  // What it depends on comes from the repository's copy, as the registry would give it.
  const names = Object.keys(manifest.dependencies ?? {});
  for (const name of names) {
    const args = ['pack', join(root, 'node_modules', name), '--ignore-scripts', '--pack-destination', project];
    await must(`packing ${name}`, ...npm(args), { cwd: project });
  }
  const dependencies = (await readdir(project))
    .filter((name) => name.endsWith('.tgz'))
    .map((name) => join(project, name));
  const install = ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', tarball, ...dependencies];
  await must('installing the tracker in a new project', ...npm(install), { cwd: project });
  const brought = (await readdir(join(project, 'node_modules'))).filter((name) => !/^[.@]/.test(name));
  if (brought.join() !== names.join()) throw new Failure(`The tracker brings ${brought}, and declares ${names}.`);
  done(`installs, and brings ${names.join(', ')} alone`);

  await runModule(
    'importing the tracker in Node, as a server that renders pages does',
    `const before = new Set(Reflect.ownKeys(globalThis));
const { createTracker } = await import('@rastro/tracker');
if (typeof createTracker !== 'function') throw new Error('createTracker is ' + typeof createTracker);
${modules.map((name) => `await import('${name}');`).join('\n')}
const added = Reflect.ownKeys(globalThis).filter((key) => !before.has(key));
if (added.length > 0) throw new Error('The import added globals: ' + added.join(', '));`,
    project,
  );
  done(`imports in Node without any effect: ${modules.join(', ')}`);
  await runModule(
    'creating a tracker in Node, as a server that renders pages does',
    `const { createTracker } = await import('@rastro/tracker');
globalThis.fetch = () => { throw new Error('The tracker sent something from a server.'); };
const tracker = createTracker({ endpoint: 'https://shop.example/e', key: 'demo' });
tracker.view({ product_id: '44600062' });`,
    project,
  );
  done('does nothing on a server that renders pages');

  for (const moduleResolution of /** @type {const} */ (['bundler', 'nodenext'])) {
    await typeCheck(project, moduleResolution, { lib: ['ES2022', 'DOM'], types: [], skipLibCheck: false });
  }
  const { raw, brotli } = sizeOf(await viteBuild(project));
  done(`Vite builds an app with it: ${count(raw)} B, ${count(brotli)} B as Brotli`);
}

/**
 * @param {string} project
 * @returns {Promise<string>} The app's scripts.
 */
async function viteBuild(project) {
  // The Vite that Vitest brings.
  const path = createRequire(tool('vitest')).resolve('vite');
  /** @type {typeof import('vite')} */
  const { build } = await import(pathToFileURL(path).href);
  const result = await build({
    root: project,
    configFile: false,
    logLevel: 'error',
    build: { write: false, modulePreload: false },
  });
  if (Array.isArray(result) || !('output' in result)) throw new Failure('Vite built something other than one app.');
  return result.output.map((file) => (file.type === 'chunk' ? file.code : '')).join('\n');
}

/**
 * A package for Node.js: imported without and with its optional peers, its commands asked for help, its types checked.
 *
 * @param {'collector' | 'pipeline'} workspace
 * @param {string} folder
 * @param {object} [options]
 * @param {string[]} [options.withDom] Subpaths whose types speak of the DOM; no other may.
 * @param {Record<string, readonly string[]>} [options.withoutPeers] Commands of a bin whose help needs no peer.
 * @param {readonly { args: readonly string[], peers: readonly string[], missing: string }[]} [options.refusals] Command
 *   lines with these peers (and those of the lines before), and the package that they name as missing.
 * @param {readonly { tarball: string, manifest: Manifest }[]} [options.neighbours] Packed already.
 * @returns {Promise<{ tarball: string, manifest: Manifest }>}
 */
async function checkServerPackage(
  workspace,
  folder,
  { withDom = [], withoutPeers = {}, refusals = [], neighbours = [] } = {},
) {
  const packed = await pack(workspace, folder);
  const { tarball, manifest, modules } = packed;
  const project = join(folder, `uses-${workspace}`);
  const browserLike = withDom.map((path) => manifest.name + path);
  await writeProject(project, { 'all.ts': importAll(modules.filter((name) => !browserLike.includes(name))) });
  // npm would ask the registry for its dependencies. So it is unpacked as npm does, beside links to the repository's
  // copies of what it declares: what it uses and does not declare is missing here as well.
  const home = join(project, 'node_modules', manifest.name);
  const unpack = async (/** @type {string} */ from, /** @type {string} */ to) => {
    await mkdir(to, { recursive: true });
    await must(`unpacking ${from}`, 'tar', ['-xzf', from, '--strip-components=1', '-C', to]);
  };
  const link = async (/** @type {string} */ name) => {
    const source = [workspace, 'collector']
      .map((folder) => join(root, 'packages', folder, 'node_modules', name))
      .concat(join(root, 'node_modules', name))
      .find(existsSync);
    if (!source) throw new Failure(`${manifest.name} needs ${name}, which is not installed. Run: npm ci`);
    const target = join(project, 'node_modules', name);
    if (existsSync(target)) return;
    await mkdir(dirname(target), { recursive: true });
    await symlink(source, target, 'junction');
  };
  await unpack(tarball, home);
  for (const name of Object.keys(manifest.dependencies ?? {})) {
    const neighbour = neighbours.find((one) => one.manifest.name === name);
    if (!neighbour) {
      await link(name);
      continue;
    }
    // As published, too: behind a link it would find the repository's peers.
    await unpack(neighbour.tarball, join(project, 'node_modules', name));
    for (const dependency of Object.keys(neighbour.manifest.dependencies ?? {})) await link(dependency);
  }
  await runModule(`importing the ${workspace} without its peers`, `await import('${manifest.name}');`, project);
  done(`imports in Node without its peers: ${manifest.name}`);

  const execute = (/** @type {string} */ name, /** @type {readonly string[]} */ args) => {
    const file = manifest.bin?.[name] ?? '';
    return run(process.execPath, [join(home, file), ...args], { cwd: project, capture: true, limitMs: 20_000 });
  };
  for (const [name, commands] of Object.entries(withoutPeers)) {
    for (const command of commands) {
      const { code, output } = await execute(name, [command, '--help']);
      if (code !== 0) throw new Failure(`${name} ${command} --help ended with ${code} without peers:\n${output}`);
    }
    done(`${name} COMMAND --help without its peers: ${commands.join(', ')}`);
  }
  for (const {
    args: [name = '', ...args],
    peers,
    missing,
  } of refusals) {
    for (const peer of peers) await link(peer);
    const { code, output } = await execute(name, args);
    const said = `needs the package ${missing}, which is not installed. Run: npm install ${missing}`;
    if (code !== 1 || !output.trim().endsWith(said) || output.trim().includes('\n'))
      throw new Failure(`${name} ${args.join(' ')} without ${missing} ended with ${code}:\n${output}`);
    done(`${name} ${args[0]} without ${missing} says so`);
  }

  for (const name of [...Object.keys(manifest.peerDependencies ?? {}), '@types/node']) await link(name);
  await runModule(
    `importing the ${workspace}`,
    modules
      .map((name) => `if (!Object.keys(await import('${name}')).length) throw new Error('${name} exports nothing');`)
      .join('\n'),
    project,
  );
  done(`imports in Node: ${modules.join(', ')}`);
  for (const [name, file] of Object.entries(manifest.bin ?? {})) {
    await must(`${name} --help`, process.execPath, [join(home, file), '--help'], { cwd: project, limitMs: 20_000 });
    done(`${name} --help`);
  }
  await typeCheck(project, 'nodenext', { lib: ['ES2022'], types: ['node'], skipLibCheck: false });
  if (browserLike.length === 0) return packed;
  await writeProject(project, { 'all.ts': importAll(browserLike) });
  await typeCheck(project, 'nodenext', { lib: ['ES2022', 'DOM'], types: ['node'], skipLibCheck: false });
  return packed;
}

await main(async () => {
  if (!flags(help)) return;
  await withTemporaryFolder(async (folder) => {
    await checkTracker(folder);
    // Playwright's own types speak of the DOM.
    const collector = await checkServerPackage('collector', folder, { withDom: ['/playwright'] });
    const bin = 'rastro-pipeline';
    const onStream = [bin, 'run', '--stream', 's', '--region', 'us-east-1', '--endpoint', 'http://127.0.0.1:1'];
    const counting = ['--counts-stream', 'c', '--counts-table', 'counts'];
    await checkServerPackage('pipeline', folder, {
      neighbours: [collector],
      withoutPeers: { [bin]: ['run', 'query', 'report', 'compact'] },
      refusals: [
        { args: [bin, 'query', 'SELECT 1', '--athena-database', 'd'], peers: [], missing: '@aws-sdk/client-athena' },
        { args: onStream, peers: ['@smithy/node-http-handler'], missing: '@aws-sdk/client-kinesis' },
        { args: [...onStream, '--port', '0'], peers: ['@aws-sdk/client-kinesis'], missing: 'fastify' },
        { args: [...onStream, ...counting], peers: [], missing: '@aws-sdk/client-dynamodb' },
        {
          args: [...onStream, ...counting, '--alert-topic', 'arn:aws:sns:us-east-1:123456789012:t'],
          peers: ['@aws-sdk/client-dynamodb'],
          missing: '@aws-sdk/client-sns',
        },
      ],
    });
  });
});
