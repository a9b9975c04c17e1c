import { defineConfig } from '@playwright/test';
import type { RastroFixtures } from '@rastro/collector/playwright';
import { launchOptions } from '../support/browser.js';

/** A project whose tests fail, each for a reason of its own: e2e/kit.spec.ts reads what it says. */
export default defineConfig<RastroFixtures>({
  testDir: '.',
  testMatch: '*.kit.ts',
  fullyParallel: true,
  workers: 2,
  // Long enough for a page on a busy machine, and each of these waits that long.
  expect: { timeout: 2_500 },
  use: { launchOptions: launchOptions(), rastroOptions: { quietMs: 1_200 } },
});
