import type { Definition } from './definition.js';
import { amount, localDay, onceOnly, perSite, ratio, sumOf } from './fragments.js';

const aov = `${ratio('revenue', 'orders')} AS aov`;

export const revenue: Definition = {
  name: 'revenue',
  title: 'Revenue by currency',
  description:
    'Orders, units and revenue of each currency, and what was cancelled or refunded. Amounts of two currencies are never added.',
  params: ['currency', 'category', 'utcOffsetMinutes'],
  reach: 'range',
  columns: [
    { name: 'currency', type: 'text', description: 'ISO 4217; NULL for lines that name none.' },
    { name: 'orders', type: 'integer', description: 'Different orders.' },
    { name: 'lines', type: 'integer', description: 'Lines of these orders, also those without a price.' },
    { name: 'units', type: 'integer', description: 'Units of these lines; a line without a quantity is one.' },
    { name: 'revenue', type: 'decimal', description: 'Price times quantity, summed exactly.' },
    { name: 'aov', type: 'double', description: 'Average order value: `revenue` ÷ `orders`, NULL without orders.' },
    {
      name: 'lines_without_price',
      type: 'integer',
      description: 'Lines that add nothing to `revenue` because they name no price.',
    },
    {
      name: 'refunded',
      type: 'decimal',
      description: 'Price times quantity of what was cancelled or refunded in the range, whenever it was bought.',
    },
  ],
  sql: `WITH money AS (${onceOnly({
    types: ['purchase', 'cancel', 'refund'],
    columns: ['event_type', 'site', 'order_id', 'currency', 'price', 'quantity'],
  })}
),
per_currency AS (
  SELECT currency,
    count(DISTINCT CASE WHEN event_type = 'purchase' THEN ${perSite('order_id')} END) AS orders,
    count(*) FILTER (WHERE event_type = 'purchase') AS lines,
    CAST(coalesce(sum(coalesce(quantity, 1)) FILTER (WHERE event_type = 'purchase'), 0) AS bigint) AS units,
    ${sumOf(amount, `event_type = 'purchase'`)} AS revenue,
    count(*) FILTER (WHERE event_type = 'purchase' AND price IS NULL) AS lines_without_price,
    ${sumOf(amount, `event_type <> 'purchase'`)} AS refunded
  FROM money
  GROUP BY 1
)
SELECT currency, orders, lines, units, revenue, ${aov}, lines_without_price, refunded
FROM per_currency
ORDER BY revenue DESC, currency NULLS LAST`,
};

export const revenueByDay: Definition = {
  name: 'revenue_by_day',
  title: 'Revenue per day',
  description: 'Orders, units and revenue of each day and currency, by the time of the purchase.',
  params: ['currency', 'category', 'utcOffsetMinutes'],
  reach: 'range',
  columns: [
    { name: 'day', type: 'date', description: 'Local day. Days without purchases are absent.' },
    { name: 'currency', type: 'text', description: 'ISO 4217; NULL for lines that name none.' },
    { name: 'orders', type: 'integer', description: 'Different orders of the day.' },
    { name: 'units', type: 'integer', description: 'Units bought; a line without a quantity is one.' },
    {
      name: 'revenue',
      type: 'decimal',
      description: 'Price times quantity, summed exactly; lines without a price add nothing.',
    },
    { name: 'aov', type: 'double', description: 'Average order value: `revenue` ÷ `orders`.' },
  ],
  sql: `WITH money AS (${onceOnly({
    types: ['purchase'],
    columns: [`${localDay} AS local_day`, 'site', 'order_id', 'currency', 'price', 'quantity'],
  })}
),
per_day AS (
  SELECT local_day, currency,
    count(DISTINCT ${perSite('order_id')}) AS orders,
    CAST(sum(coalesce(quantity, 1)) AS bigint) AS units,
    ${sumOf(amount)} AS revenue
  FROM money
  GROUP BY 1, 2
)
SELECT local_day AS day, currency, orders, units, revenue, ${aov}
FROM per_day
ORDER BY 1, 2 NULLS LAST`,
};
