import { expect, test } from 'vitest';
import { type Channel, createLink } from '../../src/adapters/ipc.js';

/** Two ends; messages are copied, as between processes. */
function pair(): [Channel, Channel] {
  const listeners: ((message: unknown) => void)[] = [];
  const end = (own: 0 | 1): Channel => ({
    send: (message) => queueMicrotask(() => listeners[1 - own]?.(JSON.parse(JSON.stringify(message)))),
    receive: (listener) => {
      listeners[own] = listener;
    },
  });
  return [end(0), end(1)];
}

test('each end asks the other, even while it is asked', async () => {
  const [a, b] = pair();
  const first = createLink(a, (kind, value) => `${kind} ${value} of first`);
  const second = createLink(b, async (kind) => `${await second.ask('inner', kind)} by second`);
  expect(await first.ask('outer')).toBe('inner outer of first by second');
});

test('what one end throws reaches the other', async () => {
  const [a, b] = pair();
  const first = createLink(a, () => undefined);
  createLink(b, () => {
    throw new Error('no');
  });
  await expect(first.ask('x')).rejects.toThrow('no');
});

test('no answer is an error, after a while', async () => {
  const [a] = pair();
  const first = createLink(
    a,
    () => undefined,
    () => 1,
  );
  await expect(first.ask('x')).rejects.toThrow('no answer to x within 1 ms');
});

test('nothing is waited for once the other end is gone', async () => {
  const [a] = pair();
  const first = createLink(a, () => undefined);
  const answer = first.ask('x');
  first.end();
  await expect(answer).rejects.toThrow('gone');
  await expect(first.ask('y')).rejects.toThrow('gone');
});
