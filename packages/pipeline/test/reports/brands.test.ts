import { describe, expect, test } from 'vitest';
import { answer, cart, pick, purchase, view } from '../support/answers.js';
import type { Row } from '../support/events-table.js';

const times = (count: number, make: (fields: Row) => Row, fields: Row): Row[] =>
  Array.from({ length: count }, (_, at) =>
    make({ ...fields, device_id: `d${at}`, event_id: `${String(fields['brand'])}-${make.name}-${at}` }),
  );

describe('brands', () => {
  const rows = [
    ...times(8, view, { brand: 'seen' }),
    ...times(1, purchase, { brand: 'seen' }),
    ...times(4, view, { brand: 'sold' }),
    ...times(4, purchase, { brand: 'sold' }),
    ...times(3, view, { brand: 'small' }),
    ...times(2, view, { brand: null }),
    ...times(1, cart, { brand: null }),
    ...times(9, purchase, { brand: 'unseen' }),
  ];

  test('much seen and seldom bought needs marketing, among the judged', async () => {
    // Judged: seen 8, sold 4, small 3: mean 5; purchases 5 of 15.
    expect(await answer('brands', rows, { minViews: 3 })).toEqual(
      [
        ['seen', 8, 0, 1, 8, 1 / 8, true, true],
        ['sold', 4, 0, 4, 4, 1, true, false],
        ['small', 3, 0, 0, 3, 0, true, false],
        ['', 2, 1, 0, 2, 0, false, false],
      ].map(([brand, views, carts, purchases, visitors, conversion, judged, needs_marketing]) => ({
        brand,
        views,
        carts,
        purchases,
        visitors,
        conversion,
        judged,
        needs_marketing,
        average_views: 5,
        average_conversion: 1 / 3,
      })),
    );
  });

  test('at the average of views is enough, at the average of conversion is not too little', async () => {
    const even = [...times(2, view, { brand: 'a' }), ...times(2, view, { brand: 'b' })];
    const needs = async (all: Row[]) => pick(await answer('brands', all, { minViews: 1 }), 'needs_marketing').flat();
    expect(await needs(even)).toEqual([false, false]);
    expect(await needs([...even, ...times(1, purchase, { brand: 'a' })])).toEqual([false, true]);
  });

  test('where no brand has enough views none is judged', async () => {
    expect(
      pick(await answer('brands', rows), 'judged', 'needs_marketing', 'average_views', 'average_conversion'),
    ).toEqual(Array.from({ length: 4 }, () => [false, false, null, null]));
  });

  test('a limit cuts the rows, not the averages', async () => {
    expect(pick(await answer('brands', rows, { minViews: 3, limit: 1 }), 'brand', 'average_views')).toEqual([
      ['seen', 5],
    ]);
  });

  test('ties are broken by name; without views there is no row', async () => {
    const two = [
      ...times(1, view, { brand: 'b' }),
      ...times(1, view, { brand: 'B' }),
      ...times(1, view, { brand: 'é' }),
      ...times(1, cart, { brand: 'c' }),
    ];
    expect(pick(await answer('brands', two), 'brand').flat()).toEqual(['B', 'b', 'é']);
  });
});
