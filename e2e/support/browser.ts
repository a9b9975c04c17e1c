import type { LaunchOptions } from '@playwright/test';
import { findBrowser } from '../../scripts/browser.mjs';

/**
 * How every end-to-end test starts its browser; specs that start one themselves (a profile on disk, a process to kill)
 * pass the same. Without a browser on the machine, Playwright says so when a test starts one.
 */
export function launchOptions(): LaunchOptions {
  const browser = findBrowser();
  const args = [
    // The browser talks to nobody but the test's own servers.
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    // Hosts that are not this machine's by name: a page of http://shop.test is not a secure one.
    '--host-resolver-rules=MAP *.test 127.0.0.1',
    // Containers have a /dev/shm of 64 MB.
    '--disable-dev-shm-usage',
  ];
  // Chromium's sandbox refuses root.
  if (process.getuid?.() === 0) args.push('--no-sandbox');
  return { args, ...(browser && !browser.own ? { executablePath: browser.path } : {}) };
}
