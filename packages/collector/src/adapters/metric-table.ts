/** How the values of several processes become one. */
export type Aggregator = 'sum' | 'max' | 'min' | 'first';

export interface MetricDefinition {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  readonly help: string;
  /** Upper bounds of the buckets, ascending, in the unit of the name; `+Inf` is added. */
  readonly buckets?: readonly number[];
  /** @default 'sum' */
  readonly aggregator?: Aggregator;
}

/**
 * All metrics of the collector itself. docs/operations.md has the same table with what to do about each; a test compares.
 * Names and units: https://prometheus.io/docs/practices/naming/
 */
export const metricTable = {
  rastro_requests_total: {
    type: 'counter',
    labels: ['route', 'status'],
    help: 'Requests answered, by what they were for and the status of the answer.',
  },
  rastro_request_duration_seconds: {
    type: 'histogram',
    labels: ['route'],
    help: 'Time from the arrival of a request in the collector to its answer.',
    // Answers take milliseconds when Kinesis is well; a browser gives up after some seconds, a put after 5.
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
  rastro_requests_refused_total: {
    type: 'counter',
    labels: ['code'],
    help: 'Requests refused as a whole, by error code.',
  },
  rastro_received_bytes_total: {
    type: 'counter',
    labels: ['site'],
    help: 'Bytes of the envelopes that were read, after decompression.',
  },
  rastro_events_received_total: {
    type: 'counter',
    labels: ['site'],
    help: 'Events in the envelopes that were read, whatever became of them.',
  },
  rastro_events_accepted_total: {
    type: 'counter',
    labels: ['site'],
    help: 'Events that are durable and were acknowledged; an order is one.',
  },
  rastro_events_rejected_total: {
    type: 'counter',
    labels: ['site', 'code'],
    help: 'Events that became dead letters, by their first reason.',
  },
  rastro_events_lost_in_browser_total: {
    type: 'counter',
    labels: ['site'],
    help: 'Events that browsers say they had to drop, unsent.',
  },
  rastro_event_lag_seconds: {
    type: 'histogram',
    labels: [],
    help: 'Time from the newest event of a request to the moment it was durable, once per request.',
    // From a click a moment ago to one of last week, kept by a browser that was offline.
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 3_600, 21_600, 86_400, 604_800],
  },
  rastro_put_calls_total: {
    type: 'counter',
    labels: ['stream', 'outcome'],
    help: 'PutRecords calls by outcome: ok, partial, or the name of the error.',
  },
  rastro_put_call_duration_seconds: {
    type: 'histogram',
    labels: ['stream'],
    help: 'Time that PutRecords calls took.',
    // The client gives up a connection after 1 s and a call after 3 s.
    buckets: [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5],
  },
  rastro_put_call_records: {
    type: 'histogram',
    labels: ['stream'],
    help: 'Records in a PutRecords call; at most 500.',
    // One call takes at most 500.
    buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500],
  },
  rastro_put_call_bytes: {
    type: 'histogram',
    labels: ['stream'],
    help: 'Data and partition keys in a PutRecords call, before base64.',
    buckets: [1_000, 5_000, 10_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000],
  },
  rastro_put_last_success_timestamp_seconds: {
    type: 'gauge',
    labels: ['stream'],
    help: 'When a PutRecords call last took a record, as Unix time. Absent before the first.',
    aggregator: 'max',
  },
  rastro_records_failed_total: {
    type: 'counter',
    labels: ['stream'],
    help: 'Records that a PutRecords call did not take, every attempt counted.',
  },
  rastro_records_retried_total: {
    type: 'counter',
    labels: ['stream'],
    help: 'Records put again after a failure of their own.',
  },
  rastro_records_repeated_total: {
    type: 'counter',
    labels: ['stream'],
    help: 'Records that were durable already and were not written again.',
  },
  rastro_records_spooled_total: {
    type: 'counter',
    labels: ['stream'],
    help: 'Records written to the spool on disk instead of the stream.',
  },
  rastro_records_drained_total: {
    type: 'counter',
    labels: ['stream'],
    help: 'Records of the spool that are on the stream now.',
  },
  rastro_spool_records: { type: 'gauge', labels: ['stream'], help: 'Records in the spool.' },
  rastro_spool_bytes: { type: 'gauge', labels: ['stream'], help: 'Bytes of the spool on disk.' },
  rastro_spool_capacity_bytes: { type: 'gauge', labels: ['stream'], help: 'Bytes that the spool may take.' },
  rastro_spool_segments: { type: 'gauge', labels: ['stream'], help: 'Files of the spool.' },
  rastro_spool_oldest_age_seconds: {
    type: 'gauge',
    labels: ['stream'],
    help: 'Age of the oldest record in the spool; 0 when it is empty.',
    aggregator: 'max',
  },
  rastro_spool_failing: {
    type: 'gauge',
    labels: ['stream'],
    help: '1 when the spool cannot be written: disk full, read-only, or broken.',
    aggregator: 'max',
  },
  rastro_producer_queued_records: {
    type: 'gauge',
    labels: ['stream'],
    help: 'Records that wait in memory for a PutRecords call; their requests wait with them.',
  },
  rastro_producer_queued_bytes: {
    type: 'gauge',
    labels: ['stream'],
    help: 'Bytes that wait in memory for a PutRecords call.',
  },
  rastro_producer_calls_in_flight: {
    type: 'gauge',
    labels: ['stream'],
    help: 'PutRecords calls without an answer yet.',
  },
  rastro_producer_shards: {
    type: 'gauge',
    labels: ['stream'],
    help: 'Open shards of the stream, as far as the producer knows them.',
    aggregator: 'max',
  },
  rastro_ready: {
    type: 'gauge',
    labels: [],
    help: '1 when /readyz last said that events can be made durable; the lowest of all processes.',
    aggregator: 'min',
  },
  rastro_build_info: {
    type: 'gauge',
    labels: ['version'],
    help: 'Always 1; the version is in the label.',
    aggregator: 'first',
  },
} as const;
export type MetricName = keyof typeof metricTable;

/** The definition of a metric, of one type for all. */
export const definitionOf = (name: MetricName): MetricDefinition => metricTable[name];
