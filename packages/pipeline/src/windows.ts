export type { Alert, AlertChannel } from './alerts/alert.js';
export { alertLine } from './alerts/line.js';
export { type SnsChannelOptions, snsChannel } from './alerts/sns.js';
export { terminalChannel } from './alerts/terminal.js';
export { defaultThreshold } from './alerts/threshold.js';
export { type WebhookOptions, webhookChannel, webhookDefaults } from './alerts/webhook.js';
export { type AlertOptions, type CountsHandlerOptions, countsDefaults, createCountsHandler } from './windows/counts.js';
export { createWindowHandler, type WindowHandlerOptions, windowDefaults } from './windows/handler.js';
export { createRowPut, type RowPutOptions } from './windows/put.js';
export { type RetryOptions, retryDefaults } from './windows/retry.js';
export type { WindowRow, WindowTime } from './windows/row.js';
export type { WindowState } from './windows/state.js';
export {
  type CountRow,
  type CountsQuery,
  createDynamoClient,
  createTable,
  type DynamoClientOptions,
  readCounts,
  scanCounts,
} from './windows/table.js';
