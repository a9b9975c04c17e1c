/**
 * What AWS Lambda's Kinesis event source hands to a function, and what it takes back. The embedded reader makes the same,
 * so that one handler serves both. https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
 */

/** One record of a shard. */
export interface KinesisEventRecord {
  readonly kinesis: {
    readonly kinesisSchemaVersion: string;
    readonly partitionKey: string;
    readonly sequenceNumber: string;
    /** Base64. */
    readonly data: string;
    /** Unit: seconds since the Unix epoch, with decimals. */
    readonly approximateArrivalTimestamp: number;
  };
  readonly eventSource: string;
  readonly eventVersion: string;
  /** Shard and sequence number: `shardId-000000000000:4954…`. */
  readonly eventID: string;
  readonly eventName: string;
  readonly invokeIdentityArn: string;
  readonly awsRegion: string;
  readonly eventSourceARN: string;
}

export interface KinesisEvent {
  readonly Records: readonly KinesisEventRecord[];
}

/**
 * An invocation of a function with a tumbling window. State is kept per shard and window.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html
 */
export interface TumblingWindowEvent<State = unknown> extends KinesisEvent {
  /** By arrival on the stream. ISO 8601, UTC; the end is the start of the next window. */
  readonly window: { readonly start: string; readonly end: string };
  /** What the last invocation for this shard and window returned, `{}` at the first. */
  readonly state: State | Record<string, never>;
  readonly shardId: string;
  readonly eventSourceARN: string;
  /** The window is over: its result is to be emitted, and its state is dropped. The embedded reader gives it no records. */
  readonly isFinalInvokeForWindow: boolean;
  /**
   * The state outgrew 1 MB, or the shard ended: what comes later begins with an empty state. Emit when either flag is set:
   * AWS does not say whether both are, the embedded reader sets both.
   */
  readonly isWindowTerminatedEarly: boolean;
}

/** Records that failed: the source tries again from the lowest of them on. */
export interface BatchResponse {
  readonly batchItemFailures?: readonly { readonly itemIdentifier: string }[];
}

export interface WindowResponse<State = unknown> extends BatchResponse {
  /** At most 1 MB as JSON. */
  readonly state: State;
}

/** @throws To have the whole batch again. */
export type KinesisHandler = (event: KinesisEvent) => Promise<BatchResponse | undefined>;
/** @throws To have the same invocation again. */
export type WindowHandler<State = unknown> = (event: TumblingWindowEvent<State>) => Promise<WindowResponse<State>>;
