import type { Definition } from './definition.js';
import { partitions, productCategory } from './fragments.js';

/** Long rather than one row of lists: lists and JSON are written differently by each engine. `readFacets` folds it. */
export const facets: Definition = {
  name: 'facets',
  title: 'What the table holds',
  description:
    'Days, records, sites, currencies and categories of the table: what the other reports can be asked for. All records count, also those of robots.',
  params: [],
  reach: 'range',
  columns: [
    {
      name: 'facet',
      type: 'text',
      description: '`total`, `bots`, `first_day`, `last_day` (one row each); `site`, `currency`, `category`.',
    },
    {
      name: 'value',
      type: 'text',
      description:
        'The site, currency, category or day; NULL for `total` and `bots`, and for the days of an empty table.',
    },
    {
      name: 'events',
      type: 'integer',
      description: 'Records; for `category` views. At most the 200 categories with most views.',
    },
  ],
  sql: `WITH grouped AS (
  SELECT site, currency, product_category, local_day, is_robot, count(*) AS events,
    count(*) FILTER (WHERE event_type = 'view') AS views
  FROM (
    SELECT site, currency, ${productCategory} AS product_category, CAST(event_time AS date) AS local_day,
      coalesce(is_bot, false) AS is_robot, event_type
    FROM events
    WHERE ${partitions}
      AND event_time >= :begin AND event_time < :end
      AND (:site IS NULL OR site = :site)
  ) AS named
  GROUP BY 1, 2, 3, 4, 5
),
counted AS (
  SELECT site, currency, product_category, grouping(site, currency, product_category) AS missing,
    min(local_day) AS first_day, max(local_day) AS last_day,
    CAST(coalesce(sum(events), 0) AS bigint) AS events,
    CAST(coalesce(sum(events) FILTER (WHERE is_robot), 0) AS bigint) AS bot_events,
    CAST(coalesce(sum(views), 0) AS bigint) AS views
  FROM grouped
  GROUP BY GROUPING SETS ((), (site), (currency), (product_category))
),
named AS (
  SELECT facet, position,
    CASE facet
      WHEN 'first_day' THEN CAST(first_day AS varchar)
      WHEN 'last_day' THEN CAST(last_day AS varchar)
      WHEN 'site' THEN site
      WHEN 'currency' THEN currency
      WHEN 'category' THEN product_category
    END AS value,
    CASE facet WHEN 'bots' THEN bot_events WHEN 'category' THEN views ELSE events END AS events
  FROM counted
  INNER JOIN (VALUES
    (1, 'total', 7), (2, 'bots', 7), (3, 'first_day', 7), (4, 'last_day', 7),
    (5, 'site', 3), (6, 'currency', 5), (7, 'category', 6)
  ) AS kinds(position, facet, set_missing) ON set_missing = missing
),
ranked AS (
  SELECT facet, position, value, events,
    row_number() OVER (PARTITION BY facet ORDER BY events DESC, value NULLS LAST) AS nth
  FROM named
  WHERE position < 5 OR (value IS NOT NULL AND events > 0)
)
SELECT facet, value, events
FROM ranked
WHERE position < 7 OR nth <= 200
ORDER BY position, nth`,
};
