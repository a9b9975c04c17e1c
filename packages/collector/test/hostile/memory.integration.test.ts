import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const rounds = 8;
const child = fileURLToPath(new URL('memory-child.mjs', import.meta.url));
interface Report {
  /** Bytes in use after the garbage of each round is gone. */
  readonly kept: number[];
  readonly statuses: Record<string, number>;
  readonly put: number;
  readonly peakBytes: number;
}

test('hostile bodies leave nothing in memory', { timeout: 300_000 }, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', child, String(rounds)]);
  const { kept, statuses, put, peakBytes } = JSON.parse(stdout) as Report;
  // Each body was read as far as it is meant to be.
  expect(statuses).toEqual({ 200: 9 * rounds, 400: 8 * rounds, 413: 4 * rounds });
  expect(put).toBeGreaterThan(rounds * 6_000);
  // The first rounds fill caches and compile; from then on, 200 requests and 2 GB unpacked come and go.
  const settled = Math.min(...kept.slice(1, 4));
  expect(Math.min(...kept.slice(-3)) - settled).toBeLessThan(8_000_000);
  // All of a round at once: 21 bodies of at most 500 kB each, and what is made of them.
  expect(peakBytes).toBeLessThan(1_000_000_000);
});
