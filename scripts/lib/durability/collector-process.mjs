// @ts-check
// The collector as a process of its own, to be killed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A machine that is busy starts slowly; longer than this is a failure. */
const startLimitMs = 60_000;

/**
 * @typedef {object} ProcessOptions
 * @property {readonly string[]} command Program and arguments, up to those that follow here.
 * @property {readonly string[]} args Without the port.
 * @property {number} port
 */

/** @param {ProcessOptions} options */
export function createCollectorProcess({ command, args, port }) {
  const [program = '', ...first] = command;
  const url = `http://127.0.0.1:${port}`;
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let child;
  let asked = false;
  let output = '';
  /** Ends that nobody asked for. @type {string[]} */
  const crashes = [];

  const begin = () => {
    asked = false;
    const started = spawn(program, [...first, ...args, '--port', String(port), '--host', '127.0.0.1'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    });
    const keep = (/** @type {Buffer} */ chunk) => {
      output = `${output}${chunk}`.slice(-4_000);
    };
    started.stdout.on('data', keep);
    started.stderr.on('data', keep);
    started.on('exit', (code, signal) => {
      if (!asked) crashes.push(`It ended by itself (${signal ?? `exit code ${code}`}):\n${output.slice(-1_000)}`);
      if (child === started) child = undefined;
    });
    child = started;
  };

  /** @param {NodeJS.Signals} signal */
  const end = async (signal) => {
    const ending = child;
    if (!ending) return undefined;
    asked = true;
    const at = performance.now();
    const ended = once(ending, 'exit');
    ending.kill(signal);
    const [code, by] = /** @type {[number | null, NodeJS.Signals | null]} */ (await ended);
    return { code, signal: by, ms: performance.now() - at };
  };

  return {
    url,
    crashes,
    /** Starts it, and does not wait. */
    begin,
    /** Starts it, and waits until it answers. @throws {Error} With what it said, if it does not. */
    async start() {
      begin();
      const deadline = Date.now() + startLimitMs;
      for (;;) {
        const ready = await fetch(`${url}/healthz`).then(
          (response) => response.ok,
          () => false,
        );
        if (ready) return;
        if (!child || Date.now() > deadline) throw new Error(`The collector did not start:\n${output}`);
        await sleep(15);
      }
    },
    running: () => child !== undefined,
    pid: () => child?.pid,
    output: () => output,
    kill: () => end('SIGKILL'),
    /**
     * Asks it to end; ends it itself when that takes longer than the bound.
     *
     * @param {number} boundMs
     */
    async terminate(boundMs) {
      const timer = setTimeout(() => child?.kill('SIGKILL'), boundMs);
      const ended = await end('SIGTERM');
      clearTimeout(timer);
      return ended;
    },
    /**
     * A number of `/metrics`, those of all its labels together; nothing where it is not told.
     *
     * @param {string} name
     */
    metric: async (name) => {
      const response = await fetch(`${url}/metrics`).catch(() => undefined);
      return response?.ok ? metricOf(await response.text(), name) : undefined;
    },
  };
}

/** @typedef {ReturnType<typeof createCollectorProcess>} CollectorProcess */

/**
 * @param {string} text Of Prometheus: https://prometheus.io/docs/instrumenting/exposition_formats/
 * @param {string} name
 */
export function metricOf(text, name) {
  const lines = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
  const values = lines.map((line) => Number(line.replace(/^\S+?(?:\{.*\})? /, '').split(' ')[0]));
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}

/** A port that is free now: the collector is started on the same one again and again. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}
