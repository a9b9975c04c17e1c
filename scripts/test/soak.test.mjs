// @ts-check
import { describe, expect, it } from 'vitest';
import { chart, nice } from '../lib/soak/chart.mjs';
import { createStretch, percentile, soakTable } from '../lib/soak/minutes.mjs';
import { sampleProcess } from '../lib/soak/process-sample.mjs';

describe('a stretch of the soak', () => {
  it('tells what was answered in it, and begins anew', () => {
    const stretch = createStretch(10);
    for (let ms = 1; ms <= 200; ms++) stretch.add({ ms, status: 200 });
    stretch.add({ ms: 5_000, status: 503 });
    expect(stretch.take()).toEqual({ events: 2_000, errors: 1, p50Ms: 100, p99Ms: 198, maxMs: 200 });
    expect(stretch.take()).toEqual({ events: 0, errors: 0, p50Ms: 0, p99Ms: 0, maxMs: 0 });
  });

  it('has percentiles of few values', () => {
    expect([0.01, 0.5, 0.99].map((share) => percentile(Float64Array.of(3, 7), share))).toEqual([3, 3, 7]);
  });

  it('is a row, with the heap where it is known', () => {
    const minute = { minute: 1, events: 60_000, errors: 0, p50Ms: 1.26, p99Ms: 9, maxMs: 40, rssMb: 99.6, cpu: 0.314 };
    expect(soakTable([minute]).split('\n')[2]).toBe('| 1 | 60,000 | 0 | 1.3 | 9 | 40 | 100 | 31 % |');
    expect(soakTable([{ ...minute, heapMb: 20 }]).split('\n')[2]).toContain('| 100 | 20 | 31 % |');
  });
});

describe('the graph', () => {
  it('draws each line that has values, and scales to the highest', () => {
    const line = { name: 'RSS', color: '#000', values: [10, undefined, 40] };
    const none = { name: 'heap', color: '#111', values: [undefined, undefined, undefined] };
    const svg = chart([{ title: 'memory', lines: [line, none] }], 10);
    expect(svg.match(/fill="none"/g)).toHaveLength(1);
    expect(svg).toContain('>50</text>');
    expect(svg).toContain('10 min');
    expect(svg).not.toContain('heap');
    expect(svg).not.toContain('NaN');
  });

  it('rounds its scale up', () => {
    expect([0, 0.3, 1, 11, 20, 21, 999].map(nice)).toEqual([1, 0.5, 1, 20, 20, 50, 1_000]);
  });
});

describe('a sample of a process', () => {
  it.runIf(process.platform === 'linux')('says what this one has taken', async () => {
    const { rssMb = 0, cpuSeconds = 0 } = (await sampleProcess(process.pid)) ?? {};
    const own = process.memoryUsage.rss() / 1_048_576;
    expect(rssMb).toBeGreaterThan(own / 2);
    expect(rssMb).toBeLessThan(own * 2);
    expect(cpuSeconds).toBeGreaterThan(0);
  });

  it('says nothing of one that is not there', async () => {
    expect(await sampleProcess(undefined)).toBeUndefined();
  });
});
