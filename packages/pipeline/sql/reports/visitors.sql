-- Visitors per day. Different visitors and sessions of each day, whatever they did (cancellations and refunds
-- aside; of a category, what they did to its products), with views, carts and orders.
--
-- Generated from packages/pipeline/src/reports by `npm run generate`. For DuckDB and Athena. Names with a colon stand for
-- literals, which renderReport() writes:
--   :begin, :end: the instants in UTC at which they begin and end, TIMESTAMP; the end is exclusive
--   :firstYear, :lastYear, :firstMonth, :lastMonth: of the UTC days that are read, text; '01' and '12' over a turn of the year
--   :firstPartition, :lastPartition: these UTC days, text: '2026-11-01'
--   :utcOffset: INTERVAL '-180' MINUTE
--   :site, :currency, :category: text, or CAST(NULL AS varchar) for all
--   :bots: true or false
WITH acts AS (
    SELECT event_type, site, CAST(event_time + :utcOffset AS date) AS local_day, coalesce(customer_id, device_id, session_id) AS visitor, coalesce(session_id, coalesce(customer_id, device_id) || chr(31) || CAST(CAST(event_time + :utcOffset AS date) AS varchar)) AS session, order_id
    FROM events
    WHERE year BETWEEN :firstYear AND :lastYear
      AND month BETWEEN :firstMonth AND :lastMonth
      AND year || '-' || month || '-' || day BETWEEN :firstPartition AND :lastPartition
      AND event_type IN ('view', 'cart', 'remove_from_cart', 'web_vitals')
      AND event_time >= :begin AND event_time < :end
      AND (:site IS NULL OR site = :site)
      AND (:bots OR is_bot IS NULL OR NOT is_bot)
      AND (:category IS NULL OR coalesce(split_part(category_code, '.', 1), category_id, 'unknown') = :category)
      AND (:currency IS NULL OR price IS NULL OR currency = :currency)
      AND (:category IS NULL OR event_type <> 'web_vitals')
    UNION ALL
    SELECT event_type, site, CAST(event_time + :utcOffset AS date) AS local_day, coalesce(customer_id, device_id, session_id) AS visitor, coalesce(session_id, coalesce(customer_id, device_id) || chr(31) || CAST(CAST(event_time + :utcOffset AS date) AS varchar)) AS session, order_id
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
      AND (:category IS NULL OR event_type <> 'web_vitals')
),
per_session AS (
  SELECT local_day, site, visitor, session,
    CASE WHEN event_type = 'purchase' THEN order_id END AS bought,
    count(*) FILTER (WHERE event_type = 'view') AS views,
    count(*) FILTER (WHERE event_type = 'cart') AS carts
  FROM acts
  GROUP BY 1, 2, 3, 4, 5
)
SELECT local_day AS day,
  count(DISTINCT site || chr(31) || visitor) AS visitors,
  count(DISTINCT site || chr(31) || session) AS sessions,
  CAST(coalesce(sum(views), 0) AS bigint) AS views,
  CAST(coalesce(sum(carts), 0) AS bigint) AS carts,
  count(DISTINCT site || chr(31) || bought) AS purchases
FROM per_session
GROUP BY 1
ORDER BY 1
