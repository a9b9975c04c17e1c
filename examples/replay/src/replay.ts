#!/usr/bin/env node
import { setTimeout as delay } from 'node:timers/promises';
import { main } from './main.js';

const interrupt = new AbortController();
// Once: a second Ctrl-C finds the default again and ends the process.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupt.abort());

const { exitCode } = await main(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  signal: interrupt.signal,
  now: () => performance.timeOrigin + performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
  random: Math.random,
});
process.exitCode = exitCode;
