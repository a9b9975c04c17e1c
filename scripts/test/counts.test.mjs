// @ts-check
import { describe, expect, it } from 'vitest';
import { failure, fromPlaywright, fromVitest, judge, lastLine } from '../lib/counts.mjs';

const report = { numPassedTests: 5, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1 };

describe('fromVitest', () => {
  it('counts skipped and todo tests as skipped', () => {
    expect(fromVitest({ ...report, testResults: [] })).toEqual({ passed: 5, failed: 1, skipped: 3, notes: [] });
  });

  it('counts a file that did not load as one failed', () => {
    const testResults = [
      { name: 'a.test.ts', status: 'failed', assertionResults: [] },
      { name: 'b.test.ts', status: 'failed', assertionResults: [{ status: 'failed' }] },
      { name: 'c.test.ts', status: 'passed', assertionResults: [{ status: 'passed' }] },
    ];
    const counts = fromVitest({ ...report, testResults });
    expect(counts.failed).toBe(2);
    expect(counts.notes).toEqual(['failed outside of its tests: a.test.ts']);
  });
});

describe('fromPlaywright', () => {
  it('counts a flaky test as failed', () => {
    const stats = { expected: 3, unexpected: 1, flaky: 1, skipped: 2 };
    expect(fromPlaywright({ stats, errors: [] })).toMatchObject({ passed: 3, failed: 2, skipped: 2 });
  });

  it('counts an error outside of the tests as failed', () => {
    const stats = { expected: 3, unexpected: 0, flaky: 0, skipped: 0 };
    expect(fromPlaywright({ stats, errors: [{ message: 'SyntaxError: x\n  at y' }] })).toMatchObject({
      failed: 1,
      notes: ['failed outside of its tests: SyntaxError: x'],
    });
  });
});

describe('judge', () => {
  const good = { passed: 2, failed: 0, skipped: 0, notes: [] };

  it.each([
    ['no report', undefined, 0, 'crashed: exit code 0 and no report'],
    ['a failing runner', good, 1, 'the runner failed: exit code 1'],
    ['no test', { ...good, passed: 0 }, 0, 'ran no test'],
    ['only skipped tests', { ...good, passed: 0, skipped: 4 }, 0, 'ran no test'],
  ])('counts %s as one failed', (_, counts, exitCode, note) => {
    expect(judge(counts, exitCode)).toMatchObject({ failed: 1, notes: [note] });
  });

  it('leaves alone what its tests have decided', () => {
    expect(judge(good, 0)).toEqual(good);
    expect(judge({ ...good, failed: 2 }, 1)).toEqual({ ...good, failed: 2 });
  });
});

describe('lastLine', () => {
  it('sums the parts', () => {
    const parts = [{ passed: 2, failed: 0, skipped: 0, notes: [] }, failure('no browser')];
    expect(lastLine(parts)).toBe('2 passed, 1 failed');
  });

  it('names skipped tests when there are any', () => {
    expect(lastLine([{ passed: 2, failed: 0, skipped: 1, notes: [] }])).toBe('2 passed, 0 failed, 1 skipped');
  });
});
