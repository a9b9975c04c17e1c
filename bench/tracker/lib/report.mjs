// @ts-check
import { ratio } from './statistics.mjs';
import { trackers } from './trackers.mjs';

/**
 * @typedef {import('./trackers.mjs').Name} Name
 *
 * @typedef {object} Column
 * @property {string} field
 * @property {string} title With the unit.
 * @property {number} [digits] After the point. Default 0.
 * @property {boolean} [spread] Says the lowest and the highest sample too.
 * @property {boolean} [compare] Has a ratio, and less is better. Default true.
 *
 * @typedef {object} Group Rows that compare with one another: one rate, say.
 * @property {string} label Of the second column; '' for none.
 * @property {Partial<Record<Name, Record<string, number>>>} rows
 * @property {Partial<Record<Name, readonly Record<string, number>[]>>} [samples] What the rows are the medians of.
 */

/** @type {Record<'size' | 'loading' | 'calling' | 'burst', readonly Column[]>} */
export const columns = {
  size: [
    { field: 'raw', title: 'raw B' },
    { field: 'gzip', title: 'gzip -9 B' },
    { field: 'brotli', title: 'Brotli 11 B' },
  ],
  loading: [
    { field: 'evaluateMs', title: 'evaluate ms', digits: 2 },
    { field: 'startMs', title: 'init ms', digits: 2, compare: false },
    { field: 'readyMs', title: 'evaluate + init ms', digits: 2, spread: true },
    { field: 'allMs', title: 'all in 1.5 s ms', digits: 1 },
    { field: 'longTasks', title: 'long tasks', compare: false },
    { field: 'firstUs', title: 'first call us' },
    { field: 'spacedUs', title: 'a call each 25 ms us', spread: true },
  ],
  calling: [
    { field: 'medianUs', title: 'call median us' },
    { field: 'p95Us', title: 'call p95 us' },
    { field: 'allUs', title: 'all, per call us', spread: true },
    { field: 'arrivedUs', title: 'all, per event that arrived us' },
    { field: 'longTasks', title: 'long tasks', compare: false },
    { field: 'longestMs', title: 'longest ms', compare: false },
    { field: 'requests', title: 'requests', compare: false },
    { field: 'reached', title: 'arrived', compare: false },
  ],
  burst: [
    { field: 'callingMs', title: 'longest task with calls ms', digits: 1 },
    { field: 'callsMs', title: 'of it, the calls ms', digits: 1 },
    { field: 'afterCallsMs', title: 'after the calls, same task ms', digits: 1 },
    { field: 'ownMs', title: "longest task of the tracker's own ms", digits: 1 },
    { field: 'longTasks', title: 'tasks > 50 ms', compare: false },
    { field: 'blockingMs', title: 'own, over 50 ms, sum ms', digits: 1, compare: false },
    { field: 'reached', title: 'arrived', compare: false },
  ],
};

/** @param {number} value @param {number} [digits] */
export const number = (value, digits = 0) =>
  Number.isNaN(value)
    ? '–'
    : value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** @param {number | undefined} times */
export const times = (times) =>
  times === undefined ? '–' : `${times >= 99.5 ? number(times) : times >= 9.95 ? times.toFixed(0) : times.toFixed(1)}×`;

/**
 * @param {readonly Record<string, number>[]} [samples]
 * @param {string} [field]
 * @returns {[least: number, most: number]} Of nothing, a range that overlaps none.
 */
function range(samples = [], field = '') {
  const values = samples.map((sample) => sample[field] ?? Number.NaN);
  return values.length > 0
    ? [Math.min(...values), Math.max(...values)]
    : [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
}

/**
 * A Markdown table: of each group the trackers' rows, then one row per peer that says how many times Rastro's it is.
 *
 * @param {readonly Column[]} columns
 * @param {readonly Group[]} groups
 */
export function markdown(columns, groups) {
  const labelled = groups.some(({ label }) => label);
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(' | ')} |`;
  const head = ['tracker', ...(labelled ? [''] : []), ...columns.map(({ title }) => title)];
  const lines = [line(head), `|---|${labelled ? '---|' : ''}${columns.map(() => '---:|').join('')}`];
  for (const { label, rows, samples = {} } of groups) {
    const lead = (/** @type {string} */ title) => (labelled ? [title, label] : [title]);
    const entries = /** @type {[Name, Record<string, number>][]} */ (Object.entries(rows));
    for (const [name, row] of entries) {
      const cells = columns.map(({ field, digits, spread }) => {
        const [least, most] = range(samples[name], field);
        const value = number(row[field] ?? Number.NaN, digits);
        return spread && least < most ? `${value} (${number(least, digits)}–${number(most, digits)})` : value;
      });
      const title = trackers[name].title;
      lines.push(line([...lead(name === 'rastro' ? `**${title}**` : title), ...cells]));
    }
    for (const [name, row] of entries) {
      const own = rows.rastro;
      if (!own || name === 'rastro' || name === 'empty') continue;
      const cells = columns.map(({ field, compare = true }) =>
        compare ? times(ratio(row[field] ?? Number.NaN, own[field] ?? 0)) : '',
      );
      lines.push(line([...lead(`${trackers[name].title} / Rastro`), ...cells]));
    }
  }
  return lines.join('\n');
}

/**
 * Where a peer is better than Rastro: the part of a comparison that its author likes to leave out.
 *
 * @param {string} what
 * @param {readonly Column[]} columns
 * @param {readonly Group[]} groups
 * @returns {string[]} One line each.
 */
export function losses(what, columns, groups) {
  return groups.flatMap(({ label, rows, samples = {} }) =>
    /** @type {[Name, Record<string, number>][]} */ (Object.entries(rows)).flatMap(([name, row]) => {
      const own = rows.rastro;
      if (!own || name === 'rastro' || name === 'empty') return [];
      return columns.flatMap(({ field, title, digits, compare = true }) => {
        const [mine = 0, theirs = 0] = [own[field], row[field]];
        if (!compare || !(theirs < mine)) return [];
        const where = [what, label].filter(Boolean).join(', ');
        const overlap = range(samples[name], field)[1] >= range(samples.rastro, field)[0];
        const line = `${where}: ${title}, Rastro ${number(mine, digits)}, ${trackers[name].title} ${number(theirs, digits)}`;
        return [overlap ? `${line} (overlap)` : line];
      });
    }),
  );
}

/**
 * Puts text between `<!-- name -->` and `<!-- /name -->`.
 *
 * @param {string} document
 * @param {string} name
 * @param {string} text
 * @throws {Error} When the document lacks the markers.
 */
export function insert(document, name, text) {
  const open = `<!-- ${name} -->`;
  const close = `<!-- /${name} -->`;
  const from = document.indexOf(open);
  const to = document.indexOf(close);
  if (from < 0 || to < from) throw new Error(`no ${open} … ${close}`);
  return `${document.slice(0, from + open.length)}\n\n${text}\n\n${document.slice(to)}`;
}
