import type { Definition } from './definition.js';
import { acts, category, daysOf, localDay, ratio, total, visitor, weekdayOf, whenType } from './fragments.js';

const counted = `${whenType('view')} AS views,
    ${whenType('cart')} AS carts,
    ${whenType('purchase')} AS purchases`;

/** The categories of each hour or weekday. Visitors are told apart only where they are counted: most of the work. */
const ranking = (slot: string, expression: string, isOfVisitors: boolean): string => `WITH acts AS (${acts({
  columns: [
    `${expression} AS ${slot}`,
    'event_type',
    `${category} AS category`,
    ...(isOfVisitors ? ['site', `${visitor} AS visitor`] : []),
  ],
})}
),
${
  isOfVisitors
    ? `per_visitor AS (
  SELECT ${slot}, category, site, visitor,
    ${counted}
  FROM acts
  GROUP BY 1, 2, 3, 4
),
per_category AS (
  SELECT ${slot}, category, ${total('views')} AS views, ${total('carts')} AS carts, ${total('purchases')} AS purchases,
    count(visitor) AS visitors
  FROM per_visitor
  GROUP BY 1, 2
)`
    : `per_category AS (
  SELECT ${slot}, category,
    ${counted}
  FROM acts
  GROUP BY 1, 2
)`
},
ranked AS (
  SELECT ${slot}, row_number() OVER (PARTITION BY ${slot} ORDER BY views DESC, category) AS rank,
    category, views, carts, purchases${isOfVisitors ? ', visitors' : ''}
  FROM per_category
)`;

const rank = {
  name: 'rank',
  type: 'integer',
  description: '1 for the category with most views; ties by its name.',
} as const;
const name = {
  name: 'category',
  type: 'text',
  description: '`category_code`, else `category_id`, else `unknown`.',
} as const;
const counts = [
  { name: 'views', type: 'integer', description: 'Views of its products.' },
  { name: 'carts', type: 'integer', description: 'Its products put into a cart, as often as it was done.' },
  { name: 'purchases', type: 'integer', description: 'Lines of orders.' },
] as const;

export const categoriesByHour: Definition = {
  name: 'categories_by_hour',
  title: 'Top categories by hour',
  description: 'The categories viewed most in each hour of the day, over all days of the range.',
  params: ['currency', 'category', 'utcOffsetMinutes', 'limit'],
  reach: 'range',
  limit: 5,
  columns: [
    { name: 'hour', type: 'integer', description: 'Local hour, 0–23. Hours without events are absent.' },
    rank,
    name,
    ...counts,
    { name: 'visitors', type: 'integer', description: 'Different visitors that did something to its products.' },
  ],
  sql: `${ranking('hour', 'extract(hour FROM event_time + :utcOffset)', true)}
SELECT hour, rank, category, views, carts, purchases, visitors
FROM ranked
WHERE rank <= :limit
ORDER BY hour, rank`,
};

export const categoriesByWeekday: Definition = {
  name: 'categories_by_weekday',
  title: 'Top categories by weekday',
  description: 'The categories viewed most on each weekday, and how often per such day of the range.',
  params: ['currency', 'category', 'utcOffsetMinutes', 'limit'],
  reach: 'range',
  limit: 5,
  columns: [
    {
      name: 'weekday',
      type: 'integer',
      description: 'Monday = 0 … Sunday = 6, local. Weekdays without events are absent.',
    },
    rank,
    name,
    { name: 'days', type: 'integer', description: 'How often this weekday occurs in the range.' },
    ...counts,
    { name: 'views_per_day', type: 'double', description: '`views` ÷ `days`.' },
  ],
  sql: `${ranking('weekday', weekdayOf(localDay), false)},
divided AS (
  SELECT weekday, rank, category, ${daysOf('weekday')} AS days, views, carts, purchases
  FROM ranked
  WHERE rank <= :limit
)
SELECT weekday, rank, category, days, views, carts, purchases, ${ratio('views', 'days')} AS views_per_day
FROM divided
ORDER BY weekday, rank`,
};
