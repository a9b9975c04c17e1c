import { expect, test } from 'vitest';
import type { Unit } from '../../src/reader/batches.js';
import { judge } from '../../src/reader/outcome.js';

const units: Unit[] = ['7', '8', '10'].map((sequenceNumber) => ({
  sequenceNumber,
  arrivedAt: 0,
  records: [],
  ids: [],
}));
const failing = (...itemIdentifiers: unknown[]): unknown => ({
  batchItemFailures: itemIdentifiers.map((itemIdentifier) => ({ itemIdentifier })),
});

test.each([
  ['nothing', undefined],
  ['null', null],
  ['an empty answer', {}],
  ['no failures', { batchItemFailures: [] }],
  ['failures that are null', { batchItemFailures: null }],
])('%s is a success', (_what, answer) => {
  expect(judge(answer, units, false)).toEqual({ done: 3 });
});

test('the lowest record that failed is where it goes on, in whatever order they are named', () => {
  expect(judge(failing('8'), units, false).done).toBe(1);
  expect(judge(failing('10', '8'), units, false).done).toBe(1);
  expect(judge(failing('10'), units, false).done).toBe(2);
  expect(judge(failing('7', '10'), units, false).done).toBe(0);
});

test.each([
  ['an empty identifier', failing('')],
  ['none', { batchItemFailures: [{}] }],
  ['a null one', failing(null)],
  ['one of no record', failing('9')],
  ['a wrong one beside a right one', failing('10', '9')],
  ['a failure that is null', { batchItemFailures: [null] }],
  ['failures that are no list', { batchItemFailures: 'all' }],
])('%s fails the whole batch', (_what, answer) => {
  expect(judge(answer, units, false)).toMatchObject({ done: 0, reason: expect.stringContaining('batchItemFailures') });
});

test('with windows an answer has a state, or all has failed', () => {
  for (const answer of [undefined, {}, { batchItemFailures: [] }, { state: undefined }])
    expect(judge(answer, units, true)).toEqual({ done: 0, reason: 'the answer has no state' });
  expect(judge({ state: { a: 1 } }, units, true)).toEqual({ done: 3, state: '{"a":1}' });
  expect(judge({ state: {}, ...(failing('8') as object) }, units, true)).toMatchObject({ done: 1, state: '{}' });
});
