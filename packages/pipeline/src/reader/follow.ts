export {
  createPatience,
  type Follower,
  type FollowOptions,
  followStream,
  identifyStream,
  type Patience,
  PositionLostError,
  type ReadRecord,
  type ShardPosition,
  type StreamBatch,
} from '@rastro/collector/kinesis';
