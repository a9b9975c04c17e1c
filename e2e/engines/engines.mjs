// @ts-check
// The browsers of this machine, by engine: where they are, and how one is started on a profile and a page.
// No driver is needed: the first page of the browser takes its orders itself (remote.mjs).
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { findBrowser } from '../../scripts/browser.mjs';

/**
 * @typedef {object} LaunchOptions
 * @property {string} url The first page.
 * @property {string} profile Folder of the profile; made when it is not there.
 * @property {string} proxy URL of a proxy that serves `insecureHost`.
 * @property {'normal' | 'blocked' | 'private'} storage `blocked`: the browser refuses sites all storage, cookies too.
 *
 * @typedef {object} Engine
 * @property {string} name
 * @property {string} needs What to install where it is not found.
 * @property {string | undefined} path
 * @property {string[]} [version] A command that tells the version, where `--version` does not.
 * @property {Partial<Record<LaunchOptions['storage'], string>>} cannot Why a kind of storage cannot be had.
 * @property {(options: LaunchOptions) => Promise<Command>} command
 *
 * @typedef {object} Command
 * @property {string[]} args
 * @property {Record<string, string>} [env]
 */

/** A host that is this machine, but whose pages are no secure context: no Web Locks, no `crypto.randomUUID`. */
export const insecureHost = 'shop.test';

const root = process.getuid?.() === 0;

/** @param {readonly string[]} names */
const onPath = (names) =>
  names
    .flatMap((name) => (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name)))
    .find((path) => existsSync(path));

/** @type {Engine} */
const chromium = {
  name: 'chromium',
  needs: 'chromium',
  path: findBrowser()?.path,
  cannot: {},
  async command({ url, profile, storage }) {
    await mkdir(join(profile, 'Default'), { recursive: true });
    if (storage === 'blocked') {
      const preferences = { profile: { default_content_setting_values: { cookies: 2 } } };
      await writeFile(join(profile, 'Default', 'Preferences'), JSON.stringify(preferences));
    }
    const args = [
      '--headless=new',
      `--user-data-dir=${profile}`,
      `--host-resolver-rules=MAP ${insecureHost} 127.0.0.1`,
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
      '--disable-popup-blocking',
      '--disable-features=HttpsUpgrades',
      '--no-first-run',
      '--password-store=basic',
    ];
    if (root) args.push('--no-sandbox');
    if (storage === 'private') args.push('--incognito');
    return { args: [...args, url] };
  },
};

/** @type {Engine} */
const firefox = {
  name: 'firefox',
  needs: 'firefox-esr',
  path: onPath(['firefox-esr', 'firefox']),
  cannot: {},
  async command({ url, profile, storage }) {
    await mkdir(profile, { recursive: true });
    const nowhere = 'data:,';
    const preferences = {
      'network.dns.localDomains': insecureHost,
      'dom.disable_open_during_load': false,
      'dom.security.https_first': false,
      'network.proxy.type': 0,
      'browser.shell.checkDefaultBrowser': false,
      'browser.sessionstore.resume_from_crash': false,
      'toolkit.startup.max_resumed_crashes': -1,
      // The browser talks to nobody but the test's own servers.
      'app.normandy.enabled': false,
      'app.update.enabled': false,
      'browser.newtabpage.enabled': false,
      'browser.preonboarding.enabled': false,
      'browser.region.network.url': '',
      'browser.safebrowsing.malware.enabled': false,
      'browser.safebrowsing.phishing.enabled': false,
      'browser.startup.homepage_override.mstone': 'ignore',
      'datareporting.policy.dataSubmissionEnabled': false,
      'extensions.getAddons.cache.enabled': false,
      'extensions.systemAddon.update.enabled': false,
      'extensions.update.enabled': false,
      'media.gmp-manager.updateEnabled': false,
      'network.captive-portal-service.enabled': false,
      'network.connectivity-service.enabled': false,
      'services.settings.server': nowhere,
      'toolkit.telemetry.server': nowhere,
      ...(storage === 'blocked' ? { 'network.cookie.cookieBehavior': 2 } : {}),
      ...(storage === 'private' ? { 'browser.privatebrowsing.autostart': true } : {}),
    };
    const lines = Object.entries(preferences).map(
      ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
    );
    await writeFile(join(profile, 'user.js'), `${lines.join('\n')}\n`);
    return { args: ['--headless', '--no-remote', '--profile', profile, url] };
  },
};

/** @type {Engine} */
const webkit = {
  name: 'webkit',
  needs: 'webkit2gtk-driver xvfb',
  path: ['x86_64-linux-gnu', 'aarch64-linux-gnu', '.']
    .map((folder) => join('/usr/lib', folder, 'webkit2gtk-4.1/MiniBrowser'))
    .find((path) => existsSync(path) && (process.env['DISPLAY'] || onPath(['Xvfb']))),
  // It tells its version on a display only.
  version: ['dpkg-query', '--show', 'libwebkit2gtk-4.1-0'],
  cannot: { blocked: 'MiniBrowser can refuse cookies only' },
  async command({ url, profile, proxy, storage }) {
    const folders = ['CONFIG', 'CACHE', 'DATA', 'STATE'].map((name) => [`XDG_${name}_HOME`, join(profile, name)]);
    await Promise.all(folders.map(([, folder]) => mkdir(folder ?? '', { recursive: true })));
    const args = ['--javascript-can-open-windows-automatically=true'];
    // It resolves names with the system's resolver alone.
    if (url.includes(insecureHost)) args.push(`--proxy=${proxy}`, '--ignore-host=127.0.0.1');
    if (storage === 'private') args.push('--private');
    return {
      args: [...args, url],
      env: {
        ...Object.fromEntries(folders),
        DISPLAY: await display(),
        GDK_BACKEND: 'x11',
        WEBKIT_DISABLE_COMPOSITING_MODE: '1',
        // WebKit's sandbox refuses root.
        ...(root ? { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' } : {}),
      },
    };
  },
};

export const engines = [chromium, firefox, webkit];

/** @type {Promise<string> | undefined} */
let screen;
/** @type {import('node:child_process').ChildProcess | undefined} */
let xvfb;

/** The X display: the machine's, or an invisible one. */
function display() {
  screen ??= process.env['DISPLAY']
    ? Promise.resolve(process.env['DISPLAY'])
    : new Promise((resolve, reject) => {
        const server = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1280x800x24', '-nolisten', 'tcp'], {
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        xvfb = server;
        server.on('error', reject);
        server.on('exit', (code) => reject(new Error(`Xvfb ended with exit code ${code}`)));
        server.stdout.on('data', (number) => resolve(`:${String(number).trim()}`));
      });
  return screen;
}

/** @type {Set<number>} Process groups of browsers that run. */
const running = new Set();

/** @param {number} group */
function endGroup(group) {
  running.delete(group);
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

// Groups of their own do not end with this process, however it ends.
process.on('exit', () => {
  running.forEach(endGroup);
  xvfb?.kill();
});

export function closeDisplay() {
  xvfb?.kill();
}

/**
 * Starts a browser in a process group of its own.
 *
 * @param {Engine} engine
 * @param {LaunchOptions} options
 */
export async function launch(engine, options) {
  const { args, env } = await engine.command(options);
  const child = spawn(engine.path ?? '', args, {
    stdio: 'ignore',
    detached: true,
    env: { ...process.env, ...env },
  });
  /** @type {Promise<void>} */
  const ended = new Promise((resolve, reject) => {
    child.on('exit', () => resolve());
    child.on('error', reject);
  });
  // Whoever kills waits for it; nobody else asks.
  ended.catch(() => {});
  const { pid } = child;
  if (pid) running.add(pid);
  return {
    /** Ends the browser and all its processes, as a crash of the machine's session would: none can say goodbye. */
    async kill() {
      if (pid) endGroup(pid);
      await ended;
    },
  };
}
