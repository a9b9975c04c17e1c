// @ts-check
// Proves that the packages work for those who install them: packed as npm would publish them, and used from projects
// outside of the repository. Needs no network.
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { flags } from './lib/flags.mjs';
import { Failure, main, must, npm, root, tool, withTemporaryFolder } from './lib/run.mjs';
import { sizeOf } from './lib/size.mjs';
import { count } from './lib/table.mjs';

const help = `Usage: node scripts/packages.mjs

Packs @rastro/tracker and @rastro/collector as they are built, checks the tarballs with publint and Are the Types
Wrong, installs each in a new project, and imports, type-checks and bundles them there.
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

/** @param {string} folder */
async function checkCollector(folder) {
  const { tarball, manifest, modules } = await pack('collector', folder);
  const project = join(folder, 'server');
  // Playwright's own types speak of the DOM; no other part of the collector does.
  const kit = `${manifest.name}/playwright`;
  await writeProject(project, { 'all.ts': importAll(modules.filter((name) => name !== kit)) });
  // npm would ask the registry for its dependencies. So it is unpacked as npm does, beside links to the repository's
  // copies of what it declares: what it uses and does not declare is missing here as well.
  const home = join(project, 'node_modules', manifest.name);
  await mkdir(home, { recursive: true });
  await must('unpacking the collector', 'tar', ['-xzf', tarball, '--strip-components=1', '-C', home]);
  const link = async (/** @type {string} */ name) => {
    const source = [join(root, 'packages/collector/node_modules', name), join(root, 'node_modules', name)].find(
      existsSync,
    );
    if (!source) throw new Failure(`${manifest.name} needs ${name}, which is not installed. Run: npm ci`);
    await mkdir(dirname(join(project, 'node_modules', name)), { recursive: true });
    await symlink(source, join(project, 'node_modules', name), 'junction');
  };
  for (const name of Object.keys(manifest.dependencies ?? {})) await link(name);
  await runModule('importing the collector without its peers', `await import('${manifest.name}');`, project);
  done(`imports in Node without its peers: ${manifest.name}`);

  for (const name of [...Object.keys(manifest.peerDependencies ?? {}), '@types/node']) await link(name);
  await runModule(
    'importing the collector',
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
  await writeProject(project, { 'all.ts': importAll([kit]) });
  await typeCheck(project, 'nodenext', { lib: ['ES2022', 'DOM'], types: ['node'], skipLibCheck: false });
}

await main(async () => {
  if (!flags(help)) return;
  await withTemporaryFolder(async (folder) => {
    await checkTracker(folder);
    await checkCollector(folder);
  });
});
