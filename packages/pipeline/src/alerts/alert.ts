/** Someone acts faster than people do. */
export interface Alert {
  /** The same for the same user and window: `site:user_id:window_start`. */
  readonly alert_id: string;
  readonly site: string;
  readonly user_id: string;
  readonly window_start: string;
  readonly window_end: string;
  /** What was too much: acts of a person, or rows of one type. */
  readonly rule: 'interactions' | 'rows';
  /** Acts of a person in the window: an order is one, many lines in one call are a few. */
  readonly interactions: number;
  /** Of the rule. Alerted above it. */
  readonly threshold: number;
  /** Events by type in the window so far: the 50 types with most, most first. */
  readonly events: Readonly<Record<string, number>>;
}

/** Where alerts go. */
export interface AlertChannel {
  /**
   * @param signal Nobody waits any longer: the alert is kept, and given again.
   * @throws To be given the alert again.
   */
  (alert: Alert, signal?: AbortSignal): Promise<void>;
  /** By what alerts that wait for it are known, also at the next start. @default its place among the channels */
  readonly channelName?: string | undefined;
}

export function named(channelName: string, channel: AlertChannel): AlertChannel {
  return Object.assign<AlertChannel, { channelName: string }>((alert, signal) => channel(alert, signal), {
    channelName,
  });
}
