export * from './event.schema.js';
export * from './event.types.js';
export * from './projections.js';
