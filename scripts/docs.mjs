// @ts-check
// `npm run docs`: the documentation as a site.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Failure, main, must, npm, root, run, seconds } from './lib/run.mjs';
import { serveFolder } from './lib/static-server.mjs';

const help = `Usage: npm run docs -- [--port N] [--build | --dev]

Builds the documentation as a static site and serves it on 127.0.0.1, until Ctrl-C. A link that leads nowhere fails it.
What it is built with is installed into docs/node_modules the first time (about 100 MB).

  --port N    port to serve on (default 4173); a free one where that is taken
  --build     build only, into docs/.vitepress/dist
  --dev       do not build: serve the pages as they are written, and show each change
`;

const folder = join(root, 'docs');
const output = join(folder, '.vitepress/dist');

/** @returns {{ port: number, build: boolean, dev: boolean } | undefined} */
function options() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        help: { type: 'boolean', short: 'h' },
        port: { type: 'string' },
        build: { type: 'boolean' },
        dev: { type: 'boolean' },
      },
    }));
  } catch (error) {
    throw new Failure(`${/** @type {Error} */ (error).message}\n${help.split('\n', 1)[0]}`, 2);
  }
  if (values.help) {
    process.stdout.write(help);
    return undefined;
  }
  const port = Number(values.port ?? 4173);
  if (!Number.isInteger(port) || port < 0 || port > 65_535 || values.port === '')
    throw new Failure(`--port must be 0–65535, got ${values.port}`, 2);
  if (values.build && values.dev) throw new Failure('--build and --dev exclude one another.', 2);
  return { port, build: values.build ?? false, dev: values.dev ?? false };
}

/** Version of a package, where it is installed or pinned. @param {string} path */
const manifest = async (path) => {
  /** @type {{ version?: string, devDependencies?: Record<string, string> }} */
  const found = JSON.parse(await readFile(path, 'utf8').catch(() => '{}'));
  return found;
};

async function install() {
  const { devDependencies = {} } = await manifest(join(folder, 'package.json'));
  const { version } = await manifest(join(folder, 'node_modules/vitepress/package.json'));
  if (version === devDependencies['vitepress']) return;
  console.log('Installing what the site is built with into docs/node_modules (about 100 MB) ...');
  // npm tells what it starts where the repository is; this project is another.
  const env = { npm_config_local_prefix: undefined };
  await must('npm ci in docs', ...npm(['ci', '--ignore-scripts', '--no-progress']), { cwd: folder, env });
}

/** @param {readonly string[]} args */
const vitepress = (args) => run(process.execPath, [join(folder, 'node_modules/vitepress/bin/vitepress.js'), ...args]);

await main(async () => {
  const chosen = options();
  if (!chosen) return;
  await install();
  if (chosen.dev) {
    const { code } = await vitepress(['dev', 'docs', '--host', '127.0.0.1', '--port', String(chosen.port)]);
    if (code !== 0) throw new Failure('', code);
    return;
  }
  const start = performance.now();
  const { code } = await vitepress(['build', 'docs']);
  if (code !== 0) throw new Failure('The site could not be built: see above.');
  console.log(`Built in ${seconds(performance.now() - start)}: docs/.vitepress/dist`);
  if (chosen.build) return;
  const site = await serveFolder(output, chosen.port);
  console.log(`Open ${site.url} (Ctrl-C ends it)`);
  await new Promise((resolve) => {
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, resolve);
  });
  await site.close();
});
