-- What the table holds. Days, records, sites, currencies and categories of the table: what the other reports can
-- be asked for. All records count, also those of robots.
--
-- Generated from packages/pipeline/src/reports by `npm run generate`. For DuckDB and Athena. Names with a colon stand for
-- literals, which renderReport() writes:
--   :begin, :end: the instants in UTC at which they begin and end, TIMESTAMP; the end is exclusive
--   :firstYear, :lastYear, :firstMonth, :lastMonth: of the UTC days that are read, text; '01' and '12' over a turn of the year
--   :firstPartition, :lastPartition: these UTC days, text: '2026-11-01'
--   :site, :currency, :category: text, or CAST(NULL AS varchar) for all
WITH grouped AS (
  SELECT site, currency, product_category, local_day, is_robot, count(*) AS events,
    count(*) FILTER (WHERE event_type = 'view') AS views
  FROM (
    SELECT site, currency, coalesce(split_part(category_code, '.', 1), category_id, 'unknown') AS product_category, CAST(event_time AS date) AS local_day,
      coalesce(is_bot, false) AS is_robot, event_type
    FROM events
    WHERE year BETWEEN :firstYear AND :lastYear
      AND month BETWEEN :firstMonth AND :lastMonth
      AND year || '-' || month || '-' || day BETWEEN :firstPartition AND :lastPartition
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
ORDER BY position, nth
