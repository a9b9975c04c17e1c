// What is generated from the reports, as text by path: their SQL, and the tables of docs/reports.md. Needs the package to be built.
import { readFile } from 'node:fs/promises';
import { reports } from '../dist/modules/reports.js';

const docs = 'docs/reports.md';
const comment = (text) => text.replace(/^/gm, '-- ');
const fold = (text) => text.replace(/(.{1,110})(?:\s+|$)/g, '$1\n').trimEnd();

const parameters = [
  [':from, :to', "first and last local day, DATE '2026-11-01'"],
  [':begin, :end', 'the instants in UTC at which they begin and end, TIMESTAMP; the end is exclusive'],
  [':readBegin, :readEnd', 'the instants between which is read: more than the range'],
  [':previousFrom, :previousTo', 'the days of the period before'],
  [
    ':firstYear, :lastYear, :firstMonth, :lastMonth',
    "of the UTC days that are read, text; '01' and '12' over a turn of the year",
  ],
  [':firstPartition, :lastPartition', "these UTC days, text: '2026-11-01'"],
  [':utcOffset', "INTERVAL '-180' MINUTE"],
  [':site, :currency, :category', 'text, or CAST(NULL AS varchar) for all'],
  [':bots', 'true or false'],
  [':limit', 'most rows'],
  [':minViews', 'views below which a brand is not judged'],
  [':window', "INTERVAL '86400' SECOND in which a purchase counts; INTERVAL '-1' SECOND for the session alone"],
];

const sqlFile = ({ title, description, sql }) => {
  const used = parameters.filter(([names]) => names.split(', ').some((name) => new RegExp(`${name}\\b`).test(sql)));
  const head = [
    fold(`${title}. ${description}`),
    '',
    'Generated from packages/pipeline/src/reports by `npm run generate`. For DuckDB and Athena. Names with a colon stand for',
    'literals, which renderReport() writes:',
    ...used.map(([names, meaning]) => `  ${names}: ${meaning}`),
  ];
  return `${comment(head.join('\n')).replace(/ +$/gm, '')}\n${sql}\n`;
};

const cell = (text) => text.replaceAll('|', '\\|');
const table = ({ columns }) =>
  ['| column | type | meaning |', '|---|---|---|']
    .concat(columns.map(({ name, type, description }) => `| \`${name}\` | ${type} | ${cell(description)} |`))
    .join('\n');

/** @returns {Promise<Record<string, string>>} Text by path from the repository's root. */
export async function render() {
  const files = Object.fromEntries(
    Object.values(reports).map((report) => [`packages/pipeline/sql/reports/${report.name}.sql`, sqlFile(report)]),
  );
  const text = await readFile(new URL(`../../../${docs}`, import.meta.url), 'utf8');
  files[docs] = Object.values(reports).reduce(
    (all, report) =>
      all.replace(
        new RegExp(`(<!-- columns: ${report.name} -->\n)[^]*?(<!-- /columns -->)`),
        (_, open, close) => `${open}${table(report)}\n${close}`,
      ),
    text,
  );
  return files;
}
