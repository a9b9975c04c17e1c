import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BrowserContext, chromium, type Page } from '@playwright/test';
import { findBrowser } from '../../scripts/browser.mjs';
import { launchOptions } from './browser.js';

/** A browser as a shopper has it: its own process group, a profile on the disk, hidden tabs that are hidden. */
export interface BrowserProcess {
  /** Its one window, with the cookies and storage of the profile. */
  readonly context: BrowserContext;
  /** A tab that is no shop's: it keeps the browser running when the shop's are closed. */
  readonly home: Page;
  /** For example `Chrome/156.0.8078.79`. */
  readonly version: string;
  /** What requests of its pages failed with, such as `net::ERR_CONNECTION_REFUSED`. */
  readonly failures: readonly string[];
  /** SIGKILL to the whole process group: nothing is written, nothing is said. @returns The signal that ended it. */
  kill(): Promise<NodeJS.Signals | null>;
}

const startLimitMs = 30_000;

/**
 * Starts a browser with a profile.
 *
 * Playwright's own start would switch the back/forward cache off and tell every tab that it is seen, and has no process
 * to kill.
 *
 * @param profile Folder; a browser that was killed may have left it.
 */
export async function startBrowserProcess(profile: string): Promise<BrowserProcess> {
  const browser = findBrowser();
  if (!browser) throw new Error('There is no browser: npm run browser');
  const child = spawn(
    browser.path,
    [
      ...(launchOptions().args ?? []),
      '--headless=new',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      '--no-first-run',
      '--no-default-browser-check',
      // No keyring of the desktop.
      '--password-store=basic',
      '--use-mock-keychain',
      'about:blank',
    ],
    { detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const signal = (name: NodeJS.Signals | 0): boolean => {
    try {
      return child.pid !== undefined && process.kill(-child.pid, name);
    } catch {
      return false;
    }
  };
  const kill = async (): Promise<NodeJS.Signals | null> => {
    signal('SIGKILL');
    const [, by] = await exited;
    // The children end a moment after; the next browser must not meet them. Where nobody reaps them they stay zombies.
    for (let tries = 0; signal(0) && tries < 20; tries++) await sleep(50);
    return by;
  };
  try {
    const connected = await chromium.connectOverCDP(await debuggerUrl(child), { noDefaults: true });
    const [context] = connected.contexts();
    if (!context) throw new Error('The browser has no window');
    const failures: string[] = [];
    context.on('requestfailed', (request) => failures.push(request.failure()?.errorText ?? ''));
    const home = context.pages()[0] ?? (await context.newPage());
    return { context, home, version: connected.version(), failures, kill };
  } catch (error) {
    await kill();
    throw error;
  }
}

function debuggerUrl({ stderr }: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error(`The browser does not start:\n${said}`)), startLimitMs);
    stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const [, url] = /DevTools listening on (ws:\S+)/.exec(said) ?? [];
      if (!url) return;
      clearTimeout(timer);
      resolve(url);
    });
    stderr?.on('end', () => {
      clearTimeout(timer);
      reject(new Error(`The browser ended:\n${said}`));
    });
  });
}
