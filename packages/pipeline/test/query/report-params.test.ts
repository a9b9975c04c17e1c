import { describe, expect, it } from 'vitest';
import { readReportParams, refusedParam } from '../../src/query/report-params.js';

const read = (query: string) => readReportParams(new URLSearchParams(query));

describe('parameters as text', () => {
  it.each<[string, object]>([
    ['', {}],
    ['from=2019-10-01&to=2019-10-31&site=demo', { from: '2019-10-01', to: '2019-10-31', site: 'demo' }],
    ['bots=true', { bots: true }],
    ['bots=0', { bots: false }],
    ['utcOffsetMinutes=-180&limit=5', { utcOffsetMinutes: -180, limit: 5 }],
    ['windowHours=1.5&minViews=0', { windowHours: 1.5, minViews: 0 }],
    ['site=&currency=', {}],
    ['site=123', { site: '123' }],
    // For the report to refuse.
    ['limit=many&bots=maybe', { limit: 'many', bots: 'maybe' }],
    ['limit=0x10', { limit: '0x10' }],
  ])('%s', (query, params) => {
    expect(read(query)).toEqual(params);
  });

  it.each([
    ['form=2019-10-01', 'form', 'form: expected no such parameter; there are from, to,'],
    ['toString=1', 'toString', 'toString: expected no such parameter'],
    ['site=a&site=b', 'site', 'site: expected once, got more'],
  ])('%s is refused', (query, parameter, message) => {
    const error = (() => {
      try {
        return read(query);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(refusedParam(error)).toBe(parameter);
    expect((error as Error).message).toContain(message);
  });

  it('are not blamed for other errors', () => {
    expect(refusedParam(new TypeError('x is not a function'))).toBe(undefined);
    expect(refusedParam(new Error('limit: expected 1, got 2'))).toBe(undefined);
  });
});
