export {
  createVtexApi,
  type FeedItem,
  type VtexApi,
  type VtexApiOptions,
  type VtexCounts,
} from './vtex/api.js';
export type { Carry, Outcome, Update } from './vtex/carry.js';
export { type FeedReport, reportFeed } from './vtex/check.js';
export * from './vtex/errors.js';
export type { WireOrder } from './vtex/event.js';
export { createVtexHook, type HookAnswer, type HookRequest, type VtexHook, type VtexHookOptions } from './vtex/hook.js';
export {
  createVtexHandler,
  handler,
  type LambdaContext,
  type VtexHandlerOptions,
  type VtexHttpResult,
} from './vtex/lambda.js';
export type { WireLine } from './vtex/lines.js';
export { type MapOptions, type MappedOrder, mapOrder } from './vtex/order.js';
export {
  createVtexOrders,
  type PollResult,
  type RunOptions,
  type VtexOrders,
  type VtexOrdersOptions,
  type VtexTotals,
} from './vtex/orders.js';
export { paidStatuses, type StatusOptions } from './vtex/statuses.js';
export type { BackOff } from './vtex/waiting.js';
