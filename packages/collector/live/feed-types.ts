/** What the feed sends: src/dev writes it. */

export type ListName = 'good' | 'bad';

/** A `good` or a `bad` event of the feed. Only the place on the stream is sure: what others put there may be anything. */
export interface FeedRecord {
  record?: unknown;
  dead_letter?: unknown;
  /** Instead of the two above where the data is not JSON. */
  raw?: string;
  raw_encoding?: 'utf8' | 'base64';
  partition_key: string;
  shard_id: string;
  sequence_number: string;
  /** Of a record within an aggregate. */
  sub_sequence_number?: number;
  arrived_at: string;
}

/** A `state` event of the feed. */
export interface FeedState {
  epoch: string;
  streams: Record<ListName, { name: string; shards: string[]; error?: string }>;
  stats: {
    events: number;
    orders: number;
    dead_letters: number;
    rate: number;
    latency_p50?: number;
    shards: Record<string, number>;
  };
}
