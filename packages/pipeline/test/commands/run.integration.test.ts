import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rename, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { runCommand } from '../../src/commands/run.js';
import { atEnd, createWorld, eventually, robot, type World } from '../run/support.js';
import { view } from '../windows/support.js';
import { run } from './support.js';

describe('arguments', () => {
  const counting = ['--counts-stream', 'rows', '--counts-table', 'counts'];
  test.each([
    [[], '--stream is missing: the Kinesis stream of the events'],
    [['--stream', ''], '--stream is missing: the Kinesis stream of the events'],
    [['--stream', 'a b'], '--stream must be a name of 1 to 128 letters, digits, _, . and -, got "a b"'],
    [
      ['--stream', 's', '--counts-stream', 'c', '--counts-table', 'ct'],
      '--counts-table must be a name of 3 to 255 letters, digits, _, . and -, got "ct"',
    ],
    [['--stream', 's', '--data', ''], '--data must not be empty'],
    [['--stream', 's', 'extra'], "Unexpected argument 'extra'"],
    [['--bogus'], "Unknown option '--bogus'"],
    [['--stream', 's', '--region', 'eu_west'], '--region must be a region such as eu-west-1, got "eu_west"'],
    [['--stream', 's', '--endpoint', 'x'], '--endpoint must be an absolute URL of http or https, got "x"'],
    [['--stream', 's', '--from', 'now'], '--from must be TRIM_HORIZON or LATEST, got "now"'],
    [['--stream', 's', '--port', '70000'], '--port must be a whole number from 0 to 65535, got "70000"'],
    [['--stream', 's', '--host', '::'], '--host needs --port: the port of the dashboard'],
    [['--stream', 's', '--flush-records', '0'], '--flush-records must be a whole number from 1 to 1000000, got "0"'],
    [['--stream', 's', '--flush-seconds', '1e3'], '--flush-seconds must be a whole number from 1 to 900, got "1e3"'],
    [
      ['--stream', 's', '--counts-stream', 'c'],
      '--counts-stream needs --counts-table: the DynamoDB table that the counts go to',
    ],
    [
      ['--stream', 's', '--counts-table', 't'],
      '--counts-table needs --counts-stream: the stream that the counts go to',
    ],
    [
      ['--stream', 's', '--dynamodb-endpoint', 'http://x'],
      '--dynamodb-endpoint needs --counts-stream: the stream that the counts go to',
    ],
    [
      ['--stream', 'rows', ...counting],
      '--counts-stream must be another stream than --stream: each reads what the other puts otherwise',
    ],
    [['--stream', 's', ...counting, '--sns-endpoint', 'http://x'], '--sns-endpoint needs --alert-topic: the SNS topic'],
    [
      ['--stream', 's', ...counting, '--alert-topic', 'x'],
      '--alert-topic must be the ARN of a standard topic, got "x"',
    ],
    [
      ['--stream', 's', ...counting, '--alert-webhook', 'ftp://x'],
      '--alert-webhook must be an absolute URL of http or https, got "ftp://x"',
    ],
    [
      ['--stream', 's', ...counting, '--alert-threshold', '0'],
      '--alert-threshold must be a whole number from 1 to 1000000, got "0"',
    ],
    [['--stream', 's', ...counting, '--window-time', 'x'], '--window-time must be event or arrival, got "x"'],
    [
      ['--stream', 's', ...counting, '--window-time', 'arrival', '--emit-seconds', '10'],
      '--emit-seconds must be 60 with --window-time arrival: there a window is what arrived in it',
    ],
  ])('%j are refused with what is wrong', async (argv, message) => {
    expect(await run(runCommand, argv)).toEqual({
      code: 2,
      stdout: '',
      stderr: `rastro-pipeline run: ${message}. See rastro-pipeline run --help.\n`,
    });
  });
});

const bin = fileURLToPath(new URL('../../bin/rastro-pipeline.js', import.meta.url));

/** The built command, as a process. */
function start(
  world: World,
  argv: readonly string[],
): { child: ChildProcess; output(): string; exit: Promise<unknown[]> } {
  const child = spawn(
    process.execPath,
    [
      bin,
      'run',
      '--stream',
      'events',
      '--region',
      'us-east-1',
      '--endpoint',
      world.kinesis.endpoint,
      '--data',
      world.directory,
      ...argv,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const exit = once(child, 'close');
  atEnd(async () => {
    child.kill('SIGKILL');
    await exit;
  });
  return { child, output: () => output, exit };
}
const counting = (world: World): string[] => [
  ...['--counts-stream', 'rows', '--counts-table', 'counts', '--dynamodb-endpoint', world.dynamo.endpoint],
  ...['--emit-seconds', '1'],
];

describe('the process', { timeout: 60_000 }, () => {
  test('with --once it ends by itself when all is in the lake and the table, and says of a robot in one line', async () => {
    const world = await createWorld();
    await world.put([...robot(), view()]);
    const { output, exit } = start(world, [...counting(world), '--once', '--port', '0']);
    expect([await exit, output()]).toEqual([
      [0, null],
      expect.stringContaining('181 events are in the lake, 0 records'),
    ]);
    expect(output().match(/ALERT robot at shop is too fast for a person.*\n(?!\n)/g)).toHaveLength(1);
    expect(await world.counts()).toEqual({ 'robot view': 180, 'ana view': 1 });
  });

  test('ended by SIGTERM in the middle it says 0, and the next start goes on without loss or repeats', async () => {
    const world = await createWorld({ shards: 2 });
    const first = start(world, [...counting(world), '--port', '0']);
    await eventually(() => first.output().includes('Reading events'));
    for (let round = 0; round < 5; round++)
      await world.put(Array.from({ length: 100 }, (_, user) => view({ customer_id: `user ${user}` })));
    await eventually(async () => (await world.rows()).length > 0);
    first.child.kill('SIGTERM');
    expect(await first.exit).toEqual([0, null]);
    const second = start(world, [...counting(world), '--once']);
    expect([await second.exit, second.output()]).toEqual([
      [0, null],
      expect.stringContaining('500 events are in the lake'),
    ]);
    const counts = await world.counts();
    expect(Object.keys(counts)).toHaveLength(100);
    expect(new Set(Object.values(counts))).toEqual(new Set([5]));
  });

  test('ended by SIGTERM while no part gets an answer it ends, too', async () => {
    const world = await createWorld();
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    atEnd(() => {
      silent.closeAllConnections();
      silent.close();
    });
    await once(silent, 'listening');
    await world.put(Array.from({ length: 200 }, (_, user) => view({ customer_id: `user ${user}` })));
    const { startFaultProxy } = await import('@rastro/collector/dev');
    const proxy = await startFaultProxy({ target: world.kinesis.endpoint });
    atEnd(() => proxy.stop());
    const { child, output, exit } = start(world, [...counting(world), '--endpoint', proxy.endpoint]);
    await eventually(() => output().includes('Reading events'));
    proxy.set({ hangBefore: 1, operations: ['GetRecords', 'PutRecords', 'ListShards', 'GetShardIterator'] });
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
  });

  test.each([
    [
      'a stream that is not there',
      ['--stream', 'nowhere'],
      /^\d{4}-\d\d-\d\dT[\d:.]+Z rastro-pipeline run: The stream 'nowhere' cannot be described: .*not found.*\n$/,
    ],
    [
      'a second stream that is not there',
      ['--counts-stream', 'nowhere', '--counts-table', 'counts'],
      /The stream 'nowhere' cannot be described: .*not found.*\n$/,
    ],
    [
      'an endpoint where nobody is',
      ['--endpoint', 'http://127.0.0.1:1'],
      /^\d{4}-\d\d-\d\dT[\d:.]+Z rastro-pipeline run: The stream 'events' cannot be described: .*ECONNREFUSED.*\n$/,
    ],
    [
      'an endpoint of the table where nobody is',
      ['--counts-stream', 'rows', '--counts-table', 'counts', '--dynamodb-endpoint', 'http://localhost:1'],
      /^\d{4}-\d\d-\d\dT[\d:.]+Z rastro-pipeline run: The table 'counts' of DynamoDB can neither be made nor described: .*ECONNREFUSED.*\n$/,
    ],
  ])('ends with 1 and one line for %s', async (_, argv, said) => {
    const world = await createWorld();
    const table = argv.includes('--counts-stream') && !argv.includes('--dynamodb-endpoint');
    const { output, exit } = start(world, [...argv, ...(table ? ['--dynamodb-endpoint', world.dynamo.endpoint] : [])]);
    expect([await exit, output()]).toEqual([[1, null], expect.stringMatching(said)]);
  });

  test('says that --data is a file, and which region is missing', async () => {
    const file = fileURLToPath(import.meta.url);
    const { code, stderr } = await run(runCommand, ['--stream', 's', '--data', file], true);
    expect([code, stderr]).toEqual([1, `rastro-pipeline run: --data must be a folder, got the file "${file}"\n`]);
    vi.stubEnv('AWS_REGION', undefined);
    vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere');
    try {
      expect(await run(runCommand, ['--stream', 's', '--data', '/nowhere/x'], true)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^rastro-pipeline run: the region is missing: --region REGION or AWS_REGION/),
      });
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test('says what it counts into, whom it warns, and what the lake put aside', async () => {
    const world = await createWorld();
    await world.put([view(), 'no JSON']);
    const { output, exit } = start(world, [...counting(world), '--once']);
    expect([await exit, output()]).toEqual([[0, null], expect.stringMatching(/Z Reading events into /)]);
    expect(output()).toContain('Z Counting by event time into counts through rows, every 1 s.\n');
    expect(output()).toContain('Z Alerts go to terminal.\n');
    expect(output()).toMatch(/Z lake: 1 record was no row \(\w+ 1\): kept below .*errors\n/);
  });

  test('says that the folder was moved away', async () => {
    const world = await createWorld();
    const { output } = start(world, ['--flush-seconds', '1']);
    await eventually(() => output().includes('Reading events'));
    const elsewhere = `${world.directory}-moved`;
    atEnd(() => rm(elsewhere, { recursive: true, force: true }));
    await rename(world.directory, elsewhere);
    await world.put([view()]);
    await eventually(() => /Z lake: .*lake is gone or was taken over/.test(output()));
  });

  test('ends with 1 for a port that is taken', async () => {
    const world = await createWorld();
    const { port } = new URL(world.kinesis.endpoint);
    const { output, exit } = start(world, ['--port', port]);
    expect([await exit, output()]).toEqual([
      [1, null],
      expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z rastro-pipeline run: --port \d+ is in use: choose another\n$/),
    ]);
  });

  test('ends with 1 for a folder that another process has', async () => {
    const world = await createWorld();
    const first = start(world, []);
    await eventually(() => first.output().includes('Reading events'));
    const second = start(world, []);
    expect([await second.exit, second.output()]).toEqual([
      [1, null],
      expect.stringMatching(
        /^\d{4}-\d\d-\d\dT[\d:.]+Z rastro-pipeline run: .*\/lake is in use by the process \d+: a lake has one writer\n$/,
      ),
    ]);
  });

  test('keeps an alert that nobody takes, and says so with 1', async () => {
    const world = await createWorld();
    await world.put(robot());
    const broken = createServer((_, response) => response.writeHead(400).end()).listen(0, '127.0.0.1');
    atEnd(() => broken.close());
    await once(broken, 'listening');
    const url = `http://127.0.0.1:${(broken.address() as AddressInfo).port}/`;
    const { output, exit } = start(world, [...counting(world), '--once', '--alert-webhook', url]);
    expect([await exit, output()]).toEqual([
      [1, null],
      expect.stringContaining('1 alerts were not taken: the next start gives them again'),
    ]);
    expect(await world.counts()).toEqual({ 'robot view': 180 });
  });
});
