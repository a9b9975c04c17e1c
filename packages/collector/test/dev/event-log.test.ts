import { expect, test } from 'vitest';
import { createEventLog, type EventLog } from '../../src/dev/event-log.js';

function filled(log: EventLog): EventLog {
  log.add('good', 'a');
  log.add('bad', 'b');
  log.add('good', 'c');
  return log;
}

test('gives the records of both lists in the order they came', () => {
  const log = filled(createEventLog({ keep: 10, keepLength: 100 }));
  const order: string[] = [];
  for (let entry = log.after(0); entry; entry = log.after(entry.n)) order.push(entry.json);
  expect(order).toEqual(['a', 'b', 'c']);
  expect(log.after(2)).toEqual({ n: 3, list: 'good', json: 'c' });
  expect(log.after(3)).toBeUndefined();
});

test('drops the oldest of a list beyond the count', () => {
  const log = filled(createEventLog({ keep: 1, keepLength: 100 }));
  expect(log.entries('good').map(({ json }) => json)).toEqual(['c']);
  expect(log.entries('bad').map(({ json }) => json)).toEqual(['b']);
});

test('drops the oldest of a list beyond the length, but never the newest', () => {
  const log = createEventLog({ keep: 10, keepLength: 5 });
  for (const json of ['aa', 'bb', 'cc']) log.add('good', json);
  expect(log.entries('good').map(({ json }) => json)).toEqual(['bb', 'cc']);
  log.add('good', 'dddddddd');
  expect(log.entries('good').map(({ json }) => json)).toEqual(['dddddddd']);
});

test('goes on counting after it was cleared', () => {
  const log = filled(createEventLog({ keep: 10, keepLength: 100 }));
  log.clear();
  expect(log.after(0)).toBeUndefined();
  log.add('good', 'd');
  expect(log.after(0)?.n).toBe(4);
});
