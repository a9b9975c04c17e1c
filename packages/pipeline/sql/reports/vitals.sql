-- Web vitals. How fast each page loaded and answered for three quarters of its visits, rated by the published
-- thresholds.
--
-- Generated from packages/pipeline/src/reports by `npm run generate`. For DuckDB and Athena. Names with a colon stand for
-- literals, which renderReport() writes:
--   :begin, :end: the instants in UTC at which they begin and end, TIMESTAMP; the end is exclusive
--   :firstYear, :lastYear, :firstMonth, :lastMonth: of the UTC days that are read, text; '01' and '12' over a turn of the year
--   :firstPartition, :lastPartition: these UTC days, text: '2026-11-01'
--   :site, :currency, :category: text, or CAST(NULL AS varchar) for all
--   :bots: true or false
--   :limit: most rows
WITH measured AS (
    SELECT page_url, metric, value, rating
    FROM events
    WHERE year BETWEEN :firstYear AND :lastYear
      AND month BETWEEN :firstMonth AND :lastMonth
      AND year || '-' || month || '-' || day BETWEEN :firstPartition AND :lastPartition
      AND event_type IN ('web_vitals')
      AND event_time >= :begin AND event_time < :end
      AND (:site IS NULL OR site = :site)
      AND (:bots OR is_bot IS NULL OR NOT is_bot)
      AND metric IS NOT NULL
      AND value IS NOT NULL
),
without_fragment AS (
  SELECT CASE WHEN strpos(page_url, '#') > 0 THEN substr(page_url, 1, strpos(page_url, '#') - 1) ELSE page_url END AS url,
    metric, value, rating
  FROM measured
),
without_query AS (
  SELECT CASE WHEN strpos(url, '?') > 0 THEN substr(url, 1, strpos(url, '?') - 1) ELSE url END AS url, metric, value, rating
  FROM without_fragment
),
without_scheme AS (
  SELECT strpos(url, '://') > 0 AS absolute,
    CASE WHEN strpos(url, '://') > 0 THEN substr(url, strpos(url, '://') + 3) ELSE url END AS url, metric, value, rating
  FROM without_query
),
pages AS (
  SELECT CASE
      WHEN url IS NULL THEN ''
      WHEN NOT absolute THEN url
      WHEN strpos(url, '/') > 0 THEN substr(url, strpos(url, '/'))
      ELSE '/'
    END AS page, metric, value, rating
  FROM without_scheme
),
ranked AS (
  SELECT page, metric, value, rating,
    row_number() OVER (PARTITION BY page, metric ORDER BY value NULLS LAST) AS nth,
    count(*) OVER (PARTITION BY page, metric) AS of_all
  FROM pages
),
summed AS (
  SELECT page, metric, count(*) AS samples,
    min(CASE WHEN 4 * nth >= 3 * of_all THEN value END) AS p75,
    count(*) FILTER (WHERE rating = 'good') AS good,
    count(*) FILTER (WHERE rating = 'needs-improvement') AS needs_improvement,
    count(*) FILTER (WHERE rating = 'poor') AS poor
  FROM ranked
  GROUP BY 1, 2
)
SELECT page, metric, samples, p75,
  CASE WHEN p75 <= good_to THEN 'good' WHEN p75 <= acceptable_to THEN 'needs-improvement' ELSE 'poor' END AS rating,
  good, needs_improvement, poor
FROM summed
INNER JOIN (VALUES
    ('LCP', 2500e0, 4000e0), ('INP', 200e0, 500e0), ('CLS', 0.1e0, 0.25e0), ('FCP', 1800e0, 3000e0), ('TTFB', 800e0, 1800e0)
  ) AS thresholds(kind, good_to, acceptable_to) ON kind = metric
ORDER BY samples DESC, page, metric
LIMIT :limit
