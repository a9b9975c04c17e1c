import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';

const clean: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of clean.splice(0).reverse()) await step();
});

/** Does something after the test; what was asked for last is done first. */
export const afterwards = (step: () => unknown): void => void clean.push(step);

/** A directory that is gone after the test. */
export async function scratch(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'rastro-'));
  afterwards(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** Waits until `look` gives something, at most `deadlineMs`. @throws If it never does. */
export async function until<T>(
  look: () => T | Promise<T>,
  deadlineMs = 20_000,
): Promise<Exclude<T, false | null | undefined>> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const found = await look();
    if (found) return found as Exclude<T, false | null | undefined>;
    if (Date.now() > deadline) throw new Error(`Not within ${deadlineMs} ms: ${look}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
