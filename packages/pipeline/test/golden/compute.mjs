// @ts-check
// `node packages/pipeline/test/golden/compute.mjs [--check]`: the golden answers, from the files alone.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { columnsOf, comparable, digest, facets, maxLimit, reportNames, reports } from './lib/answers.mjs';
import { cases } from './lib/cases.mjs';
import { dataPresent, recordsOf, sources } from './lib/records.mjs';
import { clicks, windows } from './lib/stream.mjs';

const help = `Usage: node packages/pipeline/test/golden/compute.mjs [--check]

Computes what each report must answer for genuine rows, and writes it beside this file, one JSON file per data set.
It reads ../shared/data and nothing of the pipeline: no SQL is involved.

  --check   write nothing; end with 1 if a file differs

The rows are published by the REES46 Marketing Platform (Open CDP, https://rees46.com/); the answers are Rastro's.
`;

/** @typedef {import('./lib/records.mjs').DataSet} DataSet */

/** @param {DataSet} name */
export const fileOf = (name) => new URL(`${name}.json`, import.meta.url);

/** All that is known of a data set. @param {DataSet} name */
export function answersOf(name) {
  const events = recordsOf(name);
  const rowsOf = (
    /** @type {import('./lib/answers.mjs').Name} */ report,
    /** @type {import('./lib/common.mjs').Params} */ params,
  ) => comparable(reports[report](events, params), columnsOf[report]);
  return {
    source: 'REES46 Marketing Platform (Open CDP)',
    files: sources[name],
    events: events.length,
    /** As the replay makes records of them, and the six-column table of those. */
    clicks: clicks(events),
    /** Of the table of counts per minute of event time. */
    windows: windows(events),
    facets: shortened(facets(events, {})),
    /** The whole range with every default: all columns, in their order. */
    reports: Object.fromEntries(reportNames.map((report) => [report, rowsOf(report, {})])),
    /** The same without a limit. */
    unlimited: Object.fromEntries(reportNames.map((report) => [report, summary(rowsOf(report, { limit: maxLimit }))])),
    /** What else is asked for: number of rows and the beginning of their digest. */
    cases: Object.fromEntries(
      Object.entries(cases[name]).map(([title, params]) => [
        title,
        { params, digests: Object.fromEntries(reportNames.map((report) => [report, short(rowsOf(report, params))])) },
      ]),
    ),
  };
}

/** @param {readonly (readonly import('./lib/common.mjs').Cell[])[]} rows */
const summary = (rows) => ({ rows: rows.length, sha256: digest(rows) });
/** @param {readonly (readonly import('./lib/common.mjs').Cell[])[]} rows */
const short = (rows) => `${rows.length} rows, ${digest(rows).slice(0, 16)}`;
/** Hundreds of categories are told by the first ten and a digest. @param {ReturnType<typeof facets>} all */
const shortened = ({ categories, ...others }) => ({
  ...others,
  categories: categories.slice(0, 10),
  allCategories: summary(categories.map((category) => [category])),
});

/** As the formatter of this repository leaves it: in one line where 120 characters hold it. @param {unknown} value @param {number} indent @param {number} taken @returns {string} */
function format(value, indent = 0, taken = 0) {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const isArray = Array.isArray(value);
  const flat = JSON.stringify(value, undefined, 1)
    .replace(/\n\s*/g, ' ')
    .replace(/\[ | \]/g, (bracket) => bracket.trim());
  if (indent > 0 && indent + taken + flat.length <= 119) return flat;
  const lines = Object.entries(value).map(([name, part]) => {
    const label = isArray ? '' : `${JSON.stringify(name)}: `;
    return `${' '.repeat(indent + 2)}${label}${format(part, indent + 2, label.length)}`;
  });
  return `${isArray ? '[' : '{'}\n${lines.join(',\n')}\n${' '.repeat(indent)}${isArray ? ']' : '}'}`;
}

/** @param {DataSet} name */
export const textOf = (name) => `${format(answersOf(name))}\n`;

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [flag] = process.argv.slice(2);
  if (flag === '--help') process.stdout.write(help);
  else if (flag !== undefined && flag !== '--check') {
    console.error(`Unknown: ${flag}\n${help.split('\n', 1)[0]}`);
    process.exitCode = 2;
  } else if (!dataPresent) {
    console.error('../shared/data does not hold the files.');
    process.exitCode = 1;
  } else {
    for (const name of /** @type {DataSet[]} */ (Object.keys(sources))) {
      const text = textOf(name);
      if (flag === undefined) writeFileSync(fileOf(name), text);
      else if (JSON.stringify(JSON.parse(readFileSync(fileOf(name), 'utf8'))) !== JSON.stringify(JSON.parse(text))) {
        console.error(`${name}.json is another.`);
        process.exitCode = 1;
      }
    }
  }
}
