import { abandoned } from './abandoned.js';
import { brands } from './brands.js';
import { categoriesByHour, categoriesByWeekday } from './categories.js';
import type { Definition } from './definition.js';
import { facets } from './facets.js';
import { funnel } from './funnel.js';
import { heatmap } from './heatmap.js';
import { kpis } from './kpis.js';
import type { ReportName } from './report.js';
import { revenue, revenueByDay } from './revenue.js';
import { visitors } from './visitors.js';
import { vitals } from './vitals.js';

/** Every report, in the order in which people read them. */
export const definitions: Readonly<Record<ReportName, Definition>> = {
  facets,
  kpis,
  visitors,
  funnel,
  revenue,
  revenue_by_day: revenueByDay,
  heatmap,
  categories_by_hour: categoriesByHour,
  categories_by_weekday: categoriesByWeekday,
  abandoned,
  brands,
  vitals,
};
