import { describe, expect, test } from 'vitest';
import { answer, cart, pick, purchase, removal, view } from '../support/answers.js';

describe('categories_by_hour', () => {
  test('ranks by views, ties by name, and counts visitors once over all days', async () => {
    const care = { category_code: 'care.face', category_id: '7' };
    const rows = [
      view({ ...care, event_time: '2026-11-19 10:00:00' }),
      view({ ...care, event_time: '2026-11-20 10:59:59' }),
      cart({ ...care, event_time: '2026-11-20 10:30:00' }),
      purchase({ ...care, event_time: '2026-11-20 10:40:00', event_id: 'a' }),
      purchase({ ...care, event_time: '2026-11-20 10:40:00', event_id: 'a' }),
      purchase({ ...care, event_time: '2026-11-20 10:40:00', event_id: 'b' }),
      view({ category_id: '7', event_time: '2026-11-20 10:00:00' }),
      view({ event_time: '2026-11-20 10:00:00', device_id: 'd2' }),
      view({ event_time: '2026-11-20 10:00:00', device_id: 'd3', site: 'other' }),
      removal({ category_id: '8', event_time: '2026-11-20 11:00:00' }),
    ];
    const columns = ['hour', 'rank', 'category', 'views', 'carts', 'purchases', 'visitors'];
    expect(pick(await answer('categories_by_hour', rows), ...columns)).toEqual([
      [10, 1, 'care.face', 2, 1, 2, 1],
      [10, 2, 'unknown', 2, 0, 0, 2],
      [10, 3, '7', 1, 0, 0, 1],
      [11, 1, '8', 0, 0, 0, 1],
    ]);
    expect(pick(await answer('categories_by_hour', rows, { limit: 1 }), 'hour', 'category')).toEqual([
      [10, 'care.face'],
      [11, '8'],
    ]);
  });

  test('five of each hour unless more are asked for', async () => {
    const rows = ['f', 'e', 'd', 'c', 'b', 'a'].map((category_id) => view({ category_id }));
    expect(pick(await answer('categories_by_hour', rows), 'category').flat()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(await answer('categories_by_hour', rows, { limit: 6 })).toHaveLength(6);
  });
});

describe('categories_by_weekday', () => {
  test('divides by the days of the range', async () => {
    const rows = [
      view({ category_id: '7', event_time: '2026-11-13 10:00:00' }),
      view({ category_id: '7', event_time: '2026-11-20 10:00:00' }),
      view({ category_id: '7', event_time: '2026-11-20 10:00:00' }),
      view({ category_id: '8', event_time: '2026-11-15 23:00:00' }),
    ];
    const columns = ['weekday', 'rank', 'category', 'days', 'views', 'views_per_day'];
    expect(pick(await answer('categories_by_weekday', rows), ...columns)).toEqual([
      [4, 1, '7', 2, 3, 1.5],
      [6, 1, '8', 1, 1, 1],
    ]);
    // Two hours further east Sunday is Monday.
    expect(pick(await answer('categories_by_weekday', rows, { utcOffsetMinutes: 120 }), ...columns)[0]).toEqual([
      0,
      1,
      '8',
      1,
      1,
      1,
    ]);
  });
});
