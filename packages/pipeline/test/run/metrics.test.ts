import { expect, test } from 'vitest';
import { metricsText, pipelineMetrics } from '../../src/run/metrics.js';
import type { PipelineStatus } from '../../src/run/pipeline.js';

const lake: PipelineStatus = {
  rows: 12,
  bufferedRows: 3,
  files: 2,
  errors: 1,
  duplicates: 4,
  lagMs: 1_500,
  alerts: 0,
  pendingAlerts: 0,
};
const part = (failures: number, lagMs?: number) => ({
  counts: { records: 10, duplicates: 0, discarded: 0, invocations: 5, failures },
  lagMs,
});

test('what is not known yet has no sample', () => {
  const text = metricsText({ ...lake, lagMs: undefined });
  expect(text).not.toContain('lag_seconds');
  expect(text).not.toContain('last_flush');
  expect(text).not.toContain('records_total');
});

test('each part has its sample', () => {
  const text = metricsText({
    ...lake,
    lastFlushAt: 1_795_253_400_123,
    counting: { windows: part(2, 40), counts: part(0) },
  });
  expect(text).toContain('rastro_pipeline_lag_seconds{part="lake"} 1.5\n');
  expect(text).toContain('rastro_pipeline_lag_seconds{part="windows"} 0.04\n');
  expect(text).not.toContain('rastro_pipeline_lag_seconds{part="counts"}');
  expect(text).toContain('rastro_pipeline_failed_invocations_total{part="windows"} 2\n');
  expect(text).toContain('rastro_pipeline_last_flush_timestamp_seconds 1795253400.123\n');
  expect(text).toContain('rastro_pipeline_lake_failing 0\n');
});

test('a lake that cannot be written says so', () => {
  expect(metricsText({ ...lake, failure: 'ENOSPC' })).toContain('rastro_pipeline_lake_failing 1\n');
});

test('names, help and kinds are as Prometheus wants them', () => {
  for (const { name, kind, help } of pipelineMetrics) {
    expect(name).toMatch(/^rastro_pipeline_[a-z_]+$/);
    expect(name.endsWith('_total')).toBe(kind === 'counter');
    expect(help).toMatch(/^[^\n\\]+\.$/);
  }
  const lines = metricsText({ ...lake, counting: { windows: part(0, 1), counts: part(0, 1) } })
    .trimEnd()
    .split('\n');
  for (const line of lines) expect(line).toMatch(/^# (HELP|TYPE) |^[a-z_]+(\{part="[a-z]+"\})? -?[\d.e+]+$/);
});
