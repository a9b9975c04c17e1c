export { type DevPipeline, type DevPipelineOptions, startDevPipeline } from './run/dev-pipeline.js';
export { metricsText, type PartStatus } from './run/metrics.js';
export {
  type CountingOptions,
  lakeBelow,
  type Pipeline,
  type PipelineOptions,
  type PipelinePart,
  type PipelineStatus,
  startPipeline,
} from './run/pipeline.js';
