import { onCLS, onFCP, onINP, onLCP, onTTFB } from 'web-vitals';
import type { Plugin, Properties } from '../types.js';
import { reportVitals } from './web-vitals-report.js';

/**
 * Tracks LCP, INP, CLS, FCP and TTFB as `web_vitals` events, as https://github.com/GoogleChrome/web-vitals measures them.
 * `@rastro/tracker/web-vitals/attribution` has the same, and tells which element a metric is due to.
 */
export function webVitals<P extends Properties = Properties>(): Plugin<P> {
  return reportVitals([onCLS, onFCP, onINP, onLCP, onTTFB]);
}
