// @ts-check
import { expect, it } from 'vitest';
import { tasksSince } from '../lib/trace.mjs';

/** @returns {import('../lib/trace.mjs').TraceEvent} */
const span = (
  /** @type {string} */ name,
  /** @type {number} */ ts,
  /** @type {number} */ dur,
  /** @type {{ url?: string, functionName?: string }} */ data = {},
  tid = 1,
) => ({ name, ph: 'X', pid: 1, tid, ts, dur, args: { data } });

it('tells the calls of a task from what the tracker does after them', () => {
  const tasks = tasksSince(
    [
      { name: 'begin', ph: 'R', pid: 1, tid: 1, ts: 1000, args: {} },
      span('RunTask', 0, 500),
      span('RunTask', 2000, 100_000),
      span('OnMessage', 2000, 99_000),
      span('FunctionCall', 3000, 60_000, { url: 'http://sink/harness.js' }),
      span('MinorGC', 4000, 2000),
      span('RunMicrotasks', 63_000, 30_000),
      span('RunTask', 2000, 70_000, {}, 2),
      span('RunTask', 110_000, 5000),
      span('FunctionCall', 110_000, 4000, { url: 'http://sink/tracker/rastro.js', functionName: 'send' }),
    ],
    'begin',
  );
  expect(tasks).toEqual([
    { atMs: 1, ms: 100, callMs: 60, parts: 'RunMicrotasks 30.0, OnMessage 9.0, browser 1.0' },
    { atMs: 109, ms: 5, callMs: 0, parts: 'FunctionCall send (rastro.js) 4.0, browser 1.0' },
  ]);
});

it('counts a task once that two categories report', () => {
  const tasks = tasksSince(
    [
      { name: 'begin', ph: 'R', pid: 1, tid: 1, ts: 0, args: {} },
      span('ThreadControllerImpl::RunTask', 10, 100),
      span('RunTask', 11, 98),
    ],
    'begin',
  );
  expect(tasks.map(({ ms }) => ms)).toEqual([0.1]);
});
