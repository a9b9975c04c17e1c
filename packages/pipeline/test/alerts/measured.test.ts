import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { defaultThreshold } from '../../src/alerts/threshold.js';
import { readEvent } from '../../src/windows/event.js';
import { interactionOf } from '../../src/windows/interactions.js';
import { data, type Fields, readGenuine, toGenuineRecord } from '../windows/support.js';

interface Act {
  readonly user: string;
  readonly at: number;
  /** Nothing for what is an act of its own. */
  readonly key: string | undefined;
}

/** Acts of persons among records, each with the key that it counts under. */
function actsOf(records: readonly Fields[]): Act[] {
  return records.flatMap((record) => {
    const event = readEvent(Buffer.from(JSON.stringify(record)));
    if (typeof event === 'string') throw new Error(event);
    const key = interactionOf(event);
    return key === undefined && event.type !== 'view' ? [] : [{ user: event.user, at: event.at, key }];
  });
}
const count = (acts: readonly Act[]): number =>
  acts.filter(({ key }) => key === undefined).length +
  new Set(acts.flatMap(({ key }) => (key === undefined ? [] : [key]))).size;

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

/** Most acts of one user in a window that begins at a whole multiple of its length. */
const mostTumbling = (acts: readonly Act[], seconds: number): number =>
  Math.max(...[...groupBy(acts, ({ user, at }) => `${user} ${Math.floor(at / 1000 / seconds)}`).values()].map(count));

/** Most acts of one user in a window that may begin anywhere. */
function mostSliding(acts: readonly Act[], seconds: number): number {
  let most = 0;
  for (const own of groupBy(acts, ({ user }) => user).values()) {
    own.sort((a, b) => a.at - b.at);
    for (const { at } of own)
      most = Math.max(most, count(own.filter((act) => act.at >= at && act.at < at + seconds * 1000)));
  }
  return most;
}

const files = ['multi-2019-oct', 'cosmetics-2019-oct', 'electronics-2020-duplicates', 'electronics-2020-no-session'];
const acts = new Map<string, Act[]>();
const genuine = (file: string): Act[] => {
  const known = acts.get(file) ?? actsOf(readGenuine(file).map(toGenuineRecord));
  acts.set(file, known);
  return known;
};
const docs = readFileSync(new URL('../../../../docs/windows.md', import.meta.url), 'utf8');

describe.skipIf(!existsSync(data))('in genuine data', () => {
  test('more than 10 rows in 10 seconds accuses 77 of 3,270 users of the cosmetics shop', () => {
    const rows = readGenuine('cosmetics-2019-oct');
    const windows = groupBy(rows, ({ user, at }) => `${user} ${Math.floor(at / 10_000)}`);
    const accused = [...windows.values()].filter((own) => own.length > 10).map(([first]) => first?.user);
    expect(new Set(accused).size).toBe(77);
    expect(new Set(rows.map(({ user }) => user)).size).toBe(3270);
  });

  test.each(files)('nobody of %s comes near the threshold, and docs say how near', { timeout: 60_000 }, (file) => {
    const own = genuine(file);
    const cells = [60, 10].flatMap((seconds) => [mostTumbling(own, seconds), mostSliding(own, seconds)]);
    expect(docs).toContain(`| ${file} | ${cells.join(' | ')} |`);
    expect(cells[0]).toBeLessThanOrEqual(defaultThreshold(60) * 0.8);
    expect(cells[2]).toBeLessThanOrEqual(defaultThreshold(10) * 0.8);
  });

  test('nobody would be accused if each cart and removal were an act of its own', () => {
    const rows = readGenuine('cosmetics-2019-oct').map((row, index) => {
      const { type } = row;
      const order = type === 'purchase' ? `order ${row.session} ${row.at}` : `row ${index}`;
      return { user: row.user, at: row.at, key: order };
    });
    expect(mostTumbling(rows, 60)).toBe(73);
    expect(mostTumbling(rows, 10)).toBe(22);
    expect([60, 10].map(defaultThreshold)).toEqual([90, 24]);
  });
});

describe('a robot', () => {
  const robot = (type: string, perSecond: number, seconds: number, resolutionMs: number): Act[] =>
    actsOf(
      Array.from({ length: perSecond * seconds }, (_, index) => {
        const at =
          Date.parse('2019-10-01T00:30:00Z') + Math.floor((index * 1000) / perSecond / resolutionMs) * resolutionMs;
        return {
          event_id: createHash('md5').update(`robot ${index}`).digest('hex'),
          event_type: type,
          event_time: new Date(at).toISOString(),
          site: 'shop',
          customer_id: 'robot',
          session_id: 'robot',
        };
      }),
    );

  test.each([
    ['view', 3, 1, 180],
    ['view', 3, 1000, 180],
    ['cart', 3, 1, 127],
    ['cart', 3, 1000, 127],
    ['remove_from_cart', 3, 1, 127],
  ])('of 3 %s a second is above the threshold within a minute (%#)', (type, perSecond, resolutionMs, about) => {
    const most = mostTumbling(robot(type, perSecond, 60, resolutionMs), 60);
    expect(most).toBeGreaterThan(defaultThreshold(60) * 1.2);
    expect(Math.abs(most - about)).toBeLessThan(15);
  });

  test('of 3 views a second is above the threshold within ten seconds', () => {
    expect(mostTumbling(robot('view', 3, 10, 1), 10)).toBe(30);
    expect(mostTumbling(robot('cart', 5, 10, 1), 10)).toBeGreaterThan(defaultThreshold(10));
  });

  test('of 3 views a second for a minute is caught wherever the minute begins', () => {
    for (let offset = 0; offset < 60; offset += 0.5) {
      const first = 3 * offset;
      if (first !== 90) expect(Math.max(first, 180 - first)).toBeGreaterThan(defaultThreshold(60));
    }
  });
});

test('the default threshold follows the length of the window', () => {
  expect([1, 10, 15, 30, 60, 300, 900].map(defaultThreshold)).toEqual([24, 24, 30, 50, 90, 410, 1210]);
});
