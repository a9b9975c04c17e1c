import { describe, expect, test } from 'vitest';
import { answer, cart, pick, purchase, removal, view, vital } from '../support/answers.js';

const steps = ['name', 'sessions', 'reached', 'skipped', 'of_first', 'of_previous'] as const;

describe('funnel', () => {
  test('a purchase needs no cart, and a cart no view', async () => {
    const rows = [
      view({ session_id: 'looks' }),
      view({ session_id: 'looks' }),
      cart({ session_id: 'carts' }),
      purchase({ session_id: 'buys' }),
      view({ session_id: 'all' }),
      cart({ session_id: 'all' }),
      purchase({ session_id: 'all', order_id: 'o2' }),
      removal({ session_id: 'removes' }),
      vital({ session_id: 'measures' }),
    ];
    expect(pick(await answer('funnel', rows), ...steps)).toEqual([
      ['view', 2, 4, 2, 1, 1],
      ['cart', 2, 3, 1, 0.75, 0.75],
      ['purchase', 2, 2, 0, 0.5, 2 / 3],
    ]);
  });

  test('has three steps where nobody was', async () => {
    expect(pick(await answer('funnel', [removal()]), 'step', ...steps)).toEqual([
      [1, 'view', 0, 0, 0, null, 1],
      [2, 'cart', 0, 0, 0, null, null],
      [3, 'purchase', 0, 0, 0, null, null],
    ]);
  });

  test('the same session of two sites is two; records of nobody are none', async () => {
    const rows = [view(), view({ site: 'other' }), view({ session_id: null, device_id: null })];
    expect(pick(await answer('funnel', rows), 'sessions')).toEqual([[2], [0], [0]]);
  });

  test('an order told again from another session is of the first', async () => {
    const rows = [
      purchase({ event_id: 'x', received_at: '2026-11-20 12:00:00', session_id: 'first' }),
      purchase({ event_id: 'x', received_at: '2026-11-20 18:00:00', session_id: 'again' }),
    ];
    expect(pick(await answer('funnel', rows), 'sessions')).toEqual([[0], [0], [1]]);
  });
});
