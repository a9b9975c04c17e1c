import type { Definition } from './definition.js';
import { acts, ratio, session, whenType } from './fragments.js';

const share = (reached: string): string => ratio('reached', reached);

export const funnel: Definition = {
  name: 'funnel',
  title: 'From view to purchase',
  description:
    'Sessions that viewed a product, put one into the cart, bought one; and those that got as far without doing the step itself.',
  params: ['currency', 'category', 'utcOffsetMinutes'],
  reach: 'range',
  columns: [
    { name: 'step', type: 'integer', description: '1–3.' },
    { name: 'name', type: 'text', description: '`view`, `cart`, `purchase`.' },
    { name: 'sessions', type: 'integer', description: 'Sessions that did this step.' },
    {
      name: 'reached',
      type: 'integer',
      description: 'Sessions that did this step or a later one: nothing has to be in a cart to be bought.',
    },
    { name: 'skipped', type: 'integer', description: '`reached` − `sessions`: got past this step without doing it.' },
    {
      name: 'of_first',
      type: 'double',
      description: '`reached` ÷ `reached` of step 1, 0–1, NULL when nobody got there.',
    },
    {
      name: 'of_previous',
      type: 'double',
      description: '`reached` ÷ `reached` of the step before, 0–1, NULL when nobody got there; 1 for step 1.',
    },
  ],
  sql: `WITH acts AS (${acts({ columns: ['event_type', 'site', `${session} AS session`] })}
),
per_session AS (
  SELECT site, session,
    ${whenType('view')} AS views,
    ${whenType('cart')} AS carts,
    ${whenType('purchase')} AS purchases
  FROM acts
  WHERE session IS NOT NULL
  GROUP BY 1, 2
),
counts AS (
  SELECT
    count(*) FILTER (WHERE views > 0) AS viewed,
    count(*) FILTER (WHERE carts > 0) AS carted,
    count(*) FILTER (WHERE purchases > 0) AS bought,
    count(*) FILTER (WHERE views > 0 OR carts > 0 OR purchases > 0) AS reached_view,
    count(*) FILTER (WHERE carts > 0 OR purchases > 0) AS reached_cart
  FROM per_session
),
steps AS (
  SELECT step, name,
    CASE step WHEN 1 THEN viewed WHEN 2 THEN carted ELSE bought END AS sessions,
    CASE step WHEN 1 THEN reached_view WHEN 2 THEN reached_cart ELSE bought END AS reached,
    reached_view,
    CASE step WHEN 2 THEN reached_view ELSE reached_cart END AS reached_before
  FROM counts
  CROSS JOIN (VALUES (1, 'view'), (2, 'cart'), (3, 'purchase')) AS named(step, name)
)
SELECT step, name, sessions, reached, reached - sessions AS skipped,
  ${share('reached_view')} AS of_first,
  CASE WHEN step = 1 THEN 1e0 ELSE ${share('reached_before')} END AS of_previous
FROM steps
ORDER BY step`,
};
