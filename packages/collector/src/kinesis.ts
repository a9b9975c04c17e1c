export { type AssembleOptions, assemble } from './adapters/assemble.js';
export type { Part } from './sinks/aggregate.js';
export { disaggregate } from './sinks/disaggregate.js';
export { createKinesisClient, type KinesisClientOptions } from './sinks/kinesis/client.js';
export { createPutRecords, type PutEntry, type PutError, type PutRecords } from './sinks/kinesis/put-records.js';
export {
  createKinesisSink,
  type KinesisSink,
  type KinesisSinkOptions,
  type KinesisSinkStatus,
} from './sinks/kinesis/sink.js';
export { followStream } from './stream/follow.js';
export { identifyStream } from './stream/identity.js';
export { createPatience, type Patience } from './stream/patience.js';
export {
  type Follower,
  type FollowOptions,
  PositionLostError,
  type ReadRecord,
  type ShardPosition,
  type StreamBatch,
} from './stream/types.js';
