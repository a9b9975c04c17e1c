import type { MetricType, ReportOpts } from 'web-vitals';
import type { Plugin, Properties } from '../types.js';

/** What both builds of web-vitals have. */
export type Measure = (report: (metric: MetricType) => void, options?: ReportOpts) => void;

/** The default currency of the shop has no place here. */
const noCurrency = { currency: '' };

/**
 * Reports metrics as `web_vitals` events.
 *
 * @param measures One function for each metric; each reports once for a page, and once more after the back/forward cache.
 */
export function reportVitals<P extends Properties>(measures: readonly unknown[]): Plugin<P> {
  return {
    setup(tracker) {
      let stopped = false;
      let page = tracker.page();
      /** A metric belongs to the page that was loaded: by the time it is known, the visitor may be elsewhere in it. */
      const enter = (): void => {
        page = tracker.page();
      };
      const restored = (event: PageTransitionEvent): void => {
        if (event.persisted) enter();
      };
      const report = ({ name, value, rating, navigationType, ...metric }: MetricType): void => {
        if (stopped || !Number.isFinite(value)) return;
        // A page that is still the same may have got its title since.
        if (page['page_url'] === tracker.page()['page_url']) enter();
        const attribution = (metric as { attribution?: Record<string, unknown> }).attribution ?? {};
        const target =
          attribution['target'] ?? attribution['interactionTarget'] ?? attribution['largestShiftTarget'] ?? '';
        tracker.track('web_vitals', {
          metric: name,
          value,
          rating,
          navigation_type: navigationType,
          target: String(target).slice(0, 256) || undefined,
          ...page,
          ...noCurrency,
        });
      };
      // Before the listeners of web-vitals, which begin anew at the same moment.
      addEventListener('pageshow', restored, true);
      for (const measure of measures) (measure as Measure)(report);
      return () => {
        // web-vitals has no end.
        stopped = true;
        removeEventListener('pageshow', restored, true);
      };
    },
  };
}
