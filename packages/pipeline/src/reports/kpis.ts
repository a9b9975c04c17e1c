import type { Definition } from './definition.js';
import { acts, amount, onceOnly, perSite, ratio, session, sumOf, total, visitor, whenType } from './fragments.js';

const period = `CASE WHEN event_time >= :begin THEN 'current' ELSE 'previous' END AS period`;
const range = [':readBegin', ':readEnd'] as const;
const periods = ['current', 'previous'] as const;
const each = (text: (period: string) => string): string => periods.map(text).join(',\n    ');
/** The figure of the row's period, of two that stand side by side. */
const ofPeriod = (name: string): string =>
  `CASE periods.period WHEN 'current' THEN current_${name} ELSE previous_${name} END`;

export const kpis: Definition = {
  name: 'kpis',
  title: 'Key figures',
  description:
    'Visitors, sessions, views, carts, orders, units and revenue of the range, and of the equally long range just before it.',
  params: ['currency', 'category', 'utcOffsetMinutes'],
  reach: 'previous',
  columns: [
    { name: 'period', type: 'text', description: '`current`: the range; `previous`: as many days just before it.' },
    { name: 'first_day', type: 'date', description: 'First day of the period.' },
    { name: 'last_day', type: 'date', description: 'Last day of the period, inclusive.' },
    {
      name: 'visitors',
      type: 'integer',
      description: 'Different visitors that viewed, put into or took out of a cart, or bought.',
    },
    { name: 'sessions', type: 'integer', description: 'Different sessions of these.' },
    { name: 'views', type: 'integer', description: 'Views of products.' },
    { name: 'carts', type: 'integer', description: 'Products put into a cart, as often as it was done.' },
    { name: 'purchase_sessions', type: 'integer', description: 'Sessions with a purchase.' },
    { name: 'orders', type: 'integer', description: 'Different orders in `currency`.' },
    { name: 'units', type: 'integer', description: 'Units of these orders; a line without a quantity is one.' },
    {
      name: 'revenue',
      type: 'decimal',
      description: 'Price times quantity of what was bought in `currency`; lines without a price add nothing.',
    },
    {
      name: 'currency',
      type: 'text',
      description:
        'The one asked for, else the one with most purchase lines in the range (ties: by its code). The same in both rows; NULL without purchases.',
    },
    { name: 'aov', type: 'double', description: 'Average order value: `revenue` ÷ `orders`, NULL without orders.' },
    {
      name: 'conversion',
      type: 'double',
      description: '`purchase_sessions` ÷ `sessions`, 0–1, NULL without sessions.',
    },
  ],
  // Currencies are few: ranked side by side, the lines are read once.
  sql: `WITH acts AS (${acts({
    columns: [period, 'event_type', 'site', `${visitor} AS visitor`, `${session} AS session`],
    range,
  })}
),
per_session AS (
  SELECT period, site, visitor, session,
    ${whenType('view')} AS views,
    ${whenType('cart')} AS carts,
    ${whenType('purchase')} AS purchases
  FROM acts
  GROUP BY 1, 2, 3, 4
),
people AS (
  SELECT period,
    count(DISTINCT ${perSite('visitor')}) AS visitors,
    count(DISTINCT ${perSite('session')}) AS sessions,
    ${total('views')} AS views,
    ${total('carts')} AS carts,
    count(DISTINCT CASE WHEN purchases > 0 THEN ${perSite('session')} END) AS purchase_sessions
  FROM per_session
  GROUP BY 1
),
lines AS (${onceOnly({
    types: ['purchase'],
    columns: [period, 'site', 'order_id', 'currency', 'price', 'quantity'],
    range,
  })}
),
per_currency AS (
  SELECT currency, count(*) FILTER (WHERE period = 'current') AS current_lines,
    ${each((name) => `count(DISTINCT CASE WHEN period = '${name}' THEN ${perSite('order_id')} END) AS ${name}_orders`)},
    ${each((name) => `CAST(sum(coalesce(quantity, 1)) FILTER (WHERE period = '${name}') AS bigint) AS ${name}_units`)},
    ${each((name) => `${sumOf(amount, `period = '${name}'`)} AS ${name}_revenue`)}
  FROM lines
  GROUP BY 1
),
ranked AS (
  SELECT currency, ${periods.map((name) => `${name}_orders, ${name}_units, ${name}_revenue`).join(', ')},
    CASE
      WHEN :currency IS NOT NULL THEN coalesce(currency = :currency, false)
      ELSE current_lines > 0 AND currency IS NOT NULL AND row_number() OVER (
        ORDER BY CASE WHEN currency IS NULL THEN 0 ELSE current_lines END DESC, currency NULLS LAST
      ) = 1
    END AS chosen
  FROM per_currency
),
money AS (
  SELECT coalesce(:currency, max(CASE WHEN chosen THEN currency END)) AS currency,
    ${each((name) => `coalesce(max(CASE WHEN chosen THEN ${name}_orders END), 0) AS ${name}_orders`)},
    ${each((name) => `coalesce(max(CASE WHEN chosen THEN ${name}_units END), 0) AS ${name}_units`)},
    ${each((name) => `${sumOf(`${name}_revenue`, 'chosen')} AS ${name}_revenue`)}
  FROM ranked
),
figures AS (
  SELECT position, periods.period AS period, first_day, last_day,
    coalesce(visitors, 0) AS visitors, coalesce(sessions, 0) AS sessions,
    coalesce(views, 0) AS views, coalesce(carts, 0) AS carts,
    coalesce(purchase_sessions, 0) AS purchase_sessions,
    ${ofPeriod('orders')} AS orders,
    ${ofPeriod('units')} AS units,
    ${ofPeriod('revenue')} AS revenue,
    currency
  FROM (VALUES
    (1, 'current', :from, :to),
    (2, 'previous', :previousFrom, :previousTo)
  ) AS periods(position, period, first_day, last_day)
  LEFT JOIN people ON people.period = periods.period
  CROSS JOIN money
)
SELECT period, first_day, last_day, visitors, sessions, views, carts, purchase_sessions, orders, units,
  revenue, currency, ${ratio('revenue', 'orders')} AS aov, ${ratio('purchase_sessions', 'sessions')} AS conversion
FROM figures
ORDER BY position`,
};
