import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type FakeVtex, startFakeVtex } from '../../../../scripts/lib/vtex/fake-vtex.mjs';
import { brokenOf, runVtexKills } from '../../../../scripts/lib/vtex/scenario.mjs';
import { type EmbeddedKinesis, startEmbeddedKinesis } from '../../src/dev/embedded-kinesis.js';
import { handler, type VtexTotals } from '../../src/vtex.js';
import { item, order } from './fixtures.js';

const command = fileURLToPath(new URL('../../bin/rastro-vtex.js', import.meta.url));
let vtex: FakeVtex;
let kinesis: EmbeddedKinesis;

beforeEach(async () => {
  vtex = await startFakeVtex();
  kinesis = await startEmbeddedKinesis({
    streams: [
      { name: 'events', shards: 1 },
      { name: 'events-dead-letter', shards: 1 },
    ],
  });
});
afterEach(() => Promise.all([vtex.stop(), kinesis.stop()]));

/** Runs the command as it is built; what it says is collected. */
function run(args: readonly string[], env: Record<string, string> = {}) {
  const { AWS_REGION: _, ...own } = process.env;
  const child = spawn(process.execPath, [command, ...args], {
    env: { ...own, VTEX_BASE_URL: vtex.url, VTEX_APP_KEY: 'key-1', VTEX_APP_TOKEN: 'token-1', ...env },
  });
  let output = '';
  for (const pipe of [child.stdout, child.stderr]) pipe.on('data', (chunk) => (output += chunk));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, output }));
  return { child, ended, output: () => output };
}
const toStream = (): string[] => [
  '--stream',
  'events',
  '--region',
  kinesis.region,
  '--kinesis-endpoint',
  kinesis.endpoint,
  '--key',
  'demo',
];
const until = async (met: () => boolean): Promise<void> => {
  while (!met()) await new Promise((resolve) => setTimeout(resolve, 10));
};

describe('rastro-vtex', () => {
  test('once reads the feed until it is empty, and says what it did as JSON', async () => {
    for (let n = 0; n < 12; n++) vtex.add(order(`v${n}`, 1, [item(n)]));
    const { code, output } = await run(['once', ...toStream()]).ended;
    expect(code).toBe(0);
    expect(vtex.left()).toBe(0);
    const lines = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.at(-1)).toMatchObject({
      level: 'info',
      message: 'closed',
      items: 12,
      committed: 12,
      accepted: 12,
      rejected: 0,
    });
    for (const secret of ['token-1', 'Souza', 'mail.example', '5660c55f']) expect(output).not.toContain(secret);
  });

  test('ends with 0 at SIGTERM, with nothing read and not committed', async () => {
    const running = run([...toStream(), '--poll-interval-ms', '100']);
    vtex.add(order('v1', 1, [item(1)]));
    await until(() => vtex.counts.committed === 1);
    running.child.kill('SIGTERM');
    expect((await running.ended).code).toBe(0);
  });

  test('check shows how the feed is configured, without a stream', async () => {
    const { code, output } = await run(['check']).ended;
    expect(output).toBe(
      'filter: FromWorkflow, statuses payment-approved, canceled\nqueue: 0 updates, the oldest 3 s old\nan update that is not committed comes back after 240 s, and is kept for 4 days\n',
    );
    expect(code).toBe(0);
  });

  test('says what is wrong with the keys, and ends with 1', async () => {
    const { code, output } = await run(toStream(), { VTEX_APP_TOKEN: 'not-this-one' }).ended;
    expect(code).toBe(1);
    expect(output).toContain('Check VTEX_APP_KEY and VTEX_APP_TOKEN');
    expect(output).not.toContain('not-this-one');
  });

  test('names all that is missing, and refuses keys on the command line', async () => {
    const { code, output } = await run(['--app-token', 'secret-9', '--concurrency', '99'], {
      VTEX_APP_KEY: '',
      VTEX_BASE_URL: '',
    }).ended;
    expect(code).toBe(1);
    for (const problem of [
      '--app-token: keys do not go on the command line',
      '--concurrency must be 1–10, got 99',
      '--account (VTEX_ACCOUNT) is missing',
      'VTEX_APP_KEY is missing',
      '--stream (KINESIS_STREAM) is missing',
      '--key (RASTRO_KEYS) is missing',
    ])
      expect(output).toContain(problem);
    expect(output).not.toContain('secret-9');
  });
});

test('the ready-made function is set up by its environment, for a schedule and for the hook', async () => {
  const variables = {
    ...{ VTEX_BASE_URL: vtex.url, VTEX_ACCOUNT: 'shop', VTEX_APP_KEY: 'key-1', VTEX_APP_TOKEN: 'token-1' },
    ...{
      KINESIS_STREAM: 'events',
      AWS_REGION: kinesis.region,
      KINESIS_ENDPOINT: kinesis.endpoint,
      RASTRO_KEYS: 'demo',
    },
    ...{ VTEX_HOOK_SECRET: 'a-secret-of-the-shop', VTEX_HOOK_HEADER: 'X-Rastro-Key' },
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  const context = { getRemainingTimeInMillis: () => 60_000 };
  vtex.add(order('v1', 1, [item(1)]));
  const totals = (await handler({ source: 'aws.events' }, context)) as VtexTotals;
  expect(totals).toMatchObject({ committed: 1, accepted: 1 });
  vtex.orders.set('v2-01', order('v2', 1, [item(1)]));
  const notification = { OrderId: 'v2-01', State: 'payment-approved', Origin: { Account: 'shop' } };
  const request = {
    requestContext: { http: { method: 'POST' } },
    headers: { 'x-rastro-key': 'a-secret-of-the-shop' },
    body: JSON.stringify(notification),
  };
  expect(await handler(request, context)).toMatchObject({ statusCode: 200, body: '{"message":"delivered"}' });
  vi.unstubAllEnvs();
});

test('killed again and again, each line is on the stream, once by its id', { timeout: 120_000 }, async () => {
  const result = await runVtexKills({ kills: 8, groups: 120, seed: 21 });
  expect(brokenOf(result)).toEqual([]);
  expect(result.found).toBe(result.lines);
  // It was at work when it was killed, and met faults.
  expect(result.busyKills).toBeGreaterThan(0);
  expect(result.duplicates).toBeGreaterThan(0);
  expect(result.vtex.redelivered).toBeGreaterThan(0);
  expect(result.vtex.throttled).toBeGreaterThan(0);
});
