import type { Count, FileState, FileSummary, Summary } from './summary.js';

const states: Record<FileState, string> = {
  sent: 'confirmed, sent to the end',
  limited: 'confirmed, sent up to the limit',
  already_sent: 'already sent; use --restart to send them again',
  interrupted: 'confirmed, interrupted; run the same command to go on',
  failed: 'confirmed, stopped by an error; run the same command to go on',
};

/** The summary as text for a terminal. */
export function formatSummary(summary: Summary): string {
  const blocks = [summary.files.map(formatFile)];
  if (summary.requests > 0) blocks.push(formatCounts(summary));
  if (summary.stream) blocks.push(formatStream(summary.stream));
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function formatFile({ file, state, resumed_after: after, confirmed_rows: rows }: FileSummary): string {
  const resumed = after > 0 && state !== 'already_sent' ? `, resumed after row ${number(after)}` : '';
  return `${file}: ${plural(rows, 'row')} ${states[state]}${resumed}`;
}

function formatCounts(summary: Summary): string[] {
  const { rows_skipped: skipped, rows_uneven: uneven, rows_unsorted: unsorted, hottest_key: hottest } = summary;
  const warnings = Object.entries(summary.warnings).map(([code, events]) => `${code} ${number(events)}`);
  return [
    line('rows read', number(summary.rows_read), skipped > 0 && `, ${number(skipped)} of them sent before`),
    line('sent', both(summary.sent), summary.orders > 0 && `, ${plural(summary.orders, 'order')} among them`),
    line('accepted', both(summary.accepted)),
    line('rejected', both(summary.rejected)),
    ...Object.entries(summary.rejected_by_code).map(
      ([code, { example, ...counts }]) =>
        `  ${code}: ${both(counts)}; row ${number(example.row)} of ${example.file}: ${example.message}`,
    ),
    warnings.length > 0 && line('warnings', warnings.join(', ')),
    line('requests', number(summary.requests), summary.retries > 0 && `, ${number(summary.retries)} of them repeated`),
    line('time', `${summary.seconds.toFixed(1)} s, ${number(Math.round(summary.rows_per_second))} rows/s`),
    uneven > 0 && line('note', `more or fewer fields than the header: ${plural(uneven, 'row')}`),
    unsorted > 0 && line('note', `not sorted by time: ${plural(unsorted, 'row')}; an order may have come apart`),
    hottest && line('hottest key', `${hottest.key}: ${plural(hottest.records, 'record')}, ${percent(hottest.share)}`),
  ].filter((text) => typeof text === 'string');
}

function formatStream({ shards, total }: NonNullable<Summary['stream']>): string[] {
  const lines = ['All records on the stream now, as the collector counts them (it runs in development mode):'];
  for (const [shard, records] of Object.entries(shards)) {
    lines.push(`  ${shard}  ${number(records).padStart(12)}  ${percent(total > 0 ? records / total : 0).padStart(7)}`);
  }
  return lines;
}

const line = (label: string, text: string, more: string | false = ''): string =>
  label.padEnd(14) + text + (more === false ? '' : more);
const number = (value: number): string => value.toLocaleString('en');
const plural = (value: number, noun: string): string => `${number(value)} ${noun}${value === 1 ? '' : 's'}`;
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const both = ({ events, rows }: Count): string => `${plural(rows, 'row')} in ${plural(events, 'event')}`;
