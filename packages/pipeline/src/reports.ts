import { definitions } from './reports/catalogue.js';
import type { Report, ReportName } from './reports/report.js';

export type * from './query/engine.js';
export { SqlError } from './query/engine.js';
export type { ResolvedParams } from './reports/params.js';
export { renderReport } from './reports/render.js';
export type * from './reports/report.js';
export { type Facets, type QueryOptions, readFacets, runReport } from './reports/run.js';

/** Every report, in the order in which people read them. */
export const reports: Readonly<Record<ReportName, Report>> = definitions;
