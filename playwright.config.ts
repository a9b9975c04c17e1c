import { defineConfig } from '@playwright/test';
import { launchOptions } from './e2e/support/browser.js';

export default defineConfig({
  testDir: 'e2e',
  projects: [{ name: 'chromium', use: { browserName: 'chromium', launchOptions: launchOptions() } }],
  workers: 2,
  // A test that passes at the second attempt has failed.
  retries: 0,
  forbidOnly: Boolean(process.env['CI']),
  reporter: 'list',
  use: { trace: 'retain-on-failure' },
});
