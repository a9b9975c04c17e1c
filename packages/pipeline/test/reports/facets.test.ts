import { expect, onTestFinished, test } from 'vitest';
import { readFacets } from '../../src/reports.js';
import { cart, purchase, view } from '../support/answers.js';
import { openEventsTable, type Row } from '../support/events-table.js';

const facets = async (rows: Row[], params: object = {}) => {
  const engine = await openEventsTable(rows);
  onTestFinished(() => engine.close());
  const found = await readFacets(engine, params);
  expect(engine.asked).toHaveLength(1);
  return found;
};

const rows = [
  view({ event_time: '2026-11-18 23:59:59.999', category_code: 'care.face', currency: 'USD', price: 1 }),
  view({ category_code: 'care.hair', is_bot: true }),
  view({ category_id: '7', site: 'other' }),
  view({ site: 'other' }),
  purchase({ category_code: 'bought.only', currency: 'EUR' }),
  cart({ currency: 'EUR', price: 2, event_time: '2026-11-21 00:00:00' }),
];

test('an empty table holds nothing', async () => {
  const nothing = { firstDay: null, lastDay: null, events: 0, botEvents: 0, sites: [], currencies: [], categories: [] };
  expect(await facets([])).toEqual(nothing);
  expect(await facets(rows, { site: 'none' })).toEqual(nothing);
});

test('most frequent first, ties by name; categories by their views', async () => {
  expect(await facets(rows)).toEqual({
    firstDay: '2026-11-18',
    lastDay: '2026-11-21',
    events: 6,
    botEvents: 1,
    sites: ['demo', 'other'],
    currencies: ['EUR', 'USD'],
    categories: ['care', '7', 'unknown'],
  });
});

test('heeds days and site', async () => {
  expect(await facets(rows, { from: '2026-11-19', to: '2026-11-20', site: 'demo' })).toMatchObject({
    firstDay: '2026-11-20',
    lastDay: '2026-11-20',
    events: 2,
    currencies: ['EUR'],
    categories: ['care'],
  });
});

test('the 200 categories with most views', async () => {
  const many = Array.from({ length: 201 }, (_, at) => view({ category_id: `c${1000 + at}` }));
  const { categories } = await facets([...many, view({ category_id: 'c1200' })]);
  expect(categories).toHaveLength(200);
  expect([categories[0], categories[199]]).toEqual(['c1200', 'c1198']);
});
