// @ts-check

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** `412 (398–530)`: median, lowest and highest, whole numbers. @param {readonly number[]} values */
export function spread(values) {
  const whole = (/** @type {number} */ value) => Math.round(value).toLocaleString('en-US');
  if (values.length === 0) return '-';
  return `${whole(median(values))} (${whole(Math.min(...values))}–${whole(Math.max(...values))})`;
}

/** @param {number} bytes */
export const megabytes = (bytes) => `${Math.round(bytes / 1e6).toLocaleString('en-US')} MB`;

/**
 * A whole number of the command line; `10_000_000` and `10000000` are the same.
 *
 * @param {string} text @param {number} least
 * @returns {number | undefined} `undefined` when it is none, or below `least`.
 */
export function wholeNumber(text, least) {
  if (!/^\d+(?:_\d+)*$/.test(text)) return undefined;
  const value = Number(text.replaceAll('_', ''));
  return Number.isSafeInteger(value) && value >= least ? value : undefined;
}

/** `████░░░░ 12/30`. @param {number} done @param {number} all @param {number} [width] */
export function bar(done, all, width = 30) {
  const full = Math.round((done / all) * width);
  return `${'█'.repeat(full)}${'░'.repeat(width - full)} ${done}/${all}`;
}

/** Highest resident memory of a process, from the text of /proc/PID/status. Unit: bytes. @param {string} status */
export function peakOf(status) {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}
