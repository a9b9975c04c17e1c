import { createCollector, createMemorySink, requestErrors } from '@rastro/collector';
import { describe, expect, test } from 'vitest';
import { addUp } from '../../src/adapters/cluster-metrics.js';
import { metricTable } from '../../src/adapters/metric-table.js';
import { createMetrics, type MetricsOptions } from '../../src/adapters/metrics.js';

const quiet = (options: MetricsOptions = {}) => createMetrics({ processMetrics: false, ...options });
/** The lines of a metric, without those that describe it. */
const lines = async (metrics: Pick<ReturnType<typeof createMetrics>, 'render'>, name: string): Promise<string[]> =>
  (await metrics.render()).body.split('\n').filter((line) => line.startsWith(name));
const call = { records: 10, bytes: 6_000, durationMs: 12, failed: 0, outcome: 'ok' };

describe('metrics', () => {
  test('count requests by route and status, with the time they took', async () => {
    const metrics = quiet();
    metrics.observer.answered('events', 200, 3);
    metrics.observer.answered('events', 200, 700);
    metrics.observer.answered('events', 503, 20_000);
    expect(await lines(metrics, 'rastro_requests_total')).toEqual([
      'rastro_requests_total{route="events",status="200"} 2',
      'rastro_requests_total{route="events",status="503"} 1',
    ]);
    const durations = await lines(metrics, 'rastro_request_duration_seconds');
    expect(durations).toEqual(
      expect.arrayContaining([
        'rastro_request_duration_seconds_bucket{le="0.0025",route="events"} 0',
        'rastro_request_duration_seconds_bucket{le="0.005",route="events"} 1',
        'rastro_request_duration_seconds_bucket{le="0.5",route="events"} 1',
        'rastro_request_duration_seconds_bucket{le="1",route="events"} 2',
        'rastro_request_duration_seconds_bucket{le="10",route="events"} 2',
        'rastro_request_duration_seconds_bucket{le="+Inf",route="events"} 3',
        'rastro_request_duration_seconds_sum{route="events"} 20.703',
        'rastro_request_duration_seconds_count{route="events"} 3',
      ]),
    );
  });

  test('take a value on the bound of a bucket into it', async () => {
    const metrics = quiet();
    metrics.observer.put('events', { ...call, records: 500 });
    expect(await lines(metrics, 'rastro_put_call_records')).toEqual(
      expect.arrayContaining([
        'rastro_put_call_records_bucket{le="250",stream="events"} 0',
        'rastro_put_call_records_bucket{le="500",stream="events"} 1',
      ]),
    );
  });

  test('have every error code and every configured shop from the start, at 0', async () => {
    const metrics = quiet({ sites: ['shop'] });
    expect(await lines(metrics, 'rastro_requests_refused_total')).toEqual(
      Object.keys(requestErrors).map((code) => `rastro_requests_refused_total{code="${code}"} 0`),
    );
    expect(await lines(metrics, 'rastro_events_lost_in_browser_total')).toEqual([
      'rastro_events_lost_in_browser_total{site="shop"} 0',
    ]);
  });

  test('follow the events of a shop', async () => {
    const metrics = quiet();
    const { observer } = metrics;
    observer.received('shop', 900, 3);
    observer.accepted('shop', 2, 1_500);
    observer.rejected('shop', 'missing_field');
    observer.lostInBrowser('shop', 4);
    observer.refused('unknown_key');
    for (const [name, value] of [
      ['rastro_received_bytes_total{site="shop"}', 900],
      ['rastro_events_received_total{site="shop"}', 3],
      ['rastro_events_accepted_total{site="shop"}', 2],
      ['rastro_events_rejected_total{site="shop",code="missing_field"}', 1],
      ['rastro_events_lost_in_browser_total{site="shop"}', 4],
      ['rastro_requests_refused_total{code="unknown_key"}', 1],
      ['rastro_event_lag_seconds_sum', 1.5],
    ] as const) {
      expect(await lines(metrics, name)).toEqual([`${name} ${value}`]);
    }
  });

  test('follow PutRecords calls, and when one last took a record', async () => {
    let now = 1_000_000;
    const metrics = quiet({ now: () => now });
    expect(await lines(metrics, 'rastro_put_last_success_timestamp_seconds')).toEqual([]);
    metrics.observer.put('events', call);
    now += 5_000;
    metrics.observer.put('events', { ...call, failed: 10, outcome: 'TimeoutError' });
    metrics.observer.put('dead_letters', { ...call, failed: 4, outcome: 'partial' });
    expect(await lines(metrics, 'rastro_put_calls_total')).toEqual([
      'rastro_put_calls_total{stream="events",outcome="ok"} 1',
      'rastro_put_calls_total{stream="events",outcome="partial"} 0',
      'rastro_put_calls_total{stream="dead_letters",outcome="ok"} 0',
      'rastro_put_calls_total{stream="dead_letters",outcome="partial"} 1',
      'rastro_put_calls_total{stream="events",outcome="TimeoutError"} 1',
    ]);
    expect(await lines(metrics, 'rastro_records_failed_total')).toEqual([
      'rastro_records_failed_total{stream="events"} 10',
      'rastro_records_failed_total{stream="dead_letters"} 4',
    ]);
    expect(await lines(metrics, 'rastro_put_last_success_timestamp_seconds')).toEqual([
      'rastro_put_last_success_timestamp_seconds{stream="events"} 1000',
      'rastro_put_last_success_timestamp_seconds{stream="dead_letters"} 1005',
    ]);
  });

  test('ask spools and producers at the scrape, and leave out one that throws', async () => {
    const metrics = quiet({ now: () => 100_000 });
    let records = 1;
    const spool = () => ({ records, bytes: 10, maxBytes: 100, oldestAt: 40_000, segments: 1, draining: false });
    metrics.watch({
      spools: {
        events: spool,
        dead_letters: () => {
          throw new Error('closed');
        },
      },
      ready: () => true,
    });
    metrics.watch({
      producers: { events: () => ({ queuedRecords: 7, queuedBytes: 70, inFlight: 2, shards: ['a', 'b'] }) },
    });
    records = 2;
    expect(await lines(metrics, 'rastro_spool_records')).toEqual(['rastro_spool_records{stream="events"} 2']);
    expect(await lines(metrics, 'rastro_spool_oldest_age')).toEqual([
      'rastro_spool_oldest_age_seconds{stream="events"} 60',
    ]);
    expect(await lines(metrics, 'rastro_spool_failing')).toEqual(['rastro_spool_failing{stream="events"} 0']);
    expect(await lines(metrics, 'rastro_producer')).toEqual([
      'rastro_producer_queued_records{stream="events"} 7',
      'rastro_producer_queued_bytes{stream="events"} 70',
      'rastro_producer_calls_in_flight{stream="events"} 2',
      'rastro_producer_shards{stream="events"} 2',
    ]);
    expect(await lines(metrics, 'rastro_ready')).toEqual(['rastro_ready 1']);
  });

  test('stay of bounded number whatever labels they are told', async () => {
    const metrics = quiet();
    for (let n = 0; n < 3_000; n++) {
      metrics.observer.accepted(`shop ${n}`, 1, 0);
      metrics.observer.rejected(`shop ${n}`, `code ${n}`);
      metrics.observer.put('events', { ...call, outcome: `Error${n}` });
    }
    metrics.observer.put('events', { ...call, outcome: 'not a\nname' });
    const calls = await lines(metrics, 'rastro_put_calls_total{stream="events"');
    const rejected = await lines(metrics, 'rastro_events_rejected_total');
    const sum = (rows: string[]) => rows.reduce((total, row) => total + Number(row.split(' ').at(-1)), 0);
    expect(calls.length).toBeLessThan(60);
    expect(sum(calls)).toBe(3_001);
    expect((await lines(metrics, 'rastro_events_accepted_total')).length).toBeLessThan(1_010);
    expect(rejected.every((row) => row.includes('code="other"'))).toBe(true);
    expect(new Set(rejected.map((row) => row.split(' ').slice(0, -1).join(' '))).size).toBe(rejected.length);
    expect(sum(rejected)).toBe(3_000);
  });

  test('of several processes are added, the oldest age and the lowest readiness taken', async () => {
    const all = [quiet({ now: () => 100_000 }), quiet({ now: () => 100_000 }), quiet({ now: () => 100_000 })] as const;
    const [one, two, three] = all;
    const spool = (oldestAt: number) => () => ({
      records: 5,
      bytes: 1,
      maxBytes: 9,
      oldestAt,
      segments: 1,
      draining: true,
    });
    two.observer.answered('events', 200, 3);
    two.watch({ spools: { events: spool(90_000) }, ready: () => false });
    one.watch({ spools: { events: spool(80_000) }, ready: () => true });
    three.observer.answered('events', 200, 30);
    const whole = {
      render: async () =>
        addUp(structuredClone(await Promise.all(all.map(({ registry }) => registry.getMetricsAsJSON())))),
    };
    expect(await lines(whole, 'rastro_requests_total')).toEqual([
      'rastro_requests_total{route="events",status="200"} 2',
    ]);
    expect(await lines(whole, 'rastro_request_duration_seconds_bucket{le="0.005",route="events"}')).toEqual([
      'rastro_request_duration_seconds_bucket{le="0.005",route="events"} 1',
    ]);
    expect(await lines(whole, 'rastro_request_duration_seconds_count{route="events"}')).toEqual([
      'rastro_request_duration_seconds_count{route="events"} 2',
    ]);
    expect(await lines(whole, 'rastro_spool_records')).toEqual(['rastro_spool_records{stream="events"} 10']);
    expect(await lines(whole, 'rastro_spool_oldest_age')).toEqual([
      'rastro_spool_oldest_age_seconds{stream="events"} 20',
    ]);
    expect(await lines(whole, 'rastro_ready')).toEqual(['rastro_ready 0']);
  });

  test('tell of the process, too', async () => {
    const { body } = await createMetrics({ version: '1.2.3' }).render();
    for (const name of [
      'nodejs_eventloop_lag_p99_seconds',
      'nodejs_heap_size_used_bytes',
      'process_resident_memory_bytes',
    ])
      expect(body).toContain(`\n${name} `);
    expect(body).toContain('rastro_build_info{version="1.2.3"} 1');
  });

  test('are named by the conventions: counters end in _total, and no unit is below its base', () => {
    for (const [name, { type }] of Object.entries(metricTable)) {
      expect(name).toMatch(/^rastro_[a-z_]+$/);
      expect(name.endsWith('_total')).toBe(type === 'counter');
      expect(name).not.toMatch(/_(ms|milliseconds|kb|mb)(_|$)/);
    }
  });

  test('are served by a collector, and not to what came through a proxy', async () => {
    const metrics = quiet();
    const sinks = { sink: createMemorySink(), deadLetters: createMemorySink() };
    const collector = createCollector({ sites: { demo: {} }, ...sinks, metrics: metrics.render });
    const scrape = (headers: Record<string, string>) =>
      collector.handle({ method: 'GET', path: '/metrics', headers, body: new Uint8Array() });
    const { status, headers, body } = await scrape({});
    expect([status, headers['content-type']]).toEqual([200, metrics.registry.contentType]);
    expect(body).toContain('# TYPE rastro_requests_total counter');
    expect((await scrape({ 'x-forwarded-for': '203.0.113.7' })).status).toBe(404);
  });
});
