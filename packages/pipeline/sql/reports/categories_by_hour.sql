-- Top categories by hour. The categories viewed most in each hour of the day, over all days of the range.
--
-- Generated from packages/pipeline/src/reports by `npm run generate`. For DuckDB and Athena. Names with a colon stand for
-- literals, which renderReport() writes:
--   :begin, :end: the instants in UTC at which they begin and end, TIMESTAMP; the end is exclusive
--   :firstYear, :lastYear, :firstMonth, :lastMonth: of the UTC days that are read, text; '01' and '12' over a turn of the year
--   :firstPartition, :lastPartition: these UTC days, text: '2026-11-01'
--   :utcOffset: INTERVAL '-180' MINUTE
--   :site, :currency, :category: text, or CAST(NULL AS varchar) for all
--   :bots: true or false
--   :limit: most rows
WITH acts AS (
    SELECT extract(hour FROM event_time + :utcOffset) AS hour, event_type, coalesce(category_code, category_id, 'unknown') AS category, site, coalesce(customer_id, device_id, session_id) AS visitor
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
    SELECT extract(hour FROM event_time + :utcOffset) AS hour, event_type, coalesce(category_code, category_id, 'unknown') AS category, site, coalesce(customer_id, device_id, session_id) AS visitor
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
per_visitor AS (
  SELECT hour, category, site, visitor,
    count(*) FILTER (WHERE event_type = 'view') AS views,
    count(*) FILTER (WHERE event_type = 'cart') AS carts,
    count(*) FILTER (WHERE event_type = 'purchase') AS purchases
  FROM acts
  GROUP BY 1, 2, 3, 4
),
per_category AS (
  SELECT hour, category, CAST(coalesce(sum(views), 0) AS bigint) AS views, CAST(coalesce(sum(carts), 0) AS bigint) AS carts, CAST(coalesce(sum(purchases), 0) AS bigint) AS purchases,
    count(visitor) AS visitors
  FROM per_visitor
  GROUP BY 1, 2
),
ranked AS (
  SELECT hour, row_number() OVER (PARTITION BY hour ORDER BY views DESC, category) AS rank,
    category, views, carts, purchases, visitors
  FROM per_category
)
SELECT hour, rank, category, views, carts, purchases, visitors
FROM ranked
WHERE rank <= :limit
ORDER BY hour, rank
