// @ts-check
// What `npm run faults` makes of the results that e2e/faults.spec.ts attaches to its tests.

/**
 * @typedef {import('../../e2e/faults.spec.ts').FaultResult} FaultResult
 *
 * @typedef {object} Attachment
 * @property {string} name
 * @property {string} [body] Base64.
 *
 * @typedef {object} Suite Of Playwright's JSON report, as far as it is read here.
 * @property {Suite[]} [suites]
 * @property {{ tests: { results: { attachments: Attachment[] }[] }[] }[]} [specs]
 */

const opening = '<!-- faults -->';
const closing = '<!-- /faults -->';

/**
 * What tests attached under a name, in the order of the report.
 *
 * @template T
 * @param {Suite} suite The report, or a part of it.
 * @param {string} name
 * @returns {T[]}
 */
export function attached(suite, name) {
  const own = (suite.specs ?? [])
    .flatMap(({ tests }) => tests)
    .flatMap(({ results }) => results)
    .flatMap(({ attachments }) => attachments)
    .filter((attachment) => attachment.name === name)
    .map(({ body = '' }) => JSON.parse(Buffer.from(body, 'base64').toString()));
  return [...own, ...(suite.suites ?? []).flatMap((part) => attached(part, name))];
}

/**
 * The results as a Markdown table, a row per case. What differs from run to run is written as lowest–highest; duplicates
 * are the mean, in percent of what was tracked.
 *
 * @param {readonly FaultResult[]} results Of any number of runs, in any order.
 */
export function faultTable(results) {
  /** @type {Map<number, FaultResult[]>} */
  const cases = new Map();
  for (const result of results) cases.set(result.number, [...(cases.get(result.number) ?? []), result]);
  const rows = [...cases]
    .sort(([a], [b]) => a - b)
    .map(([number, runs]) => {
      const percent = (/** @type {'streamDuplicates' | 'wireDuplicates'} */ field) =>
        `${Math.round(mean(runs.map((run) => (100 * run[field]) / run.tracked)) * 10) / 10} %`;
      return [
        number,
        runs[0]?.name,
        range(runs.map(({ tracked }) => tracked)),
        range(runs.map(({ once }) => once)),
        percent('streamDuplicates'),
        percent('wireDuplicates'),
        range(runs.flatMap(({ withoutComingBack }) => withoutComingBack ?? [])),
      ].join(' | ');
    });
  const versions = [...new Set(results.map(({ browser }) => browser))].join(', ');
  const most = Math.max(...[...cases.values()].map((runs) => runs.length));
  return `| # | what happens | tracked | on the stream, once | twice on the stream | twice on the wire | without coming back |
|---:|---|---:|---:|---:|---:|---:|
${rows.map((row) => `| ${row} |`).join('\n')}

Chromium ${versions}, ${most === 1 ? 'one run' : `${most} runs`} of each.`;
}

/**
 * Puts a text between the markers of a Markdown file.
 *
 * @param {string} markdown
 * @param {string} text
 * @returns {string | undefined} `undefined` when the markers are not there.
 */
export function between(markdown, text) {
  const start = markdown.indexOf(opening);
  const end = markdown.indexOf(closing, start);
  if (start < 0 || end < 0) return undefined;
  return `${markdown.slice(0, start + opening.length)}\n${text}\n${markdown.slice(end)}`;
}

/** @param {readonly number[]} values */
function range(values) {
  if (values.length === 0) return '';
  const [least, most] = [Math.min(...values), Math.max(...values)].map((value) => value.toLocaleString('en-US'));
  return least === most ? least : `${least}–${most}`;
}

/** @param {readonly number[]} values */
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
