-- Top categories by weekday. The categories viewed most on each weekday, and how often per such day of the
-- range.
--
-- Generated from packages/pipeline/src/reports by `npm run generate`. For DuckDB and Athena. Names with a colon stand for
-- literals, which renderReport() writes:
--   :from, :to: first and last local day, DATE '2026-11-01'
--   :begin, :end: the instants in UTC at which they begin and end, TIMESTAMP; the end is exclusive
--   :firstYear, :lastYear, :firstMonth, :lastMonth: of the UTC days that are read, text; '01' and '12' over a turn of the year
--   :firstPartition, :lastPartition: these UTC days, text: '2026-11-01'
--   :utcOffset: INTERVAL '-180' MINUTE
--   :site, :currency, :category: text, or CAST(NULL AS varchar) for all
--   :bots: true or false
--   :limit: most rows
WITH acts AS (
    SELECT date_diff('day', DATE '1900-01-01', CAST(event_time + :utcOffset AS date)) % 7 AS weekday, event_type, coalesce(category_code, category_id, 'unknown') AS category
    FROM events
    WHERE year BETWEEN :firstYear AND :lastYear
      AND month BETWEEN :firstMonth AND :lastMonth
      AND year || '-' || month || '-' || day BETWEEN :firstPartition AND :lastPartition
      AND event_type IN ('view', 'cart', 'remove_from_cart')
      AND event_time >= :begin AND event_time < :end
      AND (:site IS NULL OR site = :site)
      AND (:bots OR is_bot IS NULL OR NOT is_bot)
      AND (:category IS NULL OR coalesce(split_part(category_code, '.', 1), category_id, 'unknown') = :category)
      AND (:currency IS NULL OR price IS NULL OR currency = :currency)
    UNION ALL
    SELECT date_diff('day', DATE '1900-01-01', CAST(event_time + :utcOffset AS date)) % 7 AS weekday, event_type, coalesce(category_code, category_id, 'unknown') AS category
    FROM (
      SELECT *, row_number() OVER (
        PARTITION BY site, event_type, event_id ORDER BY received_at NULLS LAST, event_time, txn_timestamp NULLS LAST
      ) AS copy
      FROM events
      WHERE year BETWEEN :firstYear AND :lastYear
      AND month BETWEEN :firstMonth AND :lastMonth
      AND year || '-' || month || '-' || day BETWEEN :firstPartition AND :lastPartition
      AND event_type IN ('purchase')
    ) AS copies
    WHERE copy = 1
      AND event_time >= :begin AND event_time < :end
      AND (:site IS NULL OR site = :site)
      AND (:bots OR is_bot IS NULL OR NOT is_bot)
      AND (:category IS NULL OR coalesce(split_part(category_code, '.', 1), category_id, 'unknown') = :category)
      AND (:currency IS NULL OR price IS NULL OR currency = :currency)
),
per_category AS (
  SELECT weekday, category,
    count(*) FILTER (WHERE event_type = 'view') AS views,
    count(*) FILTER (WHERE event_type = 'cart') AS carts,
    count(*) FILTER (WHERE event_type = 'purchase') AS purchases
  FROM acts
  GROUP BY 1, 2
),
ranked AS (
  SELECT weekday, row_number() OVER (PARTITION BY weekday ORDER BY views DESC, category) AS rank,
    category, views, carts, purchases
  FROM per_category
),
divided AS (
  SELECT weekday, rank, category, CAST(floor(CAST(date_diff('day', DATE '1900-01-01', :to) - weekday AS double) / 7e0)
      - floor(CAST(date_diff('day', DATE '1900-01-01', :from) - weekday - 1 AS double) / 7e0) AS bigint) AS days, views, carts, purchases
  FROM ranked
  WHERE rank <= :limit
)
SELECT weekday, rank, category, days, views, carts, purchases, CAST(views AS double) / nullif(CAST(days AS double), 0e0) AS views_per_day
FROM divided
ORDER BY weekday, rank
