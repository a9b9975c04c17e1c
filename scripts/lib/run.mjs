// @ts-check
// How the scripts start other programs, report failure and clean up behind themselves.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** What went wrong, in words meant for the reader: printed without a stack. */
export class Failure extends Error {
  /**
   * @param {string} message
   * @param {number} [exitCode]
   */
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/**
 * Runs a script's body and turns what it throws into an exit code. The process ends by itself, so that everything
 * written is flushed.
 *
 * @param {() => Promise<void> | void} body
 */
export async function main(body) {
  try {
    await body();
  } catch (error) {
    const failure = error instanceof Failure ? error : undefined;
    const text = failure ? failure.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
    if (text) console.error(text);
    process.exitCode = failure?.exitCode ?? 1;
  }
}

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd] Default: the repository.
 * @property {Record<string, string | undefined>} [env] Added to this process's; `undefined` takes a variable away.
 * @property {boolean} [capture] Keep the output for the result instead of showing it.
 * @property {number} [limitMs] End the program after this long. Only with `capture`.
 *
 * @typedef {object} RunResult
 * @property {number} code Exit code; 127 when the program could not be started, 124 when `limitMs` passed.
 * @property {string} output stdout and stderr as they came, where captured.
 * @property {string} stdout Only that, where captured.
 */

/**
 * Runs a program to its end. Its exit code is a result, not an exception.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<RunResult>}
 * @throws {Failure} When this process was asked to stop meanwhile, so that `finally` blocks still run.
 */
export function run(command, args, { cwd = root, env = {}, capture = false, limitMs } = {}) {
  // A group of its own lets a time limit end the program's children too.
  const group = capture && process.platform !== 'win32';
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: capture ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    detached: group,
  });
  let output = '';
  let stdout = '';
  /** @type {NodeJS.Signals | undefined} */
  let stopped;
  let late = false;
  const kill = (/** @type {NodeJS.Signals} */ signal) => {
    try {
      if (group && child.pid) process.kill(-child.pid, signal);
      else child.kill(signal);
    } catch {
      // It has ended already.
    }
  };
  const onSignal = (/** @type {NodeJS.Signals} */ signal) => {
    stopped = signal;
    // Ctrl-C reaches a program of our own group without us.
    if (group || signal !== 'SIGINT') kill(signal);
  };
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM']);
  for (const signal of signals) process.on(signal, onSignal);
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
    output += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    output += chunk;
  });
  const timer = limitMs
    ? setTimeout(() => {
        late = true;
        kill('SIGKILL');
      }, limitMs)
    : undefined;
  return new Promise((resolve, reject) => {
    const end = (/** @type {number} */ code) => {
      clearTimeout(timer);
      for (const signal of signals) process.off(signal, onSignal);
      if (stopped) reject(new Failure('', stopped === 'SIGINT' ? 130 : 143));
      else if (late)
        resolve({ code: 124, output: `${output}\nStopped after ${(limitMs ?? 0) / 1000} s.`.trim(), stdout });
      else resolve({ code, output: output.trim(), stdout });
    };
    child.on('error', (error) => {
      output += error.message;
      end(127);
    });
    child.on('close', (code) => end(code ?? 1));
  });
}

/**
 * Runs a program silently to a good end.
 *
 * @param {string} what What is done, for the message: "packing the tracker".
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @throws {Failure} With all it printed, when its exit code is not 0.
 */
export async function must(what, command, args, options = {}) {
  const result = await run(command, args, { ...options, capture: true });
  if (result.code === 0) return result;
  throw new Failure(`Failed (exit code ${result.code}): ${what}\n${indent(result.output || '(it printed nothing)')}`);
}

/**
 * A tool of the repository's own node_modules, as arguments for Node: no shell and no npx is needed, on any system.
 *
 * @param {string} packageName
 * @param {string} [name] Default: the package's only one.
 */
export function tool(packageName, name) {
  const folder = join(root, 'node_modules', packageName);
  /** @type {{ bin?: string | Record<string, string> }} */
  let manifest;
  try {
    manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  } catch {
    throw new Failure(`${packageName} is not installed. Run: npm ci`);
  }
  const bins = typeof manifest.bin === 'string' ? [manifest.bin] : Object.values(manifest.bin ?? {});
  const bin = name && typeof manifest.bin === 'object' ? manifest.bin[name] : bins[0];
  if (!bin) throw new Failure(`${packageName} has no program ${name ?? 'at all'}.`);
  return join(folder, bin);
}

/**
 * npm, as command and leading arguments: the one that started us, else the one on PATH.
 *
 * @param {readonly string[]} args
 * @returns {[string, string[]]}
 */
export function npm(args) {
  const path = process.env['npm_execpath'];
  return path?.endsWith('npm-cli.js') ? [process.execPath, [path, ...args]] : ['npm', [...args]];
}

/**
 * A folder outside the repository for as long as `body` runs.
 *
 * @template T
 * @param {(folder: string) => Promise<T>} body
 * @returns {Promise<T>}
 */
export async function withTemporaryFolder(body) {
  // Resolved, since tools compare real paths and the temporary folder of macOS is a link.
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'rastro-')));
  try {
    return await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** @param {string} text */
export const indent = (text) => text.replace(/^(?=.)/gm, '  ');

/** @param {number} ms */
export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
