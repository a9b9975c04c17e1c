-- Brands that need marketing. Views and purchases of each brand, against the averages of the brands with enough
-- views: much seen and seldom bought is where marketing helps.
--
-- Generated from packages/pipeline/src/reports by `npm run generate`. For DuckDB and Athena. Names with a colon stand for
-- literals, which renderReport() writes:
--   :begin, :end: the instants in UTC at which they begin and end, TIMESTAMP; the end is exclusive
--   :firstYear, :lastYear, :firstMonth, :lastMonth: of the UTC days that are read, text; '01' and '12' over a turn of the year
--   :firstPartition, :lastPartition: these UTC days, text: '2026-11-01'
--   :site, :currency, :category: text, or CAST(NULL AS varchar) for all
--   :bots: true or false
--   :limit: most rows
--   :minViews: views below which a brand is not judged
WITH acts AS (
    SELECT event_type, site, coalesce(brand, '') AS brand, coalesce(customer_id, device_id, session_id) AS visitor
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
    SELECT event_type, site, coalesce(brand, '') AS brand, coalesce(customer_id, device_id, session_id) AS visitor
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
  SELECT brand, site, visitor,
    count(*) FILTER (WHERE event_type = 'view') AS views,
    count(*) FILTER (WHERE event_type = 'cart') AS carts,
    count(*) FILTER (WHERE event_type = 'purchase') AS purchases
  FROM acts
  GROUP BY 1, 2, 3
),
per_brand AS (
  SELECT brand, CAST(coalesce(sum(views), 0) AS bigint) AS views, CAST(coalesce(sum(carts), 0) AS bigint) AS carts, CAST(coalesce(sum(purchases), 0) AS bigint) AS purchases,
    count(visitor) AS visitors
  FROM per_visitor
  GROUP BY 1
),
judged AS (
  SELECT brand, views, carts, purchases, visitors, views >= :minViews AS judged,
    sum(CASE WHEN views >= :minViews THEN CAST(views AS double) END) OVER () AS judged_views,
    sum(CASE WHEN views >= :minViews THEN CAST(purchases AS double) END) OVER () AS judged_purchases,
    sum(CASE WHEN views >= :minViews THEN 1e0 END) OVER () AS judged_brands
  FROM per_brand
  WHERE views > 0
),
averages AS (
  SELECT brand, views, carts, purchases, visitors, CAST(purchases AS double) / nullif(CAST(views AS double), 0e0) AS conversion, judged,
    CAST(judged_views AS double) / nullif(CAST(judged_brands AS double), 0e0) AS average_views,
    CAST(judged_purchases AS double) / nullif(CAST(judged_views AS double), 0e0) AS average_conversion
  FROM judged
)
SELECT brand, views, carts, purchases, visitors, conversion, judged,
  judged AND CAST(views AS double) >= average_views AND conversion < average_conversion AS needs_marketing,
  average_views, average_conversion
FROM averages
ORDER BY views DESC, brand
LIMIT :limit
