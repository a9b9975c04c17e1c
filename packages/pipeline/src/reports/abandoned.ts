import type { Definition } from './definition.js';
import { category, onceOnly, ratio, records, session, visitor } from './fragments.js';

const columns = [
  'event_type',
  'site',
  `${visitor} AS visitor`,
  `${session} AS session`,
  'product_id',
  'event_time',
  'session_seq',
  'event_id',
  'product_name',
  'brand',
  `${category} AS category`,
  'currency',
  'price',
  'quantity',
];
const known = ['product_id IS NOT NULL', `coalesce(session_id, customer_id, device_id) IS NOT NULL`];
const lastCart = (column: string): string =>
  `max(${column}) FILTER (WHERE event_type = 'cart' AND nth_last = 1) AS ${column}`;
const latest = (column: string): string => `max(CASE WHEN nth_last = 1 THEN ${column} END) AS ${column}`;

export const abandoned: Definition = {
  name: 'abandoned',
  title: 'Carts not bought',
  description:
    'Products that a session put into a cart in the range, and what became of them there: bought, taken out again, or left.',
  params: ['currency', 'category', 'utcOffsetMinutes', 'limit', 'windowHours'],
  reach: 'purchases',
  limit: 50,
  columns: [
    { name: 'product_id', type: 'text', description: 'The product.' },
    {
      name: 'product_name',
      type: 'text',
      description: 'Its name when it was last put into a cart; NULL if the shop sends none.',
    },
    { name: 'brand', type: 'text', description: 'Its brand then; NULL if the shop sends none.' },
    { name: 'category', type: 'text', description: 'Its `category_code` then, else `category_id`, else `unknown`.' },
    {
      name: 'currency',
      type: 'text',
      description: 'Currency in which it was last put into that cart; NULL if none was named.',
    },
    {
      name: 'carts',
      type: 'integer',
      description: 'Sessions that put it into a cart: `bought` + `removed` + `abandoned`.',
    },
    {
      name: 'bought',
      type: 'integer',
      description:
        'Bought in the same session, before or after; with `windowHours` also by the same visitor within these hours of the first cart.',
    },
    {
      name: 'removed',
      type: 'integer',
      description: 'Not bought, and taken out at or after the last time it was put in.',
    },
    { name: 'abandoned', type: 'integer', description: 'Neither.' },
    { name: 'abandoned_rate', type: 'double', description: '`abandoned` ÷ `carts`, 0–1.' },
    {
      name: 'abandoned_value',
      type: 'decimal',
      description: 'Price times quantity of the last cart of each that was left; without a price 0.',
    },
  ],
  sql: `WITH acts AS (${records({
    types: ['cart', 'remove_from_cart'],
    columns,
    range: [':readBegin', ':readEnd'],
    where: [`(event_type <> 'cart' OR (event_time >= :begin AND event_time < :end))`, ...known],
  })}
    UNION ALL${onceOnly({ types: ['purchase'], columns, range: [':readBegin', ':readEnd'], where: known })}
),
marked AS (
  SELECT event_type, site, session, product_id, event_time, session_seq, event_id,
    product_name, brand, category, currency, price, quantity,
    row_number() OVER (
      PARTITION BY site, session, product_id, event_type
      ORDER BY event_time DESC, session_seq DESC NULLS LAST, event_id DESC
    ) AS nth_last,
    count(*) OVER (
      PARTITION BY site, session, product_id, event_type
      ORDER BY event_time DESC, session_seq DESC NULLS LAST, event_id DESC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS of_type,
    min(CASE WHEN event_type = 'purchase' THEN event_time END) OVER (
      PARTITION BY site, visitor, product_id
      ORDER BY event_time RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
    ) AS next_purchase
  FROM acts
),
pairs AS (
  SELECT site, session, product_id,
    min(event_time) FILTER (WHERE event_type = 'cart') AS first_cart,
    max(event_time) FILTER (WHERE event_type = 'cart') AS last_cart,
    max(event_time) FILTER (WHERE event_type = 'remove_from_cart') AS last_removal,
    max(session_seq) FILTER (WHERE event_type = 'remove_from_cart' AND nth_last = 1) AS removal_seq,
    min(next_purchase) FILTER (WHERE event_type = 'cart' AND nth_last = of_type) AS next_purchase,
    count(*) FILTER (WHERE event_type = 'purchase') AS purchases,
    ${['session_seq', 'event_id', 'product_name', 'brand', 'category', 'currency', 'price', 'quantity'].map(lastCart).join(',\n    ')}
  FROM marked
  GROUP BY 1, 2, 3
  HAVING count(*) FILTER (WHERE event_type = 'cart') > 0
),
fates AS (
  SELECT product_id, product_name, brand, category, currency, price, quantity,
    CASE
      WHEN purchases > 0 OR next_purchase <= first_cart + :window THEN 'bought'
      WHEN last_removal > last_cart THEN 'removed'
      WHEN last_removal = last_cart AND coalesce(removal_seq >= session_seq, true) THEN 'removed'
      ELSE 'abandoned'
    END AS fate,
    row_number() OVER (
      PARTITION BY product_id, currency
      ORDER BY last_cart DESC, session_seq DESC NULLS LAST, event_id DESC
    ) AS nth_last
  FROM pairs
),
products AS (
  SELECT product_id, currency, ${['product_name', 'brand', 'category'].map(latest).join(', ')},
    count(*) AS carts,
    count(*) FILTER (WHERE fate = 'bought') AS bought,
    count(*) FILTER (WHERE fate = 'removed') AS removed,
    count(*) FILTER (WHERE fate = 'abandoned') AS abandoned,
    CAST(coalesce(sum(price * CAST(coalesce(quantity, 1) AS decimal(7,0))) FILTER (WHERE fate = 'abandoned'), 0) AS decimal(38,6)) AS abandoned_value
  FROM fates
  GROUP BY 1, 2
)
SELECT product_id, product_name, brand, category, currency, carts, bought, removed, abandoned,
  ${ratio('abandoned', 'carts')} AS abandoned_rate, abandoned_value
FROM products
ORDER BY abandoned DESC, product_id, currency NULLS LAST
LIMIT :limit`,
};
