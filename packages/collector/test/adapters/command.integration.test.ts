import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../dev/support.js';
import { type Command, end, runCommand, type SlowKinesis, sendEvent, startSlowKinesis } from './support/command.js';

let kinesis: SlowKinesis;
let folder: string;
const commands: Command[] = [];

beforeAll(async () => {
  kinesis = await startSlowKinesis();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rastro-command-'));
});
afterEach(async () => {
  kinesis.hold(false);
  await Promise.all(commands.splice(0).map(end));
  await rm(folder, { recursive: true });
});
afterAll(() => kinesis.stop());

function run(...args: string[]): Command {
  const command = runCommand([...kinesis.flags, ...args]);
  commands.push(command);
  return command;
}

describe('at SIGTERM', () => {
  test('the command answers the request that is in flight, and ends with 0', async () => {
    const command = run('--key', 'demo');
    const url = await command.url();
    kinesis.hold(true);
    const answer = sendEvent(url);
    await until(() => kinesis.waiting > 0);
    command.child.kill('SIGTERM');
    await command.logged('closing');
    // No new connection is taken any more.
    await until(() =>
      fetch(`${url}/healthz`).then(
        () => false,
        () => true,
      ),
    );
    kinesis.hold(false);
    const response = await answer;
    expect(response.status).toBe(200);
    expect(response.headers.get('connection')).toBe('close');
    expect(await response.json()).toMatchObject({ accepted: 1 });
    expect(await command.ended()).toBe(0);
    expect(command.lines.at(-1)?.message).toBe('closed');
  });

  test('it says so at /readyz before it refuses connections', async () => {
    const command = run('--key', 'demo', '--drain-delay-ms', '60000', '--metrics-port', '0');
    const url = await command.url();
    const metricsUrl = String(command.lines.find(({ message }) => message === 'listening')?.['metricsUrl']);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    command.child.kill('SIGTERM');
    await command.logged('closing');
    for (const base of [url, metricsUrl]) {
      const response = await fetch(`${base}/readyz`);
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({ status: 'draining' });
      expect((await fetch(`${base}/healthz`)).status).toBe(200);
    }
    expect((await sendEvent(url)).status).toBe(200);
  });

  test('it ends with 1 when the time is over before, and says what was unfinished', async () => {
    const command = run('--key', 'demo', '--drain-timeout-ms', '300');
    const url = await command.url();
    kinesis.hold(true);
    const answer = sendEvent(url).catch(() => 'cut');
    await until(() => kinesis.waiting > 0);
    command.child.kill('SIGTERM');
    expect(await command.ended()).toBe(1);
    expect(command.lines.at(-1)).toMatchObject({
      level: 'error',
      message: 'ended before all was finished',
      unfinished: expect.stringMatching(/^1 requests in flight, \d connections open$/),
    });
    expect(await answer).toBe('cut');
  });

  test('a second one ends it at once', async () => {
    const command = run('--key', 'demo');
    const url = await command.url();
    kinesis.hold(true);
    void sendEvent(url).catch(() => {});
    await until(() => kinesis.waiting > 0);
    command.child.kill('SIGTERM');
    await command.logged('closing');
    command.child.kill('SIGTERM');
    expect(await command.ended()).toBe('SIGTERM');
  });

  test('it does not wait for ever for a request that stopped half way, nor for idle connections', async () => {
    const command = run('--key', 'demo', '--drain-timeout-ms', '60000');
    const url = await command.url();
    const port = Number(new URL(url).port);
    const half = connect(port, '127.0.0.1').on('error', () => {});
    half.write('POST /e HTTP/1.1\r\nhost: a\r\ncontent-type: text/plain\r\ncontent-length: 1000\r\n\r\n{"v":1');
    const silent = connect(port, '127.0.0.1').on('error', () => {});
    await sendEvent(url);
    command.child.kill('SIGTERM');
    expect(await command.ended()).toBe(0);
    half.destroy();
    silent.destroy();
  });
});

describe('the sites of a file', () => {
  const config = (...keys: string[]): string =>
    JSON.stringify({ sites: Object.fromEntries(keys.map((key) => [key, {}])) });
  const status = async (url: string, key: string): Promise<number> => (await sendEvent(url, { key })).status;

  test('change when another file takes its place, without a restart', async () => {
    const path = join(folder, 'config.json');
    await writeFile(path, config('demo'));
    const command = run('--config', path);
    const url = await command.url();
    expect([await status(url, 'demo'), await status(url, 'second')]).toEqual([200, 401]);
    await writeFile(`${path}.new`, config('second'));
    await rename(`${path}.new`, path);
    expect((await command.logged('sites replaced'))[0]).toMatchObject({ sites: ['second'] });
    expect([await status(url, 'demo'), await status(url, 'second')]).toEqual([401, 200]);
  });

  test('change when a link above it is swapped, as Kubernetes does', async () => {
    for (const [at, key] of ['demo', 'second'].entries()) {
      const data = await mkdtemp(join(folder, 'data-'));
      await writeFile(join(data, 'config.json'), config(key));
      await symlink(data, join(folder, `..${at}`));
    }
    await symlink(join(folder, '..0'), join(folder, '..data'));
    await symlink(join(folder, '..data', 'config.json'), join(folder, 'config.json'));
    const command = run('--config', join(folder, 'config.json'));
    const url = await command.url();
    expect(await status(url, 'demo')).toBe(200);
    await symlink(join(folder, '..1'), join(folder, '..new'));
    await rename(join(folder, '..new'), join(folder, '..data'));
    await command.logged('sites replaced');
    expect(await status(url, 'second')).toBe(200);
  });

  test('stay when the file is wrong, and the log says what is', async () => {
    const path = join(folder, 'config.json');
    await writeFile(path, config('demo'));
    const command = run('--config', path);
    const url = await command.url();
    await writeFile(path, '{"sites": {"demo": {"origin": []}}, "port": "x"}');
    command.child.kill('SIGHUP');
    const [line] = await command.logged('configuration is wrong: the sites stay as they were');
    expect(line).toMatchObject({
      problems: [
        `${path}: sites.demo: unknown key "origin": did you mean origins?`,
        `${path}: port must be 0–65535, got "x"`,
      ],
    });
    expect(await status(url, 'demo')).toBe(200);
  });

  test('are read again at SIGHUP, which names settings that need a restart', async () => {
    const path = join(folder, 'config.json');
    await writeFile(path, config('demo'));
    const command = run('--config', path);
    await command.url();
    await writeFile(path, JSON.stringify({ sites: { demo: {} }, lingerMs: 7, workers: 2 }));
    command.child.kill('SIGHUP');
    expect((await command.logged('these settings need a restart'))[0]).toMatchObject({
      settings: ['lingerMs', 'workers'],
    });
  });
});

describe('workers', () => {
  const pids = (command: Command): number[] =>
    command.lines.filter(({ message }) => message === 'worker started').map((line) => Number(line['pid']));

  test('share a port; one that is killed comes back with its number, and the others serve meanwhile', async () => {
    const command = run('--key', 'demo', '--workers', '2', '--metrics-port', '0');
    const url = await command.url();
    const started = await command.logged('worker started', 2);
    const first = started.find((line) => line['worker'] === 1);
    process.kill(Number(first?.['pid']), 'SIGKILL');
    expect((await command.logged('worker ended'))[0]).toMatchObject({ worker: 1, signal: 'SIGKILL' });
    expect((await sendEvent(url)).status).toBe(200);
    const again = (await command.logged('worker started', 3))[2];
    expect(again).toMatchObject({ worker: 1 });
    expect(again?.['pid']).not.toBe(first?.['pid']);
    expect((await sendEvent(url)).status).toBe(200);
    const operations = String((await command.logged('workers started'))[0]?.['metricsUrl']);
    const metrics = await (await fetch(`${operations}/metrics`)).text();
    expect(metrics).toMatch(/^rastro_workers 2$/m);
    expect(metrics).toMatch(/^rastro_worker_restarts_total 1$/m);
    expect((await fetch(`${url}/metrics`)).status).toBe(404);
    const ready = await fetch(`${operations}/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({ status: 'ready', workers: [{ status: 'ready' }, { status: 'ready' }] });
    expect(await (await fetch(`${operations}/healthz`)).json()).toEqual({ status: 'ok' });
  });

  test('answer what is in flight at SIGTERM and end, all with the command', async () => {
    const command = run('--key', 'demo', '--workers', '2');
    const url = await command.url();
    await command.logged('worker started', 2);
    kinesis.hold(true);
    // Connections go to the workers in turn.
    const answers = [sendEvent(url), sendEvent(url)];
    await until(() => kinesis.waiting >= 2);
    // As a container's end does: all processes at once.
    for (const pid of pids(command)) process.kill(pid, 'SIGTERM');
    command.child.kill('SIGTERM');
    await command.logged('closing', 3);
    kinesis.hold(false);
    for (const answer of answers) expect((await answer).status).toBe(200);
    expect(await command.ended()).toBe(0);
    expect(command.lines.filter(({ message }) => message === 'worker ended')).toEqual([]);
  });

  test('get new sites, those that are started again too', async () => {
    const path = join(folder, 'config.json');
    await writeFile(path, JSON.stringify({ sites: { first: {} } }));
    const command = run('--config', path, '--workers', '2');
    const url = await command.url();
    await command.logged('worker started', 2);
    await writeFile(path, JSON.stringify({ sites: { demo: {} } }));
    command.child.kill('SIGHUP');
    await command.logged('sites replaced');
    const both = (): Promise<number[]> =>
      Promise.all([sendEvent(url), sendEvent(url)].map(async (answer) => (await answer).status));
    await until(async () => (await both()).every((status) => status === 200));
    process.kill(pids(command)[0] ?? 0, 'SIGKILL');
    await command.logged('worker started', 3);
    expect(await both()).toEqual([200, 200]);
  });

  test('end when the command is killed', async () => {
    const command = run('--key', 'demo', '--workers', '2');
    await command.url();
    await command.logged('worker started', 2);
    command.child.kill('SIGKILL');
    await command.ended();
    for (const pid of pids(command)) {
      await until(() => {
        try {
          process.kill(pid, 0);
          return false;
        } catch {
          return true;
        }
      }, 20_000);
    }
  });
});
