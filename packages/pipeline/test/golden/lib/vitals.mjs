// @ts-check
// How fast pages are.
import { byText, group, key, ofType, read } from './common.mjs';

/** @typedef {import('./common.mjs').Event} Event */

/** Up to the first good, up to the second in need of improvement: https://web.dev/articles/vitals */
const thresholds = /** @type {Record<string, [number, number]>} */ ({
  LCP: [2500, 4000],
  INP: [200, 500],
  CLS: [0.1, 0.25],
  FCP: [1800, 3000],
  TTFB: [800, 1800],
});

/** @param {string | null} url */
const pathOf = (url) => (url === null ? '' : new URL(url).pathname);

/** @param {readonly Event[]} all @param {import('./common.mjs').Params} params @returns {import('./common.mjs').Cell[][]} */
export function vitals(all, params) {
  const events = ofType(read(all, params), 'web_vitals');
  return [...group(events, (event) => key(pathOf(event.page_url), event.metric)).values()]
    .map((list) => {
      const [first] = /** @type {[Event]} */ (/** @type {unknown} */ (list));
      const metric = first.metric ?? '';
      const sorted = list.map(({ value }) => value ?? 0).sort((a, b) => a - b);
      const p75 = sorted[Math.ceil(0.75 * sorted.length) - 1] ?? 0;
      const [good, fair] = thresholds[metric] ?? [0, 0];
      const rated = (/** @type {string} */ rating) => list.filter((event) => event.rating === rating).length;
      return {
        page: pathOf(first.page_url),
        metric,
        row: [
          list.length,
          p75,
          p75 <= good ? 'good' : p75 <= fair ? 'needs-improvement' : 'poor',
          rated('good'),
          rated('needs-improvement'),
          rated('poor'),
        ],
      };
    })
    .sort((a, b) => Number(b.row[0]) - Number(a.row[0]) || byText(a.page, b.page) || byText(a.metric, b.metric))
    .slice(0, params.limit ?? 100)
    .map(({ page, metric, row }) => [page, metric, ...row]);
}
