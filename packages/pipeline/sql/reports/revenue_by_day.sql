-- Revenue per day. Orders, units and revenue of each day and currency, by the time of the purchase.
--
-- Generated from packages/pipeline/src/reports by `npm run generate`. For DuckDB and Athena. Names with a colon stand for
-- literals, which renderReport() writes:
--   :begin, :end: the instants in UTC at which they begin and end, TIMESTAMP; the end is exclusive
--   :firstYear, :lastYear, :firstMonth, :lastMonth: of the UTC days that are read, text; '01' and '12' over a turn of the year
--   :firstPartition, :lastPartition: these UTC days, text: '2026-11-01'
--   :utcOffset: INTERVAL '-180' MINUTE
--   :site, :currency, :category: text, or CAST(NULL AS varchar) for all
--   :bots: true or false
WITH money AS (
    SELECT CAST(event_time + :utcOffset AS date) AS local_day, site, order_id, currency, price, quantity
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
per_day AS (
  SELECT local_day, currency,
    count(DISTINCT site || chr(31) || order_id) AS orders,
    CAST(sum(coalesce(quantity, 1)) AS bigint) AS units,
    CAST(coalesce(sum(price * CAST(coalesce(quantity, 1) AS decimal(7,0))), 0) AS decimal(38,6)) AS revenue
  FROM money
  GROUP BY 1, 2
)
SELECT local_day AS day, currency, orders, units, revenue, CAST(revenue AS double) / nullif(CAST(orders AS double), 0e0) AS aov
FROM per_day
ORDER BY 1, 2 NULLS LAST
