import { expect, test } from 'vitest';
import { until } from '../../src/run/until.js';

const never = new Promise<void>(() => {});

test('waiting ends with the condition, and asks nothing of what ends later', async () => {
  let end: (error: Error) => void = () => {};
  const ended = new Promise<void>((_, reject) => {
    end = reject;
  });
  await until(() => true, { ended });
  // An unhandled rejection would fail the run.
  end(new Error('later'));
  await new Promise(setImmediate);
});

test('waiting ends with what ends the reader, and when it was closed', async () => {
  await expect(until(() => false, { ended: Promise.reject(new Error('gone')) })).rejects.toThrow('gone');
  await expect(until(() => false, { ended: Promise.resolve() })).rejects.toThrow(/closed before all was read/);
});

test('what fails and gets nowhere is given up with its failure; what gets on is not', async () => {
  const lastFailure = () => ({ error: new Error('no table'), at: performance.now() });
  await expect(until(() => false, { ended: never, lastFailure, patienceMs: 50 })).rejects.toThrow('no table');
  let steps = 0;
  await until(() => steps > 5, { ended: never, lastFailure, patienceMs: 50, progress: () => steps++ });
});

test('what says nothing at all is given up, too', async () => {
  await expect(until(() => false, { ended: never, patienceMs: 5 })).rejects.toThrow(/nothing was done/);
});
