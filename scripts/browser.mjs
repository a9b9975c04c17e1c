// @ts-check
// Finds a Chromium for the end-to-end tests and the simulated shoppers, and installs one where there is none.
// `node scripts/browser.mjs` prints its path.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from '@playwright/test';
import { flags } from './lib/flags.mjs';
import { Failure, indent, main, run, tool } from './lib/run.mjs';

/**
 * @typedef {object} Browser
 * @property {string} path The program.
 * @property {boolean} own Playwright's own build: leave `executablePath` unset, so that Playwright picks its variant.
 *
 * @typedef {object} System What is asked of the machine; tests pass another.
 * @property {Record<string, string | undefined>} env
 * @property {NodeJS.Platform} platform
 * @property {boolean} root May install system packages.
 * @property {string} ownPath Where Playwright keeps its own build.
 * @property {(path: string) => boolean} exists
 * @property {typeof run} run
 * @property {(line: string) => void} log
 */

/** @type {System} */
const thisSystem = {
  env: process.env,
  platform: process.platform,
  root: process.getuid?.() === 0,
  ownPath: chromium.executablePath(),
  exists: existsSync,
  run,
  log: (line) => console.error(line),
};

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const usualPlaces = /** @type {Partial<Record<NodeJS.Platform, string[]>>} */ ({
  darwin: ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
  ],
});

/** Commands that install the distribution's Chromium, by the program they begin with. */
const packageManagers = [
  [
    ['apt-get', 'update'],
    ['apt-get', 'install', '-y', '--no-install-recommends', 'chromium'],
  ],
  [['dnf', 'install', '-y', 'chromium']],
  [['apk', 'add', '--no-cache', 'chromium']],
];

/** 150 MB from far away take a while; a download that hangs must not hold up a test run for ever. */
const downloadLimitMs = 5 * 60_000;
const packagesLimitMs = 8 * 60_000;

/**
 * The browsers of this machine, the preferred one first.
 *
 * @param {System} system
 * @returns {Browser[]}
 * @throws {Failure} When RASTRO_CHROMIUM names a file that does not exist.
 */
function candidates(system) {
  const named = system.env['RASTRO_CHROMIUM'];
  if (named) {
    if (!system.exists(named)) throw new Failure(`RASTRO_CHROMIUM is ${named}, but there is no such file.`);
    return [{ path: named, own: false }];
  }
  const found = [...names.map((name) => onPath(name, system)), ...(usualPlaces[system.platform] ?? [])];
  return [
    ...(system.exists(system.ownPath) ? [{ path: system.ownPath, own: true }] : []),
    ...found.flatMap((path) => (path && system.exists(path) ? [{ path, own: false }] : [])),
  ];
}

/**
 * @param {string} name
 * @param {System} system
 */
const onPath = (name, system) =>
  (system.env['PATH'] ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find(system.exists);

/**
 * The browser to use, in this order: the one that RASTRO_CHROMIUM names, Playwright's own, Chromium or Chrome of the
 * machine. Installs nothing and starts nothing.
 *
 * @param {System} [system]
 * @returns {Browser | undefined}
 * @throws {Failure} When RASTRO_CHROMIUM names a file that does not exist.
 */
export const findBrowser = (system = thisSystem) => candidates(system)[0];

/**
 * A browser that starts: one of the machine, else one that Playwright downloads, else, as root, the distribution's.
 *
 * @param {System} [system]
 * @returns {Promise<Browser>}
 * @throws {Failure} When there is none: what was tried, and what to do by hand.
 */
export async function ensureBrowser(system = thisSystem) {
  /** @type {string[]} */
  const tried = [];
  const working = async () => {
    for (const browser of candidates(system)) {
      const problem = await startProblem(browser, system);
      if (!problem) return browser;
      const note = `${browser.path} does not start:\n${indent(problem)}`;
      if (!tried.includes(note)) tried.push(note);
    }
    return undefined;
  };
  const found = await working();
  if (found) return found;
  if (system.env['RASTRO_CHROMIUM']) throw new Failure(`RASTRO_CHROMIUM: ${tried.join('\n')}`);

  for (const { title, commands, limitMs, useful } of installations(system)) {
    if (!useful()) continue;
    system.log(`${title} ...`);
    const problem = await firstProblem(commands, limitMs, system);
    if (problem) tried.push(problem);
    const browser = await working();
    if (browser) return browser;
  }
  throw new Failure(
    `No browser for the end-to-end tests.
Looked for Playwright's Chromium (${system.ownPath})
and for ${names.join(', ')} on PATH.
${tried.map((text) => `- ${text}`).join('\n')}
What to do, one of:
- npx playwright install --with-deps chromium
- install Chromium or Chrome with the system's package manager, for example: sudo apt-get install chromium
- set RASTRO_CHROMIUM to the path of a Chromium or Chrome`,
  );
}

/**
 * Ways to get a browser, to be tried in this order until one starts.
 *
 * @param {System} system
 * @returns {{ title: string, commands: readonly (readonly string[])[], limitMs: number, useful: () => boolean }[]}
 */
function installations(system) {
  const playwright = [process.execPath, tool('@playwright/test')];
  const commands = packageManagers.find(([first]) => onPath(first?.[0] ?? '', system)) ?? [];
  const manager = commands[0]?.[0];
  return [
    {
      title: 'Downloading Chromium with Playwright',
      commands: [[...playwright, 'install', 'chromium']],
      limitMs: downloadLimitMs,
      useful: () => true,
    },
    {
      title: 'Installing the libraries that Chromium needs',
      commands: [[...playwright, 'install-deps', 'chromium']],
      limitMs: packagesLimitMs,
      useful: () => system.root && manager === 'apt-get' && system.exists(system.ownPath),
    },
    {
      title: `Installing Chromium with ${manager}`,
      commands,
      limitMs: packagesLimitMs,
      useful: () => system.root && system.platform === 'linux' && manager !== undefined,
    },
  ];
}

/**
 * @param {readonly (readonly string[])[]} commands
 * @param {number} limitMs Of each.
 * @param {System} system
 */
async function firstProblem(commands, limitMs, system) {
  // Where nothing answers, Playwright would wait 30 s for each of its attempts.
  const connectMs = system.env['PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT'] ?? '10000';
  const env = { DEBIAN_FRONTEND: 'noninteractive', PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: connectMs };
  for (const [command = '', ...args] of commands) {
    const { code, output } = await system.run(command, args, { capture: true, limitMs, env });
    if (code !== 0) {
      // Each attempt says the same again, with its stack.
      const lines = output.split('\n').filter((line) => !/^\s+at /.test(line));
      const said = [...new Set(lines)].slice(-12).join('\n');
      return `\`${[command, ...args].join(' ')}\` failed with exit code ${code}:\n${indent(said)}`;
    }
  }
  return undefined;
}

/**
 * What is on the disk may lack its libraries, or be a stand-in that only asks for another package.
 *
 * @param {Browser} browser
 * @param {System} system
 */
async function startProblem(browser, system) {
  // Elsewhere browsers bring all they need, and on Windows --version opens a window.
  if (system.platform !== 'linux') return undefined;
  const { code, output } = await system.run(browser.path, ['--version'], { capture: true, limitMs: 30_000 });
  return code === 0 ? undefined : output || `exit code ${code}`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => {
    const help =
      'Usage: node scripts/browser.mjs\n\nPrints the path of a Chromium that starts; installs one if there is none.\n';
    if (flags(help)) console.log((await ensureBrowser()).path);
  });
}
