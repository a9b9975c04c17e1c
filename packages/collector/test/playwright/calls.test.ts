import { expect, test } from 'vitest';
import { createCalls } from '../../src/playwright/calls.js';

test('what is over when the test is was waited for', async () => {
  const calls = createCalls();
  expect(await calls.run('passes', async () => 1)).toBe(1);
  await expect(calls.run('fails', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(calls.end()).toEqual([]);
});

test('what is not over is told, with its place, and its own outcome is nobody’s', async () => {
  const calls = createCalls();
  let fail = (_: Error): void => {};
  const call = calls.run(
    'waits',
    () =>
      new Promise<string>((_, reject) => {
        fail = reject;
      }),
    () => 'ended',
  );
  expect(calls.end()).toMatchObject([{ text: 'waits', place: expect.stringMatching(/calls\.(test\.)?ts:\d+:\d+$/) }]);
  fail(new Error('too late'));
  expect(await call).toBe('ended');
  // Asked again, it has not forgotten; what comes later is a call like any other.
  expect(await calls.run('later', async () => 2)).toBe(2);
  expect(calls.end()).toHaveLength(1);
});
