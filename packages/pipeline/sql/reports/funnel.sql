-- From view to purchase. Sessions that viewed a product, put one into the cart, bought one; and those that got
-- as far without doing the step itself.
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
    SELECT event_type, site, coalesce(session_id, coalesce(customer_id, device_id) || chr(31) || CAST(CAST(event_time + :utcOffset AS date) AS varchar)) AS session
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
    SELECT event_type, site, coalesce(session_id, coalesce(customer_id, device_id) || chr(31) || CAST(CAST(event_time + :utcOffset AS date) AS varchar)) AS session
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
per_session AS (
  SELECT site, session,
    count(*) FILTER (WHERE event_type = 'view') AS views,
    count(*) FILTER (WHERE event_type = 'cart') AS carts,
    count(*) FILTER (WHERE event_type = 'purchase') AS purchases
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
  CAST(reached AS double) / nullif(CAST(reached_view AS double), 0e0) AS of_first,
  CASE WHEN step = 1 THEN 1e0 ELSE CAST(reached AS double) / nullif(CAST(reached_before AS double), 0e0) END AS of_previous
FROM steps
ORDER BY step
