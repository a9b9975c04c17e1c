import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { main as replay } from '@rastro/example-replay';

/**
 * Sends files through the collector, with a bar of its own progress on stderr.
 *
 * @param endpoint URL of the collector, `…/e`.
 * @returns Whether all of it was sent.
 */
export async function sendDemoData(files: readonly string[], endpoint: string, signal: AbortSignal): Promise<boolean> {
  // The stream is new with each start: how far an earlier replay came says nothing.
  const stateDir = await mkdtemp(join(tmpdir(), 'rastro-demo-'));
  try {
    const { exitCode } = await replay([...files, '--endpoint', endpoint, '--state-dir', stateDir], {
      stdout: process.stdout,
      stderr: process.stderr,
      signal,
      now: () => performance.timeOrigin + performance.now(),
      sleep: (ms, stop) => delay(ms, undefined, { signal: stop }).catch(() => undefined),
      random: Math.random,
    });
    return exitCode === 0;
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
}

/** Before anything is started. @throws Naming the file that is not there. */
export async function checkFiles(files: readonly string[]): Promise<void> {
  for (const file of files) {
    await access(file).catch((cause: unknown) => {
      throw new Error(`--demo-data: ${file} cannot be read`, { cause });
    });
  }
}
