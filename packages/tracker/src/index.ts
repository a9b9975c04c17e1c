export { defaultOptions, type TrackerError, type TrackerOptions } from './options.js';
export { createTracker } from './tracker.js';
export type {
  Consent,
  Event,
  EventFields,
  EventType,
  Notices,
  Order,
  Plugin,
  PluginTracker,
  Product,
  Properties,
  StoredEvent,
  Tracker,
} from './types.js';
