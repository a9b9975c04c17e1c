import type { Definition } from './definition.js';
import { records } from './fragments.js';

/** https://web.dev/articles/vitals, https://web.dev/articles/fcp, https://web.dev/articles/ttfb: the last good, the last acceptable. */
const thresholds = `(VALUES
    ('LCP', 2500e0, 4000e0), ('INP', 200e0, 500e0), ('CLS', 0.1e0, 0.25e0), ('FCP', 1800e0, 3000e0), ('TTFB', 800e0, 1800e0)
  ) AS thresholds(kind, good_to, acceptable_to)`;

export const vitals: Definition = {
  name: 'vitals',
  title: 'Web vitals',
  description:
    'How fast each page loaded and answered for three quarters of its visits, rated by the published thresholds.',
  params: ['utcOffsetMinutes', 'limit'],
  reach: 'range',
  limit: 100,
  columns: [
    { name: 'page', type: 'text', description: "Path of the page's address; `''` where it is unknown." },
    { name: 'metric', type: 'text', description: '`LCP`, `INP`, `CLS`, `FCP`, `TTFB`.' },
    { name: 'samples', type: 'integer', description: 'Measurements.' },
    {
      name: 'p75',
      type: 'double',
      description:
        'Three quarters of the measurements are at most this: the ceil(0.75 n)-th smallest. ms; CLS has no unit.',
    },
    { name: 'rating', type: 'text', description: 'Of `p75`: `good`, `needs-improvement`, `poor`.' },
    { name: 'good', type: 'integer', description: 'Measurements rated good.' },
    { name: 'needs_improvement', type: 'integer', description: 'Measurements rated as in need of improvement.' },
    { name: 'poor', type: 'integer', description: 'Measurements rated poor.' },
  ],
  sql: `WITH measured AS (${records({
    types: ['web_vitals'],
    columns: ['page_url', 'metric', 'value', 'rating'],
    where: ['metric IS NOT NULL', 'value IS NOT NULL'],
    ofProducts: false,
  })}
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
INNER JOIN ${thresholds} ON kind = metric
ORDER BY samples DESC, page, metric
LIMIT :limit`,
};
