export {
  type Follower,
  type FollowOptions,
  followStream,
  identifyStream,
  PositionLostError,
  type ReadRecord,
  type ShardPosition,
  type StreamBatch,
} from './reader/follow.js';
export {
  type HandlerDefaults,
  type HandlerOptions,
  handlerDefaults,
  type RunningHandler,
  runHandler,
} from './reader/handler.js';
export { type DecodedRecord, decodeRecords, expandAggregates } from './reader/lambda-records.js';
export { createSeen, defaultSeenCapacity, eventIdOf, eventIdOfData, type Seen } from './reader/seen.js';
export { openSeenLog, type SeenLog, type SeenLogOptions } from './reader/seen-log.js';
export type { Discarded, HandlerCounts } from './reader/shard-runner.js';
