import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { addUp } from '../../src/adapters/cluster-metrics.js';

/** Numbers of one process, as they travel to another. */
async function numbers(events: number, durations: readonly number[]): Promise<object[]> {
  const registers = [new Registry()];
  const counter = new Counter({ name: 'events_total', help: 'Events.', labelNames: ['site'], registers });
  counter.inc({ site: 'demo' }, events);
  const histogram = new Histogram({ name: 'seconds', help: 'Duration.', buckets: [0.1, 1], registers });
  for (const duration of durations) histogram.observe(duration);
  new Gauge({ name: 'open', help: 'Open now.', registers }).set(events);
  return JSON.parse(JSON.stringify(await registers[0]?.getMetricsAsJSON()));
}

test('counters, gauges and histograms of all processes are added up', async () => {
  const { contentType, body } = await addUp([await numbers(2, [0.05, 0.5]), await numbers(3, [5])]);
  expect(contentType).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(body).toContain('events_total{site="demo"} 5\n');
  expect(body).toContain('open 5\n');
  expect(body).toContain('seconds_bucket{le="0.1"} 1\nseconds_bucket{le="1"} 2\nseconds_bucket{le="+Inf"} 3\n');
  expect(body).toContain('seconds_count 3\n');
});
