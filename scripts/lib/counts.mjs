// @ts-check
// From the runners' reports to one honest count. What did not pass is never counted as passed.

/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed Also files that did not load, and a part that crashed or ran no test: one each.
 * @property {number} skipped
 * @property {readonly string[]} notes Why `failed` is higher than the number of failed tests.
 */

/**
 * @typedef {object} VitestReport
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {readonly { name: string, status: string, assertionResults: readonly { status: string }[] }[]} testResults
 */

/**
 * @param {VitestReport} report
 * @returns {Counts}
 */
export function fromVitest(report) {
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
    notes: broken.map((file) => `failed outside of its tests: ${file.name}`),
  };
}

/**
 * @typedef {object} PlaywrightReport
 * @property {{ expected: number, unexpected: number, flaky: number, skipped: number }} stats
 * @property {readonly { message?: string }[]} errors Outside of tests: a file or the configuration did not load.
 */

/**
 * @param {PlaywrightReport} report
 * @returns {Counts}
 */
export function fromPlaywright({ stats, errors }) {
  return {
    passed: stats.expected,
    // A flaky test failed once.
    failed: stats.unexpected + stats.flaky + errors.length,
    skipped: stats.skipped,
    notes: errors.map(({ message = 'unknown error' }) => `failed outside of its tests: ${firstLine(message)}`),
  };
}

/**
 * The counts of one part after its exit code was heard too.
 *
 * @param {Counts | undefined} counts What its report says; `undefined` when it left none.
 * @param {number} exitCode
 * @returns {Counts}
 */
export function judge(counts, exitCode) {
  if (!counts) return failure(`crashed: exit code ${exitCode} and no report`);
  if (counts.failed > 0) return counts;
  if (exitCode !== 0) return { ...counts, failed: 1, notes: [`the runner failed: exit code ${exitCode}`] };
  if (counts.passed === 0) return { ...counts, failed: 1, notes: ['ran no test'] };
  return counts;
}

/**
 * A part that could not run.
 *
 * @param {string} note
 * @returns {Counts}
 */
export const failure = (note) => ({ passed: 0, failed: 1, skipped: 0, notes: [note] });

/**
 * The last line of a test run.
 *
 * @param {readonly Counts[]} parts
 */
export function lastLine(parts) {
  const sum = (/** @type {'passed' | 'failed' | 'skipped'} */ key) =>
    parts.reduce((total, part) => total + part[key], 0);
  const skipped = sum('skipped');
  return `${sum('passed')} passed, ${sum('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** @param {string} text */
const firstLine = (text) => text.split('\n', 1)[0] ?? '';
