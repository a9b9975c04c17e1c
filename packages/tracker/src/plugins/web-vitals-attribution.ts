import { onCLS, onFCP, onINP, onLCP, onTTFB } from 'web-vitals/attribution';
import type { Plugin, Properties } from '../types.js';
import { reportVitals } from './web-vitals-report.js';

/**
 * Tracks LCP, INP, CLS, FCP and TTFB as `web_vitals` events, with the CSS selector of the element that LCP, INP and CLS
 * are due to as `target`.
 */
export function webVitals<P extends Properties = Properties>(): Plugin<P> {
  return reportVitals([onCLS, onFCP, onINP, onLCP, onTTFB]);
}
