// @ts-check
import { describe, expect, it } from 'vitest';
import { bar, median, megabytes, peakOf, spread, wholeNumber } from '../lib/numbers.mjs';

describe('numbers of the bench', () => {
  it('the median of an even count is between the two in the middle', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 100])).toBe(7);
    expect(median([])).toBeNaN();
  });

  it('a spread has median, lowest and highest', () => {
    expect(spread([1000.4, 3, 20_000])).toBe('1,000 (3–20,000)');
    expect(spread([])).toBe('-');
  });

  it('a whole number may have underscores, and nothing else', () => {
    expect(wholeNumber('10_000_000', 1)).toBe(10_000_000);
    expect(wholeNumber('7', 1)).toBe(7);
    for (const text of ['', '0', '-1', '1.5', '1e7', '_1', '1_', '1__0', '9007199254740993'])
      expect([text, wholeNumber(text, 1)]).toEqual([text, undefined]);
  });

  it('a bar is as long whatever is done', () => {
    expect(bar(0, 4, 8)).toBe('░░░░░░░░ 0/4');
    expect(bar(1, 4, 8)).toBe('██░░░░░░ 1/4');
    expect(bar(4, 4, 8)).toBe('████████ 4/4');
  });

  it('peak memory is read in kilobytes', () => {
    expect(peakOf('Name:\tnode\nVmPeak:\t  999 kB\nVmHWM:\t  2048 kB\nVmRSS:\t 1 kB\n')).toBe(2_097_152);
    expect(peakOf('')).toBeUndefined();
    expect(megabytes(2_097_152)).toBe('2 MB');
  });
});
