export { defaultOptions, type TrackerError, type TrackerOptions } from './options.js';
export { createTracker } from './tracker.js';
export type { Order, Product, Properties, Tracker } from './types.js';
