import { TrinoSQL } from 'dt-sql-parser';
import { describe, expect, test } from 'vitest';
import { renderReport } from '../../src/reports/render.js';
import { type ReportName, reports } from '../../src/reports.js';
import { bans, checkCommonSubset } from './support/common-subset.js';

const names = Object.keys(reports) as ReportName[];
const range = { from: '2026-11-01', to: '2026-11-20' };
const everything = {
  ...range,
  site: "o'site",
  currency: 'BRL',
  category: "'; DROP TABLE events --",
  bots: true,
  utcOffsetMinutes: -180,
  limit: 7,
  windowHours: 48,
  minViews: 3,
};

describe('the common subset', () => {
  test.each(bans.map((ban) => [ban.name, ban] as const))('%s is found', (name, ban) => {
    expect(checkCommonSubset(ban.example).filter((found) => found.startsWith(`${name}: `))).toHaveLength(1);
  });

  test('what stands in a literal or a comment is no construct', () => {
    expect(checkCommonSubset("SELECT 'a / b; QUALIFY' AS x -- strftime(x)\nFROM events")).toEqual([]);
  });

  test.each(names)('%s stays within it', (name) => {
    expect(checkCommonSubset(renderReport(name, range))).toEqual([]);
    expect(checkCommonSubset(renderReport(name, everything))).toEqual([]);
  });
});

describe("Trino's grammar", () => {
  const trino = new TrinoSQL();

  test.each(names)('%s is a statement of it', (name) => {
    expect(trino.validate(renderReport(name, range))).toEqual([]);
    expect(trino.validate(renderReport(name, everything))).toEqual([]);
  });

  test.each([
    'SELECT a FROM events QUALIFY row_number() OVER () = 1',
    'SELECT * EXCLUDE (a) FROM events',
    'SELECT a::date FROM events',
    'SELECT a FROM events WHERE',
    renderReport('funnel', range).replace('CROSS JOIN', 'CROSS'),
  ])('a broken text is found broken: %#', (sql) => {
    expect(trino.validate(sql)).not.toEqual([]);
  });
});
