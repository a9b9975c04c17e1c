// @ts-check
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import { rollup } from 'rollup';
import { Failure, must, npm, root } from '../../../scripts/lib/run.mjs';
import { trackers } from './trackers.mjs';

export const folder = dirname(dirname(fileURLToPath(import.meta.url)));
// Its types describe the CommonJS build.
const minify = /** @type {typeof terser.default} */ (/** @type {unknown} */ (terser));

/** @param {string} path */
const manifest = async (path) => {
  /** @type {{ version?: string, devDependencies?: Record<string, string> }} */
  const found = JSON.parse(await readFile(join(path, 'package.json'), 'utf8').catch(() => '{}'));
  return found;
};

/**
 * Installs the peers unless they are there, in the versions that package.json pins.
 *
 * @param {(line: string) => void} log
 * @returns {Promise<Record<string, string>>} Versions by package.
 */
export async function installPeers(log) {
  const { devDependencies: pins = {} } = await manifest(folder);
  for (const [name, version] of Object.entries(pins)) {
    if ((await manifest(join(folder, 'node_modules', name))).version === version) continue;
    log('Installing the peers into bench/tracker/node_modules (about 70 MB) ...');
    // npm tells what it starts where the repository is; this project is another.
    const env = { npm_config_local_prefix: undefined };
    await must('npm ci in bench/tracker', ...npm(['ci', '--ignore-scripts', '--no-progress']), { cwd: folder, env });
    break;
  }
  return pins;
}

/**
 * The one script that a page loads for a tracker: self-contained and minified. Rastro's is the file of its script tag.
 *
 * @param {import('./trackers.mjs').Name} name
 * @returns {Promise<string>}
 * @throws {Failure} When something cannot be bundled, or comes from a package that trackers.mjs does not list.
 */
export async function bundle(name) {
  if (name === 'rastro') {
    return readFile(join(root, 'packages/tracker/dist/rastro.js'), 'utf8').catch(() => {
      throw new Failure('packages/tracker/dist/rastro.js is missing. Run: npm run build');
    });
  }
  const built = await rollup({
    input: join(folder, 'page', `${name}.js`),
    plugins: [nodeResolve({ browser: true, rootDir: folder })],
    onwarn(warning) {
      // Peers' own loops of imports change nothing here.
      if (warning.code !== 'CIRCULAR_DEPENDENCY' && warning.code !== 'THIS_IS_UNDEFINED')
        throw new Failure(`Bundling ${name}: ${warning.message}`);
    },
  });
  const allowed = /** @type {readonly string[]} */ (
    /** @type {import('./trackers.mjs').Tracker} */ (trackers[name]).bundled ?? []
  );
  for (const file of built.watchFiles) {
    const owner = /.*node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(file)?.[1]?.replace('\\', '/');
    if (owner && !owner.startsWith('.') && !allowed.includes(owner) && !file.endsWith('package.json'))
      throw new Failure(`Bundling ${name}: it takes code from ${owner}, which lib/trackers.mjs does not list.`);
  }
  const { output } = await built.generate({ format: 'iife', inlineDynamicImports: true, plugins: [minify()] });
  await built.close();
  return output[0].code;
}
