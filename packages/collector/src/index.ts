export { type CloseOptions, closeOnSignal } from './adapters/close.js';
export {
  type Collector,
  type CollectorOptions,
  createCollector,
  type Readiness,
  type Script,
  type SiteOptions,
} from './core/collector.js';
export * from './core/errors.js';
export * from './core/observer.js';
export { partitionKey } from './core/record.js';
export type * from './core/types.js';
export { createMemorySink, type MemorySink } from './sinks/memory.js';
export { type OnceOptions, once } from './sinks/once.js';
