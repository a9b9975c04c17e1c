// @ts-check
import { describe, expect, it } from 'vitest';
import { ensureBrowser, findBrowser } from '../browser.mjs';

const own = '/cache/chrome';

/**
 * A machine that has some files and on which some commands work.
 *
 * @param {object} [machine]
 * @param {string[]} [machine.files]
 * @param {Record<string, string | undefined>} [machine.env]
 * @param {boolean} [machine.root]
 * @param {Record<string, string[]>} [machine.brings] The files that a command brings, by a part of its words.
 * @param {string[]} [machine.broken] Files that do not start.
 */
function machine({ files = [], env = {}, root = false, brings = {}, broken = [] } = {}) {
  const present = new Set(files);
  /** @type {string[]} */
  const commands = [];
  return {
    commands,
    log: () => {},
    env: { PATH: '/usr/bin', ...env },
    platform: /** @type {const} */ ('linux'),
    root,
    ownPath: own,
    exists: (/** @type {string} */ path) => present.has(path),
    run: async (/** @type {string} */ command, /** @type {readonly string[]} */ args) => {
      if (args[0] === '--version') return broken.includes(command) ? { ...ok, code: 127, output: 'no library' } : ok;
      const words = [command, ...args].join(' ');
      commands.push(words);
      const [, brought] = Object.entries(brings).find(([part]) => words.includes(part)) ?? [];
      for (const path of brought ?? []) present.add(path);
      return brought ? ok : { ...ok, code: 1, output: 'unreachable' };
    },
  };
}
const ok = { code: 0, output: '', stdout: '' };

describe('findBrowser', () => {
  it('prefers the one that RASTRO_CHROMIUM names, then Playwright’s own, then Chromium on PATH', () => {
    const files = ['/mine', own, '/usr/bin/chromium', '/usr/bin/google-chrome'];
    expect(findBrowser(machine({ files, env: { RASTRO_CHROMIUM: '/mine' } }))).toEqual({ path: '/mine', own: false });
    expect(findBrowser(machine({ files }))).toEqual({ path: own, own: true });
    expect(findBrowser(machine({ files: files.slice(2) }))).toEqual({ path: '/usr/bin/chromium', own: false });
    expect(findBrowser(machine())).toBeUndefined();
  });

  it('says so when RASTRO_CHROMIUM names nothing', () => {
    const system = machine({ files: [own], env: { RASTRO_CHROMIUM: '/gone' } });
    expect(() => findBrowser(system)).toThrow('RASTRO_CHROMIUM is /gone, but there is no such file.');
  });
});

describe('ensureBrowser', () => {
  it('installs nothing when a browser starts', async () => {
    const system = machine({ files: [own, '/usr/bin/chromium'], broken: [own] });
    expect(await ensureBrowser(system)).toEqual({ path: '/usr/bin/chromium', own: false });
    expect(system.commands).toEqual([]);
  });

  it('lets Playwright download one', async () => {
    const system = machine({ brings: { 'install chromium': [own] }, root: true });
    expect(await ensureBrowser(system)).toEqual({ path: own, own: true });
    expect(system.commands).toHaveLength(1);
  });

  it('takes the distribution’s where the download fails, as root', async () => {
    const files = ['/usr/bin/apt-get'];
    const brings = { 'apt-get update': [], 'apt-get install': ['/usr/bin/chromium'] };
    const system = machine({ files, brings, root: true });
    expect(await ensureBrowser(system)).toEqual({ path: '/usr/bin/chromium', own: false });
    expect(system.commands.slice(1)).toEqual(['apt-get update', 'apt-get install -y --no-install-recommends chromium']);
  });

  it('says what it tried and what to do, and touches no system package unless root', async () => {
    const system = machine({ files: ['/usr/bin/apt-get'] });
    const error = ensureBrowser(system);
    await expect(error).rejects.toThrow(/install chromium` failed with exit code 1:\n {2}unreachable/);
    await expect(error).rejects.toThrow('RASTRO_CHROMIUM');
    expect(system.commands).toHaveLength(1);
  });

  it('takes no other than the one that RASTRO_CHROMIUM names', async () => {
    const system = machine({ files: ['/mine', own], env: { RASTRO_CHROMIUM: '/mine' }, broken: ['/mine'] });
    await expect(ensureBrowser(system)).rejects.toThrow('RASTRO_CHROMIUM: /mine does not start:\n  no library');
  });
});
