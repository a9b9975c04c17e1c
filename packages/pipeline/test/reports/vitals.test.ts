import { describe, expect, test } from 'vitest';
import { answer, pick, view, vital } from '../support/answers.js';

const p75 = async (...values: number[]) =>
  pick(
    await answer(
      'vitals',
      values.map((value) => vital({ value })),
    ),
    'samples',
    'p75',
  )[0];

describe('vitals', () => {
  test('p75 is the nearest rank', async () => {
    expect(await p75(7)).toEqual([1, 7]);
    expect(await p75(2, 1)).toEqual([2, 2]);
    expect(await p75(3, 1, 2)).toEqual([3, 3]);
    expect(await p75(4, 3, 2, 1)).toEqual([4, 3]);
    expect(await p75(5, 4, 3, 2, 1)).toEqual([5, 4]);
    expect(await p75(5, 5, 5, 1, 1, 1, 1, 1)).toEqual([8, 5]);
    expect(await p75(9, 1, 1, 1)).toEqual([4, 1]);
  });

  test.each([
    ['LCP', 2500, 4000],
    ['INP', 200, 500],
    ['CLS', 0.1, 0.25],
    ['FCP', 1800, 3000],
    ['TTFB', 800, 1800],
  ])('%s is good up to %d and acceptable up to %d', async (metric, good, acceptable) => {
    const rating = async (value: number) => pick(await answer('vitals', [vital({ metric, value })]), 'rating')[0]?.[0];
    expect(await rating(good)).toBe('good');
    expect(await rating(good * 1.001)).toBe('needs-improvement');
    expect(await rating(acceptable)).toBe('needs-improvement');
    expect(await rating(acceptable * 1.001)).toBe('poor');
  });

  test.each([
    ['https://shop.example/p/1?utm_source=x#top', '/p/1'],
    ['https://shop.example:8443/p/1/', '/p/1/'],
    ['https://shop.example', '/'],
    ['https://shop.example?x=/y', '/'],
    ['https://shop.example/#/route?a', '/'],
    ['https://shop.example/go/https://other.example/x', '/go/https://other.example/x'],
    ['https://shop.example/p%C3%A9', '/p%C3%A9'],
    ['/p/1?x', '/p/1'],
    [null, ''],
  ])('the page of %s is %s', async (page_url, page) => {
    expect(pick(await answer('vitals', [vital({ page_url })]), 'page')).toEqual([[page]]);
  });

  test('counts measurements by their own rating; most measured first, ties by page and metric', async () => {
    const rows = [
      vital({ value: 9000, rating: 'poor' }),
      vital({ value: 3000, rating: 'needs-improvement' }),
      vital({ value: 10, rating: 'good' }),
      vital({ value: 10, rating: null }),
      vital({ metric: 'CLS', value: 0, page_url: 'https://shop.example/b' }),
      vital({ metric: 'TTFB', page_url: 'https://shop.example/a' }),
      vital({ metric: 'FCP', page_url: 'https://shop.example/a' }),
      vital({ is_bot: true }),
      view({ page_url: 'https://shop.example/p/1' }),
    ];
    const columns = ['page', 'metric', 'samples', 'p75', 'rating', 'good', 'needs_improvement', 'poor'];
    expect(pick(await answer('vitals', rows), ...columns)).toEqual([
      ['/p/1', 'LCP', 4, 3000, 'needs-improvement', 1, 1, 1],
      ['/a', 'FCP', 1, 1000, 'good', 1, 0, 0],
      ['/a', 'TTFB', 1, 1000, 'needs-improvement', 1, 0, 0],
      ['/b', 'CLS', 1, 0, 'good', 1, 0, 0],
    ]);
    expect(await answer('vitals', rows, { limit: 2 })).toHaveLength(2);
  });

  test('category and currency do not narrow it', async () => {
    expect(await answer('vitals', [vital()], { category: 'care', currency: 'BRL' })).toHaveLength(1);
  });
});
