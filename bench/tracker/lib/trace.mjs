// @ts-check

/**
 * @typedef {object} TraceEvent https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
 * @property {string} name
 * @property {string} ph `X`: a span.
 * @property {number} pid
 * @property {number} tid
 * @property {number} ts us
 * @property {number} [dur] us
 * @property {{ data?: { url?: string, functionName?: string, type?: string, name?: string } }} args
 *
 * @typedef {object} Task One task of the main thread.
 * @property {number} atMs Since the first call.
 * @property {number} ms
 * @property {number} callMs Of it, the function of the page that calls the tracker, with the tracker's part of the calls.
 * @property {string} parts What else it consists of, longest first: "RunMicrotasks 31.0, MinorGC 2.1", each without what is
 *   inside of it.
 */

const isTask = (/** @type {TraceEvent} */ { name }) => name === 'RunTask' || name === 'ThreadControllerImpl::RunTask';

/** @param {TraceEvent} span */
function describe({ name, args: { data } }) {
  const file = data?.url?.split('/').at(-1);
  const call = name === 'FunctionCall' && file === 'harness.js';
  return { label: [name, data?.functionName || data?.type, file && `(${file})`].filter(Boolean).join(' '), call };
}

/**
 * The tasks of the thread that ran the burst, from its first call on.
 *
 * @param {readonly TraceEvent[]} events
 * @param {string} begin Name of the mark that was set just before the first call.
 * @returns {Task[]} In the order in which they ran.
 */
export function tasksSince(events, begin) {
  const mark = events.find(({ name }) => name === begin);
  if (!mark) throw new Error(`The trace has no mark ${begin}`);
  const spans = events
    .filter(({ ph, pid, tid }) => ph === 'X' && pid === mark.pid && tid === mark.tid)
    .sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0));
  const tasks = spans.filter((span) => isTask(span) && span.ts + (span.dur ?? 0) > mark.ts);
  /** @type {Task[]} */
  const result = [];
  let at = 0;
  let end = -1;
  for (const task of tasks) {
    const taskEnd = task.ts + (task.dur ?? 0);
    // Both categories report the same task, and a task can run others inside of it.
    if (taskEnd <= end) continue;
    end = taskEnd;
    while (at < spans.length && /** @type {TraceEvent} */ (spans[at]).ts < task.ts) at += 1;
    /** @type {Map<string, number>} */
    const parts = new Map();
    /** @type {{ end: number, label: string, call: boolean }[]} Spans that are open, outermost first. */
    const stack = [];
    let callUs = 0;
    let last = task.ts;
    // The time up to `until` belongs to the innermost open span.
    const spend = (/** @type {number} */ until) => {
      const { label = 'browser' } = stack.at(-1) ?? {};
      if (!stack.some(({ call }) => call)) parts.set(label, (parts.get(label) ?? 0) + until - last);
      else callUs += until - last;
      last = until;
    };
    const closeUntil = (/** @type {number} */ until) => {
      for (let open = stack.at(-1); open && open.end <= until; open = stack.at(-1)) {
        spend(open.end);
        stack.pop();
      }
    };
    for (; at < spans.length; at++) {
      const span = /** @type {TraceEvent} */ (spans[at]);
      if (span.ts >= taskEnd) break;
      if (isTask(span)) continue;
      closeUntil(span.ts);
      spend(span.ts);
      stack.push({ end: Math.min(taskEnd, span.ts + (span.dur ?? 0)), ...describe(span) });
    }
    closeUntil(taskEnd);
    spend(taskEnd);
    result.push({
      atMs: (task.ts - mark.ts) / 1000,
      ms: (task.dur ?? 0) / 1000,
      callMs: callUs / 1000,
      parts: [...parts]
        .sort(([, a], [, b]) => b - a)
        .slice(0, 3)
        .filter(([, us]) => us >= 1000)
        .map(([label, us]) => `${label} ${(us / 1000).toFixed(1)}`)
        .join(', '),
    });
  }
  return result;
}
