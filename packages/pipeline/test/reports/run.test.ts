import type { QueryResult, SqlEngine } from '@rastro/pipeline';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type ReportName, reports, runReport } from '../../src/reports.js';
import { purchase, view } from '../support/answers.js';
import { openEventsTable, type Row } from '../support/events-table.js';

const open = async (rows: Row[]) => {
  const engine = await openEventsTable(rows);
  onTestFinished(() => engine.close());
  return engine;
};
const giving = (result: QueryResult): SqlEngine => ({
  name: 'athena',
  query: async () => result,
  close: async () => {},
});

describe('runReport', () => {
  test.each(Object.keys(reports) as ReportName[])('%s over an empty table is no error', async (name) => {
    const { report, columns, rows, params } = await runReport(await open([]), name);
    expect(report).toBe(name);
    expect(columns).toEqual(reports[name].columns.map(({ name, type }) => ({ name, type })));
    const fixed = ['facets', 'kpis', 'funnel'].includes(name);
    expect(rows.length > 0).toBe(fixed);
    expect(params).toMatchObject({ from: '1970-01-01', to: '1970-01-01' });
  });

  test('takes the first and the last local day of the table', async () => {
    const engine = await open([
      view({ event_time: '2026-11-18 01:00:00' }),
      view({ event_time: '2026-11-20 23:00:00' }),
    ]);
    const of = async (params: object) => {
      const { from, to } = (await runReport(engine, 'funnel', params)).params;
      return [from, to];
    };
    expect(await of({})).toEqual(['2026-11-18', '2026-11-20']);
    expect(await of({ utcOffsetMinutes: -180 })).toEqual(['2026-11-17', '2026-11-20']);
    expect(await of({ utcOffsetMinutes: 60 })).toEqual(['2026-11-18', '2026-11-21']);
    expect(await of({ from: '2026-11-19' })).toEqual(['2026-11-19', '2026-11-20']);
    expect(await of({ from: '2026-12-01' })).toEqual(['2026-12-01', '2026-12-01']);
    expect(await of({ to: '2026-01-01' })).toEqual(['2026-01-01', '2026-01-01']);
    expect(engine.asked).toHaveLength(12);
    await of({ from: '2026-11-19', to: '2026-11-19' });
    expect(engine.asked).toHaveLength(13);
  });

  test('says which defaults were taken', async () => {
    const { params } = await runReport(await open([view()]), 'brands', { site: 'demo' });
    expect(params).toEqual({
      from: '2026-11-20',
      to: '2026-11-20',
      site: 'demo',
      bots: false,
      utcOffsetMinutes: 0,
      limit: 200,
      minViews: 100,
    });
  });

  test('gives every cell the type of its column, whatever the engine gave', async () => {
    const columns = ['currency', 'orders', 'lines', 'units', 'revenue', 'aov', 'lines_without_price', 'refunded'];
    const engine = giving({
      columns: columns.map((name) => ({ name, type: 'text' })),
      rows: [['BRL', '1', 2, '9007199254740993', '12.500000', '1.25E1', null, 0]],
    });
    const range = { from: '2026-11-20', to: '2026-11-20' };
    expect((await runReport(engine, 'revenue', range)).rows).toEqual([
      ['BRL', 1, 2, '9007199254740993', '12.500000', 12.5, null, '0'],
    ]);
    await expect(runReport(engine, 'funnel', range)).rejects.toThrow(
      /^Report funnel: expected columns step, .* got currency, /,
    );
  });

  test('a wrong parameter is refused before the engine is asked', async () => {
    const engine = await open([purchase()]);
    await expect(runReport(engine, 'funnel', { from: 'yesterday' })).rejects.toThrow(TypeError);
    await expect(runReport(engine, 'none' as ReportName)).rejects.toThrow(TypeError);
    expect(engine.asked).toEqual([]);
  });
});
