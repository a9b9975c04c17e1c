import { expect, test } from 'vitest';
import { createRunLog, type RunLogOptions } from '../../src/commands/run-log.js';

function open(options: Partial<RunLogOptions> = {}) {
  const lines: string[] = [];
  const clock = { now: Date.parse('2026-11-20T12:00:00Z') };
  const log = createRunLog({
    write: (text) => void lines.push(text),
    dated: false,
    called: (part) => (part === 'lake' ? "Kinesis of the stream 'events' at http://k" : undefined),
    errorsDirectory: '.rastro/lake/errors',
    now: () => clock.now,
    ...options,
  });
  const told = (): string[] => lines.splice(0);
  return { log, clock, told };
}
const refused = (): Error => Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });

test('a failure is said at once, then once a minute with how often, and once that it works again', () => {
  const { log, clock, told } = open();
  const failing = (): boolean => false;
  for (let second = 0; second < 61; second++) {
    log.failed(new Error('the disk is full'), 'lake');
    log.look(failing);
    clock.now += 1_000;
  }
  expect(told()).toEqual([
    'lake: the disk is full\n',
    'lake: has failed 61 times in 60 s, the last time: the disk is full\n',
  ]);
  log.look((part, since) => part === 'lake' && since === clock.now - 1_000);
  expect(told()).toEqual(['lake: works again after 61 s\n']);
  log.look(() => true);
  log.failed(new Error('the disk is full'), 'lake');
  expect(told()).toEqual(['lake: the disk is full\n']);
});

test('what was said once is no failure that ends', () => {
  const { log, told } = open();
  log.failed(new Error('3 records were not counted'), 'windows');
  log.look(() => true);
  expect(told()).toEqual(['windows: 3 records were not counted\n']);
});

test('failures that differ by more than numbers are told apart, and names without end are not', () => {
  const { log, told } = open();
  log.failed(new Error('4 rows of a'), 'counts');
  log.failed(new Error('5 rows of a'), 'counts');
  log.failed(new Error('an invocation failed'), 'counts');
  expect(told()).toEqual(['counts: 4 rows of a\n', 'counts: an invocation failed\n']);
  for (const name of 'abcdefghijklmnopqrstuvwxyz') log.failed(new Error(`user ${name}`), 'alerts');
  expect(told()).toHaveLength(9);
});

test('errors of the network name what was called, and are no news while it is being closed', () => {
  const { log, told } = open();
  log.failed(refused(), 'lake');
  log.failed(new Error('2 rows wait', { cause: refused() }), 'counts');
  expect(told()).toEqual([
    "lake: connect ECONNREFUSED 127.0.0.1:1 (Kinesis of the stream 'events' at http://k)\n",
    'counts: 2 rows wait: connect ECONNREFUSED 127.0.0.1:1\n',
  ]);
  log.closing();
  log.failed(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }), 'windows');
  log.failed(new Error('the disk is full'), 'windows');
  expect(told()).toEqual(['windows: the disk is full\n']);
});

test('records that are no rows are told with their reasons, the later ones together', () => {
  const { log, told } = open();
  log.putAside({});
  log.putAside({ wrong_type: 1 });
  log.putAside({ wrong_type: 2 });
  log.putAside({ not_json: 5 });
  expect(told()).toEqual(['lake: 1 record was no row (wrong_type 1): kept below .rastro/lake/errors\n']);
  log.close();
  expect(told()).toEqual(['lake: 7 records were no rows (not_json 5, wrong_type 2): kept below .rastro/lake/errors\n']);
});

test('lines of a file begin with their instant', () => {
  const { log, told } = open({ dated: true });
  log.say('one\ntwo');
  expect(told()).toEqual(['2026-11-20T12:00:00.000Z one\n2026-11-20T12:00:00.000Z two\n']);
});
