import type { Definition } from './definition.js';
import { acts, daysOf, ratio, total, weekdayOf, whenType } from './fragments.js';

export const heatmap: Definition = {
  name: 'heatmap',
  title: 'When the shop is busy',
  description:
    'Views, purchases and everything else done to products, by weekday and hour, and per such day of the range.',
  params: ['currency', 'category', 'utcOffsetMinutes'],
  reach: 'range',
  columns: [
    {
      name: 'weekday',
      type: 'integer',
      description: 'Monday = 0 … Sunday = 6, local. Hours without events are absent.',
    },
    { name: 'hour', type: 'integer', description: 'Local hour, 0–23.' },
    { name: 'days', type: 'integer', description: 'How often this weekday occurs in the range.' },
    { name: 'events', type: 'integer', description: 'Views, carts, removals and purchase lines.' },
    { name: 'views', type: 'integer', description: 'Views of products.' },
    { name: 'purchases', type: 'integer', description: 'Orders, each in the hour of its first line.' },
    { name: 'events_per_day', type: 'double', description: '`events` ÷ `days`.' },
    { name: 'views_per_day', type: 'double', description: '`views` ÷ `days`.' },
    { name: 'purchases_per_day', type: 'double', description: '`purchases` ÷ `days`.' },
  ],
  // One pass folds the records to hours and orders, of which there are few.
  sql: `WITH acts AS (${acts({
    columns: ['event_type', 'site', 'order_id', `date_trunc('hour', event_time + :utcOffset) AS local_hour`],
  })}
),
hours AS (
  SELECT local_hour, site, CASE WHEN event_type = 'purchase' THEN order_id END AS bought,
    count(*) AS events, ${whenType('view')} AS views
  FROM acts
  GROUP BY 1, 2, 3
),
firsts AS (
  SELECT local_hour, events, views,
    CASE WHEN bought IS NOT NULL AND row_number() OVER (PARTITION BY site, bought ORDER BY local_hour) = 1 THEN 1 ELSE 0 END AS orders
  FROM hours
),
cells AS (
  SELECT ${weekdayOf('CAST(local_hour AS date)')} AS weekday, extract(hour FROM local_hour) AS hour,
    ${total('events')} AS events, ${total('views')} AS views, ${total('orders')} AS purchases
  FROM firsts
  GROUP BY 1, 2
),
divided AS (
  SELECT weekday, hour, ${daysOf('weekday')} AS days, events, views, purchases
  FROM cells
)
SELECT weekday, hour, days, events, views, purchases,
  ${ratio('events', 'days')} AS events_per_day,
  ${ratio('views', 'days')} AS views_per_day,
  ${ratio('purchases', 'days')} AS purchases_per_day
FROM divided
ORDER BY weekday, hour`,
};
