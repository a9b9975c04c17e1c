import type { ReportParams } from '@rastro/pipeline';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type ReportName, renderReport, reports, runReport } from '../../src/reports.js';
import { view } from '../support/answers.js';
import { openEventsTable } from '../support/events-table.js';

const names = Object.keys(reports) as ReportName[];
const range = { from: '2026-11-20', to: '2026-11-20' };

describe('renderReport', () => {
  test.each(names)('%s keeps no placeholder', (name) => {
    expect(renderReport(name, range).replace(/'[^']*'/g, '')).not.toMatch(/:\w/);
  });

  test('only the folders of the days that are read are named', () => {
    const folders = (name: ReportName, params: Omit<ReportParams, 'from' | 'to'> & { from?: string }) =>
      /year BETWEEN '(\d+)' AND '(\d+)'\s+AND month BETWEEN '(\d+)' AND '(\d+)'[\s\S]*?BETWEEN '([\d-]+)' AND '([\d-]+)'/
        .exec(renderReport(name, { ...range, ...params }))
        ?.slice(1);
    expect(folders('funnel', {})).toEqual(['2026', '2026', '11', '11', '2026-11-20', '2026-11-20']);
    expect(folders('funnel', { utcOffsetMinutes: -180 })).toEqual([
      '2026',
      '2026',
      '11',
      '11',
      '2026-11-20',
      '2026-11-21',
    ]);
    expect(folders('funnel', { utcOffsetMinutes: 345 })).toEqual([
      '2026',
      '2026',
      '11',
      '11',
      '2026-11-19',
      '2026-11-20',
    ]);
    expect(folders('funnel', { from: '2025-12-31' })).toEqual(['2025', '2026', '01', '12', '2025-12-31', '2026-11-20']);
    expect(folders('kpis', { from: '2026-11-11' })).toEqual(['2026', '2026', '11', '11', '2026-11-01', '2026-11-20']);
    expect(folders('abandoned', {})).toEqual(['2026', '2026', '11', '12', '2026-11-06', '2026-12-04']);
    expect(folders('abandoned', { windowHours: 720 })?.at(-1)).toBe('2026-12-20');
  });

  test.each<[object, string]>([
    [{ from: '2026-02-30' }, 'from: expected a day of the calendar, got "2026-02-30"'],
    [{ from: "2026-11-20' --" }, 'from: expected a day like 2026-11-20, got "2026-11-20\' --"'],
    [{ to: 20261120 }, 'to: expected a day like 2026-11-20, got 20261120'],
    [{ to: '2026-11-19' }, 'to: expected no day before 2026-11-20, got "2026-11-19"'],
    [{ from: '1969-12-31' }, 'from: expected a day from 1970-01-01, got "1969-12-31"'],
    [{ currency: 'R$' }, 'currency: expected an ISO 4217 code like BRL, got "R$"'],
    [{ currency: 'BRL\n' }, 'currency: expected an ISO 4217 code like BRL, got "BRL\\n"'],
    [{ site: '' }, 'site: expected text, got ""'],
    [{ site: 'a\0b' }, 'site: expected text without control characters, got "a\\u0000b"'],
    [{ site: '\ud800' }, 'site: expected whole characters, got "\\ud800"'],
    [{ category: 'x'.repeat(129) }, 'category: expected at most 128 characters'],
    [{ bots: 'true' }, 'bots: expected true or false, got "true"'],
    [{ utcOffsetMinutes: 841 }, 'utcOffsetMinutes: expected an integer from -840 to 840, got 841'],
    [{ utcOffsetMinutes: 0.5 }, 'utcOffsetMinutes: expected an integer from -840 to 840, got 0.5'],
    [{ limit: 0 }, 'limit: expected an integer from 1 to 100000, got 0'],
    [{ limit: '5; DROP TABLE events' }, 'limit: expected an integer from 1 to 100000, got "5; DROP TABLE events"'],
    [{ minViews: -1 }, 'minViews: expected an integer from 0 to 1000000000, got -1'],
    [{ windowHours: Number.NaN }, 'windowHours: expected hours above 0, up to 8784 (a year), got NaN'],
  ])('%j is refused', (params, message) => {
    expect(() => renderReport('brands', { ...range, ...params })).toThrow(TypeError);
    expect(() => renderReport('brands', { ...range, ...params })).toThrow(message);
  });

  test('what is no report is refused', () => {
    expect(() => renderReport('toString' as ReportName, range)).toThrow(
      'report: expected the name of a report, got "toString"',
    );
  });

  test('hostile text finds itself and nothing else', async () => {
    const hostile = [
      "'; DROP TABLE records; --",
      "' OR '1'='1",
      '\\',
      "\\'",
      ':to :site',
      '$1 $&',
      '/* --',
      'é\u202e😀',
      '%_',
    ];
    const engine = await openEventsTable(hostile.map((site) => view({ site, category_id: site })));
    onTestFinished(() => engine.close());
    for (const site of hostile) {
      const { rows } = await runReport(engine, 'brands', { ...range, site, category: site });
      expect(
        rows.map(([, views]) => views),
        site,
      ).toEqual([1]);
    }
  });

  test('any text stays within its quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), (category) => {
        const plain = renderReport('brands', { ...range, category: 'x' }).replaceAll("'x'", '?');
        const literal = `'${category.replaceAll("'", "''")}'`;
        expect(
          renderReport('brands', { ...range, category })
            .split(literal)
            .join('?'),
        ).toBe(plain);
      }),
      { seed: 20261120 },
    );
  });
});
