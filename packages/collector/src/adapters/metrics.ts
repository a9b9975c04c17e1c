import { collectDefaultMetrics, Registry } from 'prom-client';
import { eventErrors, type RequestErrorCode, requestErrors } from '../core/errors.js';
import type { Observer, Route, StreamRole } from '../core/observer.js';
import { type Count, counter, type Distribution, gauge, histogram, type Sample } from './metric-cells.js';
import type { MetricName } from './metric-table.js';
import type { PerStream, ProducerStatus, SpoolStatus } from './status.js';

export interface MetricsOptions {
  /** Names of the shops: their counters are there, at 0, before the first event. @default [] */
  sites?: readonly string[] | undefined;
  /** Version of the collector, for `rastro_build_info`. @default none */
  version?: string | undefined;
  /** Whether CPU, memory, event loop and garbage collection of this process are told, too. @default true */
  processMetrics?: boolean | undefined;
  /** Clock, ms since the Unix epoch. @default Date.now */
  now?: (() => number) | undefined;
}

/** What is asked for its state at each scrape. */
export interface Watched {
  readonly spools?: PerStream<() => SpoolStatus> | undefined;
  readonly producers?: PerStream<() => ProducerStatus> | undefined;
  /** Whether events can be made durable. */
  readonly ready?: (() => boolean) | undefined;
}

export interface Metrics {
  readonly observer: Observer;
  readonly registry: Registry;
  /** Adds to what is asked for its state at each scrape. */
  watch(watched: Watched): void;
  /** The text of `/metrics`. */
  render(): Promise<{ readonly contentType: string; readonly body: string }>;
}

const roles: readonly StreamRole[] = ['events', 'dead_letters'];
/** Labels come from configuration and our own tables. Should that ever fail, `other` takes what is beyond. */
const most = { sites: 1_000, outcomes: 50 };

/** Makes metrics of what an observer is told. A method of the observer takes tens of nanoseconds. */
export function createMetrics(options: MetricsOptions = {}): Metrics {
  const { sites = [], version, processMetrics = true, now = Date.now } = options;
  const registry = new Registry();
  const watched: {
    spools: NonNullable<Watched['spools']>;
    producers: NonNullable<Watched['producers']>;
    ready?: () => boolean;
  } = {
    spools: {},
    producers: {},
  };

  const requests = counter(registry, 'rastro_requests_total');
  const durations = histogram(registry, 'rastro_request_duration_seconds');
  const routeCells = (route: Route): { byStatus: Map<number, Count>; duration: Distribution } => ({
    byStatus: new Map(),
    duration: durations(route),
  });
  const routes: Readonly<Record<Route, ReturnType<typeof routeCells>>> = {
    events: routeCells('events'),
    script: routeCells('script'),
    operations: routeCells('operations'),
    other: routeCells('other'),
  };

  const refusals = counter(registry, 'rastro_requests_refused_total');
  // All of them from the start, at 0: `increase()` does not see a counter that appears at 1.
  const refused = new Map(Object.keys(requestErrors).map((code) => [code, refusals(code)]));

  const receivedBytes = counter(registry, 'rastro_received_bytes_total');
  const received = counter(registry, 'rastro_events_received_total');
  const accepted = counter(registry, 'rastro_events_accepted_total');
  const rejected = counter(registry, 'rastro_events_rejected_total');
  const lost = counter(registry, 'rastro_events_lost_in_browser_total');
  const siteCells = new Map<string, SiteCells>();
  const site = (name: string): SiteCells => {
    const known = siteCells.get(name);
    if (known) return known;
    if (siteCells.size >= most.sites && name !== 'other') return site('other');
    const cells: SiteCells = {
      receivedBytes: receivedBytes(name),
      received: received(name),
      accepted: accepted(name),
      lost: lost(name),
      rejected: new Map(),
    };
    siteCells.set(name, cells);
    return cells;
  };
  for (const name of sites) site(name);
  const lag = histogram(registry, 'rastro_event_lag_seconds')();

  const calls = counter(registry, 'rastro_put_calls_total');
  const callDuration = histogram(registry, 'rastro_put_call_duration_seconds');
  const callRecords = histogram(registry, 'rastro_put_call_records');
  const callBytes = histogram(registry, 'rastro_put_call_bytes');
  const failed = counter(registry, 'rastro_records_failed_total');
  const retried = counter(registry, 'rastro_records_retried_total');
  const repeated = counter(registry, 'rastro_records_repeated_total');
  const spooled = counter(registry, 'rastro_records_spooled_total');
  const drained = counter(registry, 'rastro_records_drained_total');
  const streamCells = (role: StreamRole): StreamCells => ({
    outcomes: new Map(['ok', 'partial'].map((outcome) => [outcome, calls(role, outcome)])),
    duration: callDuration(role),
    records: callRecords(role),
    bytes: callBytes(role),
    failed: failed(role),
    retried: retried(role),
    repeated: repeated(role),
    spooled: spooled(role),
    drained: drained(role),
    lastSuccessAt: undefined,
  });
  const streams: Readonly<Record<StreamRole, StreamCells>> = {
    events: streamCells('events'),
    dead_letters: streamCells('dead_letters'),
  };
  gauge(registry, 'rastro_put_last_success_timestamp_seconds', () =>
    roles.flatMap((role): Sample[] => {
      const at = streams[role].lastSuccessAt;
      return at === undefined ? [] : [[[role], at / 1_000]];
    }),
  );

  const spoolGauge = (name: MetricName, value: (status: SpoolStatus) => number): void =>
    gauge(registry, name, () => read(watched.spools, value));
  spoolGauge('rastro_spool_records', ({ records }) => records);
  spoolGauge('rastro_spool_bytes', ({ bytes }) => bytes);
  spoolGauge('rastro_spool_capacity_bytes', ({ maxBytes }) => maxBytes);
  spoolGauge('rastro_spool_segments', ({ segments }) => segments);
  spoolGauge('rastro_spool_oldest_age_seconds', ({ oldestAt }) =>
    oldestAt == null ? 0 : Math.max(0, now() - oldestAt) / 1_000,
  );
  spoolGauge('rastro_spool_failing', ({ error }) => (error ? 1 : 0));
  const producerGauge = (name: MetricName, value: (status: ProducerStatus) => number | undefined): void =>
    gauge(registry, name, () => read(watched.producers, value));
  producerGauge('rastro_producer_queued_records', ({ queuedRecords }) => queuedRecords);
  producerGauge('rastro_producer_queued_bytes', ({ queuedBytes }) => queuedBytes);
  producerGauge('rastro_producer_calls_in_flight', ({ inFlight }) => inFlight);
  producerGauge('rastro_producer_shards', ({ shards }) => (typeof shards === 'object' ? shards.length : shards));
  gauge(registry, 'rastro_ready', () => (watched.ready ? [[[], watched.ready() ? 1 : 0]] : []));
  gauge(registry, 'rastro_build_info', () => (version === undefined ? [] : [[[version], 1]]));
  if (processMetrics) collectDefaultMetrics({ register: registry });

  const observer: Observer = {
    answered(route, status, durationMs) {
      const { byStatus, duration } = routes[route] ?? routes.other;
      let count = byStatus.get(status);
      if (!count) {
        count = requests(route, String(status));
        byStatus.set(status, count);
      }
      count.value++;
      duration.observe(durationMs / 1_000);
    },
    refused(code: RequestErrorCode) {
      const count = refused.get(code);
      if (count) count.value++;
    },
    received(name, bytes, events) {
      const cells = site(name);
      cells.receivedBytes.value += bytes;
      cells.received.value += events;
    },
    accepted(name, events, lagMs) {
      site(name).accepted.value += events;
      lag.observe(lagMs / 1_000);
    },
    rejected(name, code) {
      const label = code in eventErrors || code in requestErrors ? code : 'other';
      const { rejected: byCode } = site(name);
      let count = byCode.get(label);
      if (!count) {
        count = rejected(siteCells.has(name) ? name : 'other', label);
        byCode.set(label, count);
      }
      count.value++;
    },
    lostInBrowser(name, events) {
      site(name).lost.value += events;
    },
    repeated(role, records) {
      streams[role].repeated.value += records;
    },
    put(role, call) {
      const cells = streams[role];
      let count = cells.outcomes.get(call.outcome);
      if (!count) {
        const known = cells.outcomes.size < most.outcomes && /^[\w.-]{1,64}$/.test(call.outcome);
        count = (known ? undefined : cells.outcomes.get('other')) ?? calls(role, known ? call.outcome : 'other');
        cells.outcomes.set(known ? call.outcome : 'other', count);
      }
      count.value++;
      cells.duration.observe(call.durationMs / 1_000);
      cells.records.observe(call.records);
      cells.bytes.observe(call.bytes);
      cells.failed.value += call.failed;
      if (call.failed < call.records) cells.lastSuccessAt = now();
    },
    retried(role, records) {
      streams[role].retried.value += records;
    },
    spooled(role, records) {
      streams[role].spooled.value += records;
    },
    drained(role, records) {
      streams[role].drained.value += records;
    },
  };

  return {
    observer,
    registry,
    watch({ spools, producers, ready }) {
      watched.spools = { ...watched.spools, ...spools };
      watched.producers = { ...watched.producers, ...producers };
      if (ready) watched.ready = ready;
    },
    render: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}

interface SiteCells {
  readonly receivedBytes: Count;
  readonly received: Count;
  readonly accepted: Count;
  readonly lost: Count;
  readonly rejected: Map<string, Count>;
}
interface StreamCells {
  readonly outcomes: Map<string, Count>;
  readonly duration: Distribution;
  readonly records: Distribution;
  readonly bytes: Distribution;
  readonly failed: Count;
  readonly retried: Count;
  readonly repeated: Count;
  readonly spooled: Count;
  readonly drained: Count;
  lastSuccessAt: number | undefined;
}

/** A part that cannot say how it is must not take the other numbers with it. */
function* read<T>(sources: PerStream<() => T>, value: (status: T) => number | undefined): Generator<Sample> {
  for (const role of roles) {
    const source = sources[role];
    if (!source) continue;
    let number: number | undefined;
    try {
      number = value(source());
    } catch {
      continue;
    }
    if (number !== undefined) yield [[role], number];
  }
}
