import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Alert, type AlertChannel, named } from '../../src/alerts/alert.js';
import { openAlertOutbox } from '../../src/alerts/outbox.js';

let directory: string;
const errors: string[] = [];
const onError = (error: unknown): void => void errors.push((error as Error).message);
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rastro-outbox-'));
  errors.length = 0;
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const alert = (user: string): Alert => ({
  alert_id: `shop:${user}:2026-11-20T09:30:00.000Z`,
  site: 'shop',
  user_id: user,
  window_start: '2026-11-20T09:30:00.000Z',
  window_end: '2026-11-20T09:31:00.000Z',
  rule: 'interactions',
  interactions: 180,
  threshold: 90,
  events: { view: 180 },
});
const collect = (name: string, refuses: (user: string) => boolean = () => false) => {
  const users: string[] = [];
  const channel: AlertChannel = named(name, async ({ user_id }) => {
    if (refuses(user_id)) throw new Error(`no ${user_id}`);
    users.push(user_id);
  });
  return { users, channel };
};

test('an alert is given to each channel, and nothing is left of it', async () => {
  const [a, b] = [collect('a'), collect('b')];
  const outbox = await openAlertOutbox({ directory, channels: [a.channel, b.channel], onError });
  outbox.start();
  await outbox.put(alert('ana'));
  await outbox.put(alert('../../a/b\n"#\u202e'));
  expect(await outbox.drain()).toBe(0);
  await outbox.close(0);
  expect([a.users, b.users]).toEqual([
    ['ana', '../../a/b\n"#\u202e'],
    ['ana', '../../a/b\n"#\u202e'],
  ]);
  for (const folder of await readdir(directory)) expect(await readdir(join(directory, folder))).toEqual([]);
  expect(errors).toEqual([]);
});

test('a channel that fails keeps what it did not take, and no other waits for it', async () => {
  const [good, bad] = [collect('good'), collect('bad', () => true)];
  const outbox = await openAlertOutbox({ directory, channels: [bad.channel, good.channel], onError });
  outbox.start();
  await outbox.put(alert('ana'));
  expect(await outbox.drain()).toBe(1);
  await outbox.close(0);
  expect(good.users).toEqual(['ana']);
  expect(errors[0]).toMatch(/not taken by bad: no ana.*1 wait/);

  const mended = collect('bad');
  const next = await openAlertOutbox({ directory, channels: [good.channel, mended.channel], onError });
  expect(next.pending).toBe(1);
  next.start();
  expect(await next.drain()).toBe(0);
  await next.close(0);
  expect([good.users, mended.users]).toEqual([['ana'], ['ana']]);
});

test('an alert that is refused for ever stands in the way of none behind it', async () => {
  const picky = collect('picky', (user) => user === 'bob');
  const outbox = await openAlertOutbox({ directory, channels: [picky.channel], onError, firstDelayMs: 1 });
  for (const user of ['bob', 'ana', 'eve']) await outbox.put(alert(user));
  outbox.start();
  while (outbox.pending > 1) await outbox.drain();
  await outbox.close(0);
  expect(picky.users).toEqual(['ana', 'eve']);
});

test('the same alert twice waits once', async () => {
  const { users, channel } = collect('a');
  const outbox = await openAlertOutbox({ directory, channels: [channel], onError });
  await outbox.put(alert('ana'));
  await outbox.put(alert('ana'));
  expect(outbox.pending).toBe(1);
  outbox.start();
  await outbox.drain();
  await outbox.close(0);
  expect(users).toEqual(['ana']);
});

test('a channel that never answers is given up after its time, and closing does not wait for it', async () => {
  const silent = named('silent', () => new Promise<void>(() => {}));
  const outbox = await openAlertOutbox({ directory, channels: [silent], onError, timeoutMs: 10 });
  outbox.start();
  await outbox.put(alert('ana'));
  expect(await outbox.drain()).toBe(1);
  expect(errors[0]).toMatch(/has not taken it in 0.01 s/);
  await outbox.close(0);

  const next = await openAlertOutbox({ directory, channels: [silent], onError });
  next.start();
  const draining = next.drain();
  await next.close(0);
  expect(await draining).toBe(1);
});

test('what is no alert is put aside and told, and so are alerts of a channel that is not given', async () => {
  const { users, channel } = collect('a');
  const first = await openAlertOutbox({ directory, channels: [channel], onError });
  await first.put(alert('ana'));
  await first.close(0);
  const [folder = ''] = await readdir(directory);
  await writeFile(join(directory, folder, 'x.json'), '{');
  const other = await openAlertOutbox({ directory, channels: [collect('b').channel], onError });
  await other.close(0);
  expect(errors[0]).toMatch(/^2 alerts in .* wait for a channel that is not given any more/);
  const again = await openAlertOutbox({ directory, channels: [channel], onError });
  again.start();
  await again.drain();
  await again.close(0);
  expect(users).toEqual(['ana']);
  expect(errors[1]).toMatch(/x\.json is no alert/);
  expect(await readdir(join(directory, folder))).toEqual(['x.json.unreadable']);
});
