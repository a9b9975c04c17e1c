// @ts-check
/**
 * @typedef {object} Minute
 * @property {number} minute From 1; the last may be shorter.
 * @property {number} events Of requests that were answered in it with 200.
 * @property {number} errors Requests with any other answer, or none.
 * @property {number} p50Ms
 * @property {number} p99Ms
 * @property {number} maxMs
 * @property {number} [rssMb] At its end, as the others.
 * @property {number} [heapMb]
 * @property {number} [cpu] Share of one core.
 */

/**
 * Answers, as they come, and one line of numbers for each stretch of time.
 *
 * @param {number} eventsPerAnswer
 */
export function createStretch(eventsPerAnswer) {
  /** @type {number[]} */
  let durations = [];
  let errors = 0;
  return {
    /** @param {{ ms: number, status: number }} answer */
    add({ ms, status }) {
      if (status === 200) durations.push(ms);
      else errors++;
    },
    /** Ends the stretch, and begins the next. */
    take() {
      const sorted = Float64Array.from(durations).sort();
      const result = {
        events: sorted.length * eventsPerAnswer,
        errors,
        p50Ms: percentile(sorted, 0.5),
        p99Ms: percentile(sorted, 0.99),
        maxMs: sorted.at(-1) ?? 0,
      };
      durations = [];
      errors = 0;
      return result;
    },
  };
}

/**
 * @param {Float64Array} sorted
 * @param {number} share From 0 to 1.
 */
export function percentile(sorted, share) {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

/**
 * Minutes as a Markdown table.
 *
 * @param {readonly Minute[]} minutes
 */
export function soakTable(minutes) {
  const heap = minutes.some(({ heapMb }) => heapMb !== undefined);
  const round = (/** @type {number | undefined} */ value, digits = 0) =>
    value === undefined ? '' : value.toLocaleString('en-US', { maximumFractionDigits: digits });
  const head = [
    'minute',
    'events',
    'errors',
    'p50 ms',
    'p99 ms',
    'longest ms',
    'RSS MB',
    ...(heap ? ['heap MB'] : []),
    'CPU',
  ];
  const rows = minutes.map((one) =>
    [
      one.minute,
      round(one.events),
      round(one.errors),
      round(one.p50Ms, 1),
      round(one.p99Ms, 1),
      round(one.maxMs),
      round(one.rssMb),
      ...(heap ? [round(one.heapMb)] : []),
      one.cpu === undefined ? '' : `${round(one.cpu * 100)} %`,
    ].join(' | '),
  );
  return `| ${head.join(' | ')} |
|${head.map(() => '---:').join('|')}|
${rows.map((row) => `| ${row} |`).join('\n')}`;
}
