export type { Part } from './sinks/aggregate.js';
export { disaggregate } from './sinks/disaggregate.js';
