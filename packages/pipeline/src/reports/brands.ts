import type { Definition } from './definition.js';
import { acts, ratio, total, visitor, whenType } from './fragments.js';

export const brands: Definition = {
  name: 'brands',
  title: 'Brands that need marketing',
  description:
    'Views and purchases of each brand, against the averages of the brands with enough views: much seen and seldom bought is where marketing helps.',
  params: ['currency', 'category', 'utcOffsetMinutes', 'limit', 'minViews'],
  reach: 'range',
  limit: 200,
  columns: [
    { name: 'brand', type: 'text', description: "The brand; `''` for products without one." },
    { name: 'views', type: 'integer', description: 'Views of its products; brands without any are absent.' },
    { name: 'carts', type: 'integer', description: 'Its products put into a cart, as often as it was done.' },
    { name: 'purchases', type: 'integer', description: 'Lines of orders.' },
    { name: 'visitors', type: 'integer', description: 'Different visitors that did something to its products.' },
    {
      name: 'conversion',
      type: 'double',
      description: '`purchases` ÷ `views`. Above 1 where products are bought unseen.',
    },
    { name: 'judged', type: 'boolean', description: 'Whether it has at least `minViews` views.' },
    {
      name: 'needs_marketing',
      type: 'boolean',
      description: 'Judged, `views` at or above `average_views`, `conversion` below `average_conversion`.',
    },
    {
      name: 'average_views',
      type: 'double',
      description: 'Mean views of the judged brands, the same in every row; NULL if none is judged.',
    },
    {
      name: 'average_conversion',
      type: 'double',
      description: 'Purchases ÷ views of all judged brands together, the same in every row; NULL if none is judged.',
    },
  ],
  sql: `WITH acts AS (${acts({
    columns: ['event_type', 'site', `coalesce(brand, '') AS brand`, `${visitor} AS visitor`],
  })}
),
per_visitor AS (
  SELECT brand, site, visitor,
    ${whenType('view')} AS views,
    ${whenType('cart')} AS carts,
    ${whenType('purchase')} AS purchases
  FROM acts
  GROUP BY 1, 2, 3
),
per_brand AS (
  SELECT brand, ${total('views')} AS views, ${total('carts')} AS carts, ${total('purchases')} AS purchases,
    count(visitor) AS visitors
  FROM per_visitor
  GROUP BY 1
),
judged AS (
  SELECT brand, views, carts, purchases, visitors, views >= :minViews AS judged,
    sum(CASE WHEN views >= :minViews THEN CAST(views AS double) END) OVER () AS judged_views,
    sum(CASE WHEN views >= :minViews THEN CAST(purchases AS double) END) OVER () AS judged_purchases,
    sum(CASE WHEN views >= :minViews THEN 1e0 END) OVER () AS judged_brands
  FROM per_brand
  WHERE views > 0
),
averages AS (
  SELECT brand, views, carts, purchases, visitors, ${ratio('purchases', 'views')} AS conversion, judged,
    ${ratio('judged_views', 'judged_brands')} AS average_views,
    ${ratio('judged_purchases', 'judged_views')} AS average_conversion
  FROM judged
)
SELECT brand, views, carts, purchases, visitors, conversion, judged,
  judged AND CAST(views AS double) >= average_views AND conversion < average_conversion AS needs_marketing,
  average_views, average_conversion
FROM averages
ORDER BY views DESC, brand
LIMIT :limit`,
};
