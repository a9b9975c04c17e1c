import { describe, expect, test } from 'vitest';
import { answer, cart, pick, purchase, removal, view, vital } from '../support/answers.js';

describe('heatmap', () => {
  test('Monday is 0 and Sunday is 6', async () => {
    const week = Array.from({ length: 7 }, (_, at) => view({ event_time: `2026-11-${16 + at} 0${at}:59:59.999` }));
    expect(pick(await answer('heatmap', week), 'weekday', 'hour', 'views')).toEqual(
      [0, 1, 2, 3, 4, 5, 6].map((at) => [at, at, 1]),
    );
  });

  test.each([
    // Monday to Sunday, how often each is in a range.
    ['2026-11-20', '2026-11-20', [0, 0, 0, 0, 1, 0, 0]],
    ['2026-11-16', '2026-11-22', [1, 1, 1, 1, 1, 1, 1]],
    ['2026-11-20', '2026-11-26', [1, 1, 1, 1, 1, 1, 1]],
    ['2026-11-20', '2026-11-29', [1, 1, 1, 1, 2, 2, 2]],
    ['2024-02-26', '2024-03-05', [2, 2, 1, 1, 1, 1, 1]],
    ['1970-01-01', '1970-01-08', [1, 1, 1, 2, 1, 1, 1]],
  ])('from %s to %s each weekday is divided by its days', async (from, to, expected) => {
    const days: number[] = [];
    for (let at = Date.parse(from); at <= Date.parse(to); at += 86_400_000) days.push(at);
    const rows = days.map((at) => view({ event_time: `${new Date(at).toISOString().slice(0, 10)} 08:00:00` }));
    const found = await answer('heatmap', rows, { from, to });
    expect(pick(found, 'weekday', 'days', 'views_per_day')).toEqual(
      expected.flatMap((often, weekday) => (often === 0 ? [] : [[weekday, often, 1]])),
    );
  });

  test('a weekday without events in some weeks is divided by all its days', async () => {
    expect(
      pick(
        await answer('heatmap', [view(), cart(), removal()], { from: '2026-11-10', to: '2026-11-20' }),
        'days',
        'events',
        'events_per_day',
        'views_per_day',
      ),
    ).toEqual([[2, 3, 1.5, 0.5]]);
  });

  test('an order counts in the hour of its first line, its lines where they are', async () => {
    const rows = [
      purchase({ event_time: '2026-11-20 10:59:00', event_id: 'a' }),
      purchase({ event_time: '2026-11-20 11:00:00', event_id: 'b' }),
      purchase({ event_time: '2026-11-20 11:00:00', event_id: 'b', received_at: '2026-11-20 15:00:00' }),
      purchase({ event_time: '2026-11-20 11:00:00', event_id: 'c', order_id: 'o2' }),
      purchase({ event_time: '2026-11-20 11:00:00', event_id: 'd', site: 'other' }),
    ];
    expect(pick(await answer('heatmap', rows), 'hour', 'events', 'purchases', 'purchases_per_day')).toEqual([
      [10, 1, 1, 1],
      [11, 3, 2, 2],
    ]);
  });

  test('an offset moves hour and weekday', async () => {
    const rows = [view({ event_time: '2026-11-20 00:10:00' }), vital()];
    expect(
      pick(await answer('heatmap', rows, { utcOffsetMinutes: -345, to: '2026-11-20' }), 'weekday', 'hour', 'events'),
    ).toEqual([[3, 18, 1]]);
    expect(pick(await answer('heatmap', rows, { utcOffsetMinutes: 840 }), 'weekday', 'hour')).toEqual([[4, 14]]);
  });
});
