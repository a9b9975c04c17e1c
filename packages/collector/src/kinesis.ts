export { type AssembleOptions, assemble } from './adapters/assemble.js';
export { createKinesisClient, type KinesisClientOptions } from './sinks/kinesis/client.js';
export { createPutRecords, type PutEntry, type PutError, type PutRecords } from './sinks/kinesis/put-records.js';
export {
  createKinesisSink,
  type KinesisSink,
  type KinesisSinkOptions,
  type KinesisSinkStatus,
} from './sinks/kinesis/sink.js';
