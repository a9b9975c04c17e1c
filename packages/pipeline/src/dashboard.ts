export { type DashboardOptions, dashboard, dashboardDefaults } from './dashboard/dashboard.js';
export type { LiveRecord } from './dashboard/live-record.js';
export {
  createLiveSource,
  type FedLiveSource,
  type LiveEntry,
  type LiveSource,
  type LiveSourceOptions,
  type LiveState,
  type LiveStatus,
  liveSourceDefaults,
} from './dashboard/live-source.js';
export type { ApiError } from './dashboard/report-api.js';
