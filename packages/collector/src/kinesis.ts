export { type AssembleOptions, assemble } from './adapters/assemble.js';
export { createKinesisSink, type KinesisSinkOptions } from './sinks/kinesis.js';
export { createKinesisClient, type KinesisClientOptions } from './sinks/kinesis-client.js';
