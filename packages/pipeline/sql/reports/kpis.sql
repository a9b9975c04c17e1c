-- Key figures. Visitors, sessions, views, carts, orders, units and revenue of the range, and of the equally long
-- range just before it.
--
-- Generated from packages/pipeline/src/reports by `npm run generate`. For DuckDB and Athena. Names with a colon stand for
-- literals, which renderReport() writes:
--   :from, :to: first and last local day, DATE '2026-11-01'
--   :begin, :end: the instants in UTC at which they begin and end, TIMESTAMP; the end is exclusive
--   :readBegin, :readEnd: the instants between which is read: more than the range
--   :previousFrom, :previousTo: the days of the period before
--   :firstYear, :lastYear, :firstMonth, :lastMonth: of the UTC days that are read, text; '01' and '12' over a turn of the year
--   :firstPartition, :lastPartition: these UTC days, text: '2026-11-01'
--   :utcOffset: INTERVAL '-180' MINUTE
--   :site, :currency, :category: text, or CAST(NULL AS varchar) for all
--   :bots: true or false
WITH acts AS (
    SELECT CASE WHEN event_time >= :begin THEN 'current' ELSE 'previous' END AS period, event_type, site, coalesce(customer_id, device_id, session_id) AS visitor, coalesce(session_id, coalesce(customer_id, device_id) || chr(31) || CAST(CAST(event_time + :utcOffset AS date) AS varchar)) AS session
    FROM events
    WHERE year BETWEEN :firstYear AND :lastYear
      AND month BETWEEN :firstMonth AND :lastMonth
      AND year || '-' || month || '-' || day BETWEEN :firstPartition AND :lastPartition
      AND event_type IN ('view', 'cart', 'remove_from_cart')
      AND event_time >= :readBegin AND event_time < :readEnd
      AND (:site IS NULL OR site = :site)
      AND (:bots OR is_bot IS NULL OR NOT is_bot)
      AND (:category IS NULL OR coalesce(split_part(category_code, '.', 1), category_id, 'unknown') = :category)
      AND (:currency IS NULL OR price IS NULL OR currency = :currency)
    UNION ALL
    SELECT CASE WHEN event_time >= :begin THEN 'current' ELSE 'previous' END AS period, event_type, site, coalesce(customer_id, device_id, session_id) AS visitor, coalesce(session_id, coalesce(customer_id, device_id) || chr(31) || CAST(CAST(event_time + :utcOffset AS date) AS varchar)) AS session
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
      AND event_time >= :readBegin AND event_time < :readEnd
      AND (:site IS NULL OR site = :site)
      AND (:bots OR is_bot IS NULL OR NOT is_bot)
      AND (:category IS NULL OR coalesce(split_part(category_code, '.', 1), category_id, 'unknown') = :category)
      AND (:currency IS NULL OR price IS NULL OR currency = :currency)
),
per_session AS (
  SELECT period, site, visitor, session,
    count(*) FILTER (WHERE event_type = 'view') AS views,
    count(*) FILTER (WHERE event_type = 'cart') AS carts,
    count(*) FILTER (WHERE event_type = 'purchase') AS purchases
  FROM acts
  GROUP BY 1, 2, 3, 4
),
people AS (
  SELECT period,
    count(DISTINCT site || chr(31) || visitor) AS visitors,
    count(DISTINCT site || chr(31) || session) AS sessions,
    CAST(coalesce(sum(views), 0) AS bigint) AS views,
    CAST(coalesce(sum(carts), 0) AS bigint) AS carts,
    count(DISTINCT CASE WHEN purchases > 0 THEN site || chr(31) || session END) AS purchase_sessions
  FROM per_session
  GROUP BY 1
),
lines AS (
    SELECT CASE WHEN event_time >= :begin THEN 'current' ELSE 'previous' END AS period, site, order_id, currency, price, quantity
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
      AND event_time >= :readBegin AND event_time < :readEnd
      AND (:site IS NULL OR site = :site)
      AND (:bots OR is_bot IS NULL OR NOT is_bot)
      AND (:category IS NULL OR coalesce(split_part(category_code, '.', 1), category_id, 'unknown') = :category)
      AND (:currency IS NULL OR price IS NULL OR currency = :currency)
),
per_currency AS (
  SELECT currency, count(*) FILTER (WHERE period = 'current') AS current_lines,
    count(DISTINCT CASE WHEN period = 'current' THEN site || chr(31) || order_id END) AS current_orders,
    count(DISTINCT CASE WHEN period = 'previous' THEN site || chr(31) || order_id END) AS previous_orders,
    CAST(sum(coalesce(quantity, 1)) FILTER (WHERE period = 'current') AS bigint) AS current_units,
    CAST(sum(coalesce(quantity, 1)) FILTER (WHERE period = 'previous') AS bigint) AS previous_units,
    CAST(coalesce(sum(price * CAST(coalesce(quantity, 1) AS decimal(7,0))) FILTER (WHERE period = 'current'), 0) AS decimal(38,6)) AS current_revenue,
    CAST(coalesce(sum(price * CAST(coalesce(quantity, 1) AS decimal(7,0))) FILTER (WHERE period = 'previous'), 0) AS decimal(38,6)) AS previous_revenue
  FROM lines
  GROUP BY 1
),
ranked AS (
  SELECT currency, current_orders, current_units, current_revenue, previous_orders, previous_units, previous_revenue,
    CASE
      WHEN :currency IS NOT NULL THEN coalesce(currency = :currency, false)
      ELSE current_lines > 0 AND currency IS NOT NULL AND row_number() OVER (
        ORDER BY CASE WHEN currency IS NULL THEN 0 ELSE current_lines END DESC, currency NULLS LAST
      ) = 1
    END AS chosen
  FROM per_currency
),
money AS (
  SELECT coalesce(:currency, max(CASE WHEN chosen THEN currency END)) AS currency,
    coalesce(max(CASE WHEN chosen THEN current_orders END), 0) AS current_orders,
    coalesce(max(CASE WHEN chosen THEN previous_orders END), 0) AS previous_orders,
    coalesce(max(CASE WHEN chosen THEN current_units END), 0) AS current_units,
    coalesce(max(CASE WHEN chosen THEN previous_units END), 0) AS previous_units,
    CAST(coalesce(sum(current_revenue) FILTER (WHERE chosen), 0) AS decimal(38,6)) AS current_revenue,
    CAST(coalesce(sum(previous_revenue) FILTER (WHERE chosen), 0) AS decimal(38,6)) AS previous_revenue
  FROM ranked
),
figures AS (
  SELECT position, periods.period AS period, first_day, last_day,
    coalesce(visitors, 0) AS visitors, coalesce(sessions, 0) AS sessions,
    coalesce(views, 0) AS views, coalesce(carts, 0) AS carts,
    coalesce(purchase_sessions, 0) AS purchase_sessions,
    CASE periods.period WHEN 'current' THEN current_orders ELSE previous_orders END AS orders,
    CASE periods.period WHEN 'current' THEN current_units ELSE previous_units END AS units,
    CASE periods.period WHEN 'current' THEN current_revenue ELSE previous_revenue END AS revenue,
    currency
  FROM (VALUES
    (1, 'current', :from, :to),
    (2, 'previous', :previousFrom, :previousTo)
  ) AS periods(position, period, first_day, last_day)
  LEFT JOIN people ON people.period = periods.period
  CROSS JOIN money
)
SELECT period, first_day, last_day, visitors, sessions, views, carts, purchase_sessions, orders, units,
  revenue, currency, CAST(revenue AS double) / nullif(CAST(orders AS double), 0e0) AS aov, CAST(purchase_sessions AS double) / nullif(CAST(sessions AS double), 0e0) AS conversion
FROM figures
ORDER BY position
