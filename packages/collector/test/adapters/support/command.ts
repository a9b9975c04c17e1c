import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type EmbeddedKinesis, startEmbeddedKinesis } from '../../../src/dev/embedded-kinesis.js';
import { until } from '../../dev/support.js';

type Line = Record<string, unknown> & { message: string };

export interface Command {
  readonly child: ChildProcess;
  /** Lines of the log so far. */
  readonly lines: readonly Line[];
  /** Waits for so many lines with a message. */
  logged(message: string, count?: number): Promise<readonly Line[]>;
  /** Base of the server's URLs, once it listens. */
  url(): Promise<string>;
  /** How it ended: an exit code, or a signal. */
  ended(): Promise<number | NodeJS.Signals | null>;
}

/** Runs the built command as a process of its own. */
export function runCommand(args: readonly string[], env: Record<string, string> = {}): Command {
  const bin = fileURLToPath(new URL('../../../bin/rastro-collector.js', import.meta.url));
  const child = spawn(process.execPath, [bin, ...args], {
    env: { PATH: process.env['PATH'], AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: Line[] = [];
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts.map((line) => JSON.parse(line) as Line));
  });
  const exit = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const logged = (message: string, count = 1): Promise<readonly Line[]> =>
    until(() => {
      const found = lines.filter((line) => line.message === message);
      if (found.length >= count) return found;
      if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode} before "${message}"`);
      return undefined;
    }, 20_000);
  return {
    child,
    lines,
    logged,
    url: async () => String((await logged('listening'))[0]?.['url']),
    ended: async () => {
      const [code, signal] = await exit;
      return code ?? signal;
    },
  };
}

/** Ends what a test left running. */
export async function end({ child, ended }: Command): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await ended();
}

export interface SlowKinesis {
  readonly flags: readonly string[];
  /** Calls of PutRecords that wait. */
  readonly waiting: number;
  /** Whether PutRecords waits, from now on. Those that wait go on when it ends. */
  hold(on: boolean): void;
  stop(): Promise<void>;
}

/** The embedded Kinesis, with puts that can be made to wait. */
export async function startSlowKinesis(): Promise<SlowKinesis> {
  const kinesis: EmbeddedKinesis = await startEmbeddedKinesis({
    streams: [
      { name: 'events', shards: 1 },
      { name: 'events-dead-letter', shards: 1 },
    ],
  });
  let held = false;
  let waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    const pass = (): void => {
      const { method, headers, url } = request;
      const onward = send(`${kinesis.endpoint}${url}`, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      onward.on('error', () => response.destroy());
      request.pipe(onward);
    };
    if (held && String(request.headers['x-amz-target']).endsWith('.PutRecords')) waiting.push(pass);
    else pass();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    flags: ['--stream', 'events', '--region', kinesis.region, '--kinesis-endpoint', endpoint, '--port', '0'],
    get waiting() {
      return waiting.length;
    },
    hold(on) {
      held = on;
      if (on) return;
      for (const pass of waiting) pass();
      waiting = [];
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await kinesis.stop();
    },
  };
}

let events = 0;
/** Sends one event, which is always another. */
export async function sendEvent(url: string, fields: object = {}): Promise<Response> {
  const event = {
    event_id: `01936d2e-7c1a-7e3b-9f60-${(++events).toString(16).padStart(12, '0')}`,
    event_type: 'view',
    event_time: Date.now(),
    product_id: '44600062',
  };
  return fetch(`${url}/e`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: JSON.stringify({ v: 1, key: 'demo', device_id: 'd-1', session_id: 's-1', events: [event], ...fields }),
  });
}
