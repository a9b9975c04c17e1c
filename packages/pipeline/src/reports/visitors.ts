import type { Definition } from './definition.js';
import { acts, localDay, perSite, session, total, visitor, whenType } from './fragments.js';

export const visitors: Definition = {
  name: 'visitors',
  title: 'Visitors per day',
  description:
    'Different visitors and sessions of each day, whatever they did (cancellations and refunds aside; of a category, what they did to its products), with views, carts and orders.',
  params: ['currency', 'category', 'utcOffsetMinutes'],
  reach: 'range',
  columns: [
    { name: 'day', type: 'date', description: 'Local day. Days without events are absent.' },
    { name: 'visitors', type: 'integer', description: 'Different visitors of the day.' },
    {
      name: 'sessions',
      type: 'integer',
      description: 'Different sessions of the day; one over midnight belongs to both days.',
    },
    { name: 'views', type: 'integer', description: 'Views of products.' },
    { name: 'carts', type: 'integer', description: 'Products put into a cart, as often as it was done.' },
    { name: 'purchases', type: 'integer', description: 'Different orders of the day.' },
  ],
  sql: `WITH acts AS (${acts({
    types: ['view', 'cart', 'remove_from_cart', 'web_vitals'],
    columns: [
      'event_type',
      'site',
      `${localDay} AS local_day`,
      `${visitor} AS visitor`,
      `${session} AS session`,
      'order_id',
    ],
    ofNoProduct: 'web_vitals',
  })}
),
per_session AS (
  SELECT local_day, site, visitor, session,
    CASE WHEN event_type = 'purchase' THEN order_id END AS bought,
    ${whenType('view')} AS views,
    ${whenType('cart')} AS carts
  FROM acts
  GROUP BY 1, 2, 3, 4, 5
)
SELECT local_day AS day,
  count(DISTINCT ${perSite('visitor')}) AS visitors,
  count(DISTINCT ${perSite('session')}) AS sessions,
  ${total('views')} AS views,
  ${total('carts')} AS carts,
  count(DISTINCT ${perSite('bought')}) AS purchases
FROM per_session
GROUP BY 1
ORDER BY 1`,
};
