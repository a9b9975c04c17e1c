// @ts-check
import { describe, expect, it } from 'vitest';
import { attached, between, faultTable } from '../lib/faults.mjs';

const calm = {
  number: 1,
  name: 'calm',
  run: 1,
  tracked: 50,
  once: 50,
  streamDuplicates: 0,
  wireDuplicates: 0,
  browser: '156',
};
const burst = { ...calm, number: 12, name: 'burst', tracked: 2000, once: 2000, withoutComingBack: 800 };

describe('the results of the faults', () => {
  it('are found in a report, however deep', () => {
    const body = Buffer.from(JSON.stringify(calm)).toString('base64');
    const attachments = [
      { name: 'trace', body: '' },
      { name: 'fault', body },
    ];
    const specs = [{ tests: [{ results: [{ attachments }] }] }];
    expect(attached({ suites: [{ suites: [{ specs }], specs }] }, 'fault')).toEqual([calm, calm]);
  });

  it('are a row per case, with the range of its runs', () => {
    const table = faultTable([
      burst,
      { ...burst, once: 1999, wireDuplicates: 410, streamDuplicates: 2, withoutComingBack: 1200 },
      { ...calm, run: 2 },
      calm,
    ]);
    expect(table.split('\n').slice(2)).toEqual([
      '| 1 | calm | 50 | 50 | 0 % | 0 % |  |',
      '| 12 | burst | 2,000 | 1,999–2,000 | 0.1 % | 10.3 % | 800–1,200 |',
      '',
      'Chromium 156, 2 runs of each.',
    ]);
  });

  it('go between the markers, and nowhere else', () => {
    expect(between('a\n<!-- faults -->old<!-- /faults -->\nb', 'new')).toBe(
      'a\n<!-- faults -->\nnew\n<!-- /faults -->\nb',
    );
    expect(between('a <!-- faults --> b', 'new')).toBeUndefined();
    expect(between('a', 'new')).toBeUndefined();
  });
});
