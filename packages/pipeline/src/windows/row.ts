/** Which instant of an event decides the minute it counts in. */
export type WindowTime = 'event' | 'arrival';

/**
 * One emission on the second stream: what one shard counted for a user and an event type in one minute. Rows of the same
 * user, type and window add up: a category-keyed stream spreads a user over shards, and a late event makes a row of its own.
 */
export interface WindowRow {
  /** The customer, else the device, else the session. */
  readonly user_id: string;
  readonly event_type: string;
  /** Events of this emission, at least 1. */
  readonly qtd_event: number;
  /** ISO 8601 UTC with milliseconds, a whole minute. */
  readonly window_start: string;
  /** The start of the next window. */
  readonly window_end: string;
  readonly site: string;
  /** The same row put twice has the same one: shard and last sequence number of what it counts. Count it once. */
  readonly emission_id: string;
  /** What these events amount to as acts of a person: an order of 20 lines is one. Keys, each counted once over all rows; absent for views, which are one each. */
  readonly interactions?: readonly string[];
}
