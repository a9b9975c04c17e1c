-- When the shop is busy. Views, purchases and everything else done to products, by weekday and hour, and per
-- such day of the range.
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
WITH acts AS (
    SELECT event_type, site, order_id, date_trunc('hour', event_time + :utcOffset) AS local_hour
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
    SELECT event_type, site, order_id, date_trunc('hour', event_time + :utcOffset) AS local_hour
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
hours AS (
  SELECT local_hour, site, CASE WHEN event_type = 'purchase' THEN order_id END AS bought,
    count(*) AS events, count(*) FILTER (WHERE event_type = 'view') AS views
  FROM acts
  GROUP BY 1, 2, 3
),
firsts AS (
  SELECT local_hour, events, views,
    CASE WHEN bought IS NOT NULL AND row_number() OVER (PARTITION BY site, bought ORDER BY local_hour) = 1 THEN 1 ELSE 0 END AS orders
  FROM hours
),
cells AS (
  SELECT date_diff('day', DATE '1900-01-01', CAST(local_hour AS date)) % 7 AS weekday, extract(hour FROM local_hour) AS hour,
    CAST(coalesce(sum(events), 0) AS bigint) AS events, CAST(coalesce(sum(views), 0) AS bigint) AS views, CAST(coalesce(sum(orders), 0) AS bigint) AS purchases
  FROM firsts
  GROUP BY 1, 2
),
divided AS (
  SELECT weekday, hour, CAST(floor(CAST(date_diff('day', DATE '1900-01-01', :to) - weekday AS double) / 7e0)
      - floor(CAST(date_diff('day', DATE '1900-01-01', :from) - weekday - 1 AS double) / 7e0) AS bigint) AS days, events, views, purchases
  FROM cells
)
SELECT weekday, hour, days, events, views, purchases,
  CAST(events AS double) / nullif(CAST(days AS double), 0e0) AS events_per_day,
  CAST(views AS double) / nullif(CAST(days AS double), 0e0) AS views_per_day,
  CAST(purchases AS double) / nullif(CAST(days AS double), 0e0) AS purchases_per_day
FROM divided
ORDER BY weekday, hour
