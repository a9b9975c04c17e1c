/** A record as the live feed tells it. Absent fields are `null` or missing. */
export interface LiveRecord {
  readonly event_time?: string | null;
  readonly event_type?: string | null;
  readonly product?: string | null;
  readonly category?: string | null;
  readonly brand?: string | null;
  readonly price?: string | number | null;
  readonly currency?: string | null;
  readonly quantity?: number | null;
  readonly user?: string | null;
  readonly site?: string | null;
  readonly is_bot?: boolean | null;
}
export interface LiveStatus {
  readonly recordsPerSecond?: number | null;
  readonly total?: number | null;
  readonly lastFlushAt?: string | number | null;
  readonly lagMs?: number | null;
  readonly alerts?: number | null;
}
export interface LiveAlert {
  readonly alert_id: string;
  readonly user_id: string;
  readonly site: string;
  readonly window_start: string;
  readonly window_end: string;
  readonly interactions: number;
  readonly threshold: number;
  readonly events: Readonly<Record<string, number>>;
}

export type Connection = 'connecting' | 'live' | 'lost';
export interface LiveHandlers {
  onConnection(connection: Connection): void;
  onRecord(record: LiveRecord): void;
  onStatus(status: LiveStatus): void;
  onAlert(alert: LiveAlert): void;
}

/** Where what answers is no feed at all, it is asked again at ever longer intervals. */
const firstRetryMs = 2_000;
const lastRetryMs = 60_000;

/** Follows the feed for as long as the page is open. */
export function followLive(url: string, handlers: LiveHandlers): void {
  let retryMs = firstRetryMs;
  const isNew = createSeen();
  const connect = (): void => {
    const source = new EventSource(url);
    source.onopen = () => {
      retryMs = firstRetryMs;
      handlers.onConnection('live');
    };
    source.onerror = () => {
      handlers.onConnection('lost');
      // The browser comes back by itself, unless what answered was not the feed.
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(connect, retryMs);
      retryMs = Math.min(retryMs * 2, lastRetryMs);
    };
    const on = <T extends object>(type: string, tell: (value: T) => void): void =>
      source.addEventListener(type, ({ data, lastEventId }: MessageEvent<string>) => {
        const value = parse(data);
        if (value && (type === 'status' || isNew(lastEventId))) tell(value as T);
      });
    on('record', handlers.onRecord);
    on('status', handlers.onStatus);
    on('alert', handlers.onAlert);
  };
  handlers.onConnection('connecting');
  connect();
}

/** Ids are `EPOCH-RECORDS-ALERTS`. A new connection of ours is told again what the last one was told. */
function createSeen(): (id: string) => boolean {
  let epoch = '';
  let last = { records: 0, alerts: 0 };
  return (id) => {
    const [, from = '', records = '', alerts = ''] = /^(.*)-(\d+)-(\d+)$/.exec(id) ?? [];
    if (from === '') return true;
    if (from !== epoch) last = { records: 0, alerts: 0 };
    epoch = from;
    const next = { records: Number(records), alerts: Number(alerts) };
    if (next.records <= last.records && next.alerts <= last.alerts) return false;
    last = { records: Math.max(next.records, last.records), alerts: Math.max(next.alerts, last.alerts) };
    return true;
  };
}

function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
