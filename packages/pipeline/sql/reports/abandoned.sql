-- Carts not bought. Products that a session put into a cart in the range, and what became of them there: bought,
-- taken out again, or left.
--
-- Generated from packages/pipeline/src/reports by `npm run generate`. For DuckDB and Athena. Names with a colon stand for
-- literals, which renderReport() writes:
--   :begin, :end: the instants in UTC at which they begin and end, TIMESTAMP; the end is exclusive
--   :readBegin, :readEnd: the instants between which is read: more than the range
--   :firstYear, :lastYear, :firstMonth, :lastMonth: of the UTC days that are read, text; '01' and '12' over a turn of the year
--   :firstPartition, :lastPartition: these UTC days, text: '2026-11-01'
--   :utcOffset: INTERVAL '-180' MINUTE
--   :site, :currency, :category: text, or CAST(NULL AS varchar) for all
--   :bots: true or false
--   :limit: most rows
--   :window: INTERVAL '86400' SECOND in which a purchase counts; INTERVAL '-1' SECOND for the session alone
WITH acts AS (
    SELECT event_type, site, coalesce(customer_id, device_id, session_id) AS visitor, coalesce(session_id, coalesce(customer_id, device_id) || chr(31) || CAST(CAST(event_time + :utcOffset AS date) AS varchar)) AS session, product_id, event_time, session_seq, event_id, product_name, brand, coalesce(category_code, category_id, 'unknown') AS category, currency, price, quantity
    FROM events
    WHERE year BETWEEN :firstYear AND :lastYear
      AND month BETWEEN :firstMonth AND :lastMonth
      AND year || '-' || month || '-' || day BETWEEN :firstPartition AND :lastPartition
      AND event_type IN ('cart', 'remove_from_cart')
      AND event_time >= :readBegin AND event_time < :readEnd
      AND (:site IS NULL OR site = :site)
      AND (:bots OR is_bot IS NULL OR NOT is_bot)
      AND (:category IS NULL OR coalesce(split_part(category_code, '.', 1), category_id, 'unknown') = :category)
      AND (:currency IS NULL OR price IS NULL OR currency = :currency)
      AND (event_type <> 'cart' OR (event_time >= :begin AND event_time < :end))
      AND product_id IS NOT NULL
      AND coalesce(session_id, customer_id, device_id) IS NOT NULL
    UNION ALL
    SELECT event_type, site, coalesce(customer_id, device_id, session_id) AS visitor, coalesce(session_id, coalesce(customer_id, device_id) || chr(31) || CAST(CAST(event_time + :utcOffset AS date) AS varchar)) AS session, product_id, event_time, session_seq, event_id, product_name, brand, coalesce(category_code, category_id, 'unknown') AS category, currency, price, quantity
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
      AND product_id IS NOT NULL
      AND coalesce(session_id, customer_id, device_id) IS NOT NULL
),
marked AS (
  SELECT event_type, site, session, product_id, event_time, session_seq, event_id,
    product_name, brand, category, currency, price, quantity,
    row_number() OVER (
      PARTITION BY site, session, product_id, event_type
      ORDER BY event_time DESC, session_seq DESC NULLS LAST, event_id DESC
    ) AS nth_last,
    count(*) OVER (
      PARTITION BY site, session, product_id, event_type
      ORDER BY event_time DESC, session_seq DESC NULLS LAST, event_id DESC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS of_type,
    min(CASE WHEN event_type = 'purchase' THEN event_time END) OVER (
      PARTITION BY site, visitor, product_id
      ORDER BY event_time RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
    ) AS next_purchase
  FROM acts
),
pairs AS (
  SELECT site, session, product_id,
    min(event_time) FILTER (WHERE event_type = 'cart') AS first_cart,
    max(event_time) FILTER (WHERE event_type = 'cart') AS last_cart,
    max(event_time) FILTER (WHERE event_type = 'remove_from_cart') AS last_removal,
    max(session_seq) FILTER (WHERE event_type = 'remove_from_cart' AND nth_last = 1) AS removal_seq,
    min(next_purchase) FILTER (WHERE event_type = 'cart' AND nth_last = of_type) AS next_purchase,
    count(*) FILTER (WHERE event_type = 'purchase') AS purchases,
    max(session_seq) FILTER (WHERE event_type = 'cart' AND nth_last = 1) AS session_seq,
    max(event_id) FILTER (WHERE event_type = 'cart' AND nth_last = 1) AS event_id,
    max(product_name) FILTER (WHERE event_type = 'cart' AND nth_last = 1) AS product_name,
    max(brand) FILTER (WHERE event_type = 'cart' AND nth_last = 1) AS brand,
    max(category) FILTER (WHERE event_type = 'cart' AND nth_last = 1) AS category,
    max(currency) FILTER (WHERE event_type = 'cart' AND nth_last = 1) AS currency,
    max(price) FILTER (WHERE event_type = 'cart' AND nth_last = 1) AS price,
    max(quantity) FILTER (WHERE event_type = 'cart' AND nth_last = 1) AS quantity
  FROM marked
  GROUP BY 1, 2, 3
  HAVING count(*) FILTER (WHERE event_type = 'cart') > 0
),
fates AS (
  SELECT product_id, product_name, brand, category, currency, price, quantity,
    CASE
      WHEN purchases > 0 OR next_purchase <= first_cart + :window THEN 'bought'
      WHEN last_removal > last_cart THEN 'removed'
      WHEN last_removal = last_cart AND coalesce(removal_seq >= session_seq, true) THEN 'removed'
      ELSE 'abandoned'
    END AS fate,
    row_number() OVER (
      PARTITION BY product_id, currency
      ORDER BY last_cart DESC, session_seq DESC NULLS LAST, event_id DESC
    ) AS nth_last
  FROM pairs
),
products AS (
  SELECT product_id, currency, max(CASE WHEN nth_last = 1 THEN product_name END) AS product_name, max(CASE WHEN nth_last = 1 THEN brand END) AS brand, max(CASE WHEN nth_last = 1 THEN category END) AS category,
    count(*) AS carts,
    count(*) FILTER (WHERE fate = 'bought') AS bought,
    count(*) FILTER (WHERE fate = 'removed') AS removed,
    count(*) FILTER (WHERE fate = 'abandoned') AS abandoned,
    CAST(coalesce(sum(price * CAST(coalesce(quantity, 1) AS decimal(7,0))) FILTER (WHERE fate = 'abandoned'), 0) AS decimal(38,6)) AS abandoned_value
  FROM fates
  GROUP BY 1, 2
)
SELECT product_id, product_name, brand, category, currency, carts, bought, removed, abandoned,
  CAST(abandoned AS double) / nullif(CAST(carts AS double), 0e0) AS abandoned_rate, abandoned_value
FROM products
ORDER BY abandoned DESC, product_id, currency NULLS LAST
LIMIT :limit
