// @ts-check
import { columns, losses, markdown } from './report.mjs';
import { medians } from './statistics.mjs';
import { callCount } from './visit.mjs';

/**
 * @typedef {import('./trackers.mjs').Name} Name
 *
 * @typedef {Record<string, Partial<Record<Name, Record<string, number>[]>>>} Samples By rate ("4×") and tracker, one per round.
 *
 * @typedef {object} Result What a run gives, as --json prints it.
 * @property {string} environment
 * @property {Partial<Record<Name, import('../../../scripts/lib/size.mjs').Size>>} sizes
 * @property {{ loading: Samples, calling: Samples }} samples With what the page costs without a tracker.
 */

/**
 * @param {Samples} samples
 * @param {(row: Record<string, number>, floor: Record<string, number>) => Record<string, number>} convert
 * @returns {import('./report.mjs').Group[]}
 */
const groups = (samples, convert) =>
  Object.entries(samples).map(([label, byName]) => {
    /** @type {import('./report.mjs').Group} */
    const group = { label, rows: {}, samples: {} };
    for (const [name, rows] of /** @type {[Name, Record<string, number>[]][]} */ (Object.entries(byName))) {
      // Of the same round: what else the machine did was the same then.
      const converted = rows.map((row, round) => convert(row, name === 'empty' ? {} : (byName.empty?.[round] ?? {})));
      group.rows[name] = medians(converted);
      if (group.samples) group.samples[name] = converted;
    }
    return group;
  });

const less = (/** @type {number} */ value = 0, /** @type {number} */ floor = 0) => Math.max(0, value - floor);

/**
 * The tables and what they say against Rastro, as Markdown.
 *
 * @param {Result} result
 */
export function resultText({ environment, sizes, samples }) {
  const { empty: _, ...rows } = sizes;
  const size = [{ label: '', rows: /** @type {import('./report.mjs').Group['rows']} */ (rows) }];
  const loading = groups(samples.loading, (row, floor) => ({ ...row, allMs: less(row['allMs'], floor['allMs']) }));
  const calling = groups(samples.calling, (row, floor) => {
    const allUs = less(row['allUs'], floor['allUs']);
    // A tracker that drops events is not cheap.
    const arrivedUs = row['reached'] ? (allUs * callCount) / row['reached'] : Number.NaN;
    return { ...row, allUs, arrivedUs };
  });
  const rounds = (/** @type {Samples} */ of) => Object.values(of)[0]?.empty?.length ?? 0;
  const lost = [
    ...losses('bytes', columns.size, size),
    ...losses('loading', columns.loading, loading),
    ...losses('1,000 calls', columns.calling, calling),
  ];
  return [
    `${environment} Medians of ${rounds(samples.loading)} loads and ${rounds(samples.calling)} runs; in brackets the lowest and the highest.`,
    '### Bytes',
    markdown(columns.size, size),
    '### Loading',
    markdown(columns.loading, loading),
    '### 1,000 calls',
    markdown(columns.calling, calling),
    ...(Object.keys(rows).some((name) => name !== 'rastro') ? ['### Where others are better', verdict(lost)] : []),
  ].join('\n\n');
}

/** @param {readonly string[]} lost */
const verdict = (lost) =>
  lost.length > 0
    ? `Where a peer's median is below Rastro's. *Overlap*: the ranges of the two do, so that this run alone does not tell them apart.\n\n${lost.map((line) => `- ${line}`).join('\n')}`
    : 'In this run no peer needs less than Rastro in any compared column.';
