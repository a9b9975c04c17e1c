import type { HandlerCounts } from '../reader.js';
import type { PipelineStatus } from './pipeline.js';

/** What a function that is run has done since the start, and how far behind it is. */
export interface PartStatus {
  readonly counts: Readonly<HandlerCounts>;
  /** Unit: ms. Absent before the first answer of each shard. */
  readonly lagMs: number | undefined;
}

interface Metric {
  readonly name: string;
  readonly kind: 'gauge' | 'counter';
  readonly help: string;
  /** Absent values are left out. */
  read(status: PipelineStatus): number | undefined | { readonly [part: string]: number | undefined };
}

const seconds = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms / 1000);
const ofParts = (status: PipelineStatus, read: (part: PartStatus) => number | undefined) => {
  const { windows, counts } = status.counting ?? {};
  return { windows: windows && read(windows), counts: counts && read(counts) };
};

/** What `/metrics` has, in order. */
export const pipelineMetrics: readonly Metric[] = [
  {
    name: 'rastro_pipeline_lag_seconds',
    kind: 'gauge',
    help: 'How far a part is behind the stream it reads, on its slowest shard.',
    read: (status) => ({ lake: seconds(status.lagMs), ...ofParts(status, ({ lagMs }) => seconds(lagMs)) }),
  },
  {
    name: 'rastro_pipeline_last_flush_timestamp_seconds',
    kind: 'gauge',
    help: 'When the lake got its last files.',
    read: ({ lastFlushAt }) => seconds(lastFlushAt),
  },
  {
    name: 'rastro_pipeline_lake_failing',
    kind: 'gauge',
    help: '1 while files cannot be written.',
    read: ({ failure }) => (failure === undefined ? 0 : 1),
  },
  { name: 'rastro_pipeline_lake_events', kind: 'gauge', help: 'Events in the lake.', read: ({ rows }) => rows },
  { name: 'rastro_pipeline_lake_files', kind: 'gauge', help: 'Files of the lake.', read: ({ files }) => files },
  {
    name: 'rastro_pipeline_lake_errors',
    kind: 'gauge',
    help: 'Lines of the error prefix.',
    read: ({ errors }) => errors,
  },
  {
    name: 'rastro_pipeline_buffered_records',
    kind: 'gauge',
    help: 'Records that wait for their flush.',
    read: ({ bufferedRows }) => bufferedRows,
  },
  {
    name: 'rastro_pipeline_duplicates_total',
    kind: 'counter',
    help: 'Events that the stream had more than once.',
    read: (status) => ({ lake: status.duplicates, ...ofParts(status, ({ counts }) => counts.duplicates) }),
  },
  {
    name: 'rastro_pipeline_records_total',
    kind: 'counter',
    help: 'Records dealt with.',
    read: (status) => ofParts(status, ({ counts }) => counts.records),
  },
  {
    name: 'rastro_pipeline_failed_invocations_total',
    kind: 'counter',
    help: 'Invocations that failed and were tried again.',
    read: (status) => ofParts(status, ({ counts }) => counts.failures),
  },
  {
    name: 'rastro_pipeline_alerts_total',
    kind: 'counter',
    help: 'Alerts on users since the start.',
    read: ({ alerts }) => alerts,
  },
  {
    name: 'rastro_pipeline_pending_alerts',
    kind: 'gauge',
    help: 'Alerts that a channel has not taken yet.',
    read: ({ pendingAlerts }) => pendingAlerts,
  },
];

/** The state as Prometheus reads it: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export function metricsText(status: PipelineStatus): string {
  const lines: string[] = [];
  for (const { name, kind, help, read } of pipelineMetrics) {
    const value = read(status);
    const samples: [string, number | undefined][] =
      typeof value === 'object'
        ? Object.entries(value).map(([part, one]) => [`${name}{part="${part}"}`, one])
        : [[name, value]];
    const known = samples.filter(([, one]) => one !== undefined);
    if (known.length > 0) lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`);
    for (const [sample, one] of known) lines.push(`${sample} ${one}`);
  }
  return `${lines.join('\n')}\n`;
}
