import { defineConfig } from 'vitest/config';

const contract = '**/*.contract.test.ts';
const integration = '**/*.integration.test.ts';
const folders = '{packages,examples}/*/test';

/** Three projects, one per kind of test; e2e/ belongs to Playwright. `npm test` runs and counts them all. */
export default defineConfig({
  test: {
    globals: false,
    watch: false,
    // A time zone that is no whole number of hours from UTC shows every instant that was formatted in local time.
    // The AWS SDK announces at every start which Node.js its future versions need; the one used here is pinned.
    env: { TZ: 'Asia/Kathmandu', AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // Property tests on a machine that does other things as well.
          testTimeout: 30_000,
          include: [`${folders}/**/*.test.ts`, '{scripts,bench/*}/test/**/*.test.mjs'],
          exclude: [contract, integration],
          // Imports folders and files without their endings, which Node.js does not find: bundled for the tests.
          server: { deps: { inline: ['dt-sql-parser', 'antlr4-c3'] } },
        },
      },
      { extends: true, test: { name: 'contract', include: [`${folders}/${contract}`] } },
      {
        extends: true,
        test: {
          name: 'integration',
          include: [`${folders}/${integration}`],
          testTimeout: 30_000,
          hookTimeout: 30_000,
          // Each file runs a Kinesis of its own: side by side they would measure one another.
          fileParallelism: false,
        },
      },
    ],
  },
});
