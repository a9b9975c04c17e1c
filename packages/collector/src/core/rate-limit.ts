/** Seconds until `key` may come again, a whole number of at least 1; 0 when it may now, which then counts. */
export type RateLimit = (key: string, nowMs: number) => number;

export interface RateLimitOptions {
  /** Requests per second in the long run, above 0; may be a fraction. */
  perSecond: number;
  /** Requests at once after a rest. @default twice `perSecond`, at least 1 */
  burst?: number | undefined;
  /** Keys that are remembered; then the one that was seen longest ago is forgotten. @default 65_536 */
  mostKeys?: number | undefined;
}

/** More clients than one process serves in a few seconds; full, they take some 10 MB, measured. */
const defaultMostKeys = 65_536;

/**
 * Limits how often each key comes, by the generic cell rate algorithm (ITU-T I.371): a token bucket that takes one number
 * per key, the instant at which it is full again.
 */
export function createRateLimit(options: RateLimitOptions): RateLimit {
  const { perSecond, mostKeys = defaultMostKeys } = options;
  const burst = options.burst ?? Math.max(1, perSecond * 2);
  const intervalMs = 1000 / perSecond;
  const toleranceMs = (burst - 1) * intervalMs;
  /** In the order in which keys were last seen. */
  const fullAt = new Map<string, number>();
  return (key, nowMs) => {
    const known = fullAt.get(key) ?? 0;
    // Farther ahead than the whole burst: the clock was set back. Nobody shall wait for that.
    const from = known > nowMs + burst * intervalMs + 1 ? nowMs : Math.max(known, nowMs);
    const waitMs = from - nowMs - toleranceMs;
    const limited = waitMs > 1e-6;
    // One that is refused was seen as well: forgotten, it would begin anew.
    fullAt.delete(key);
    fullAt.set(key, limited ? from : from + intervalMs);
    if (fullAt.size > mostKeys) fullAt.delete(fullAt.keys().next().value as string);
    return limited ? Math.max(1, Math.ceil(waitMs / 1000)) : 0;
  };
}

/**
 * What counts as one client: an IPv4 address, or 64 bits of IPv6, since a single device has so many addresses to choose
 * from (https://www.rfc-editor.org/rfc/rfc6177).
 */
export function clientOf(ip: string): string {
  if (!ip.includes(':')) return ip.slice(0, 64);
  // Some proxies add the port: it would make every connection a client of its own.
  const v4 = /^(?:::ffff:)?(\d{1,3}(?:\.\d{1,3}){3})(?::\d+)?$/i.exec(ip);
  if (v4) return v4[1] as string;
  const [address = ''] = ip
    .replace(/^\[(.*)\](?::\d+)?$/, '$1')
    .toLowerCase()
    .split('%', 1);
  const [head = '', tail] = address.split('::', 2) as [string, string?];
  const left = head === '' ? [] : head.split(':');
  const right = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right].slice(0, 4);
  return `${groups.map((group) => group.replace(/^0+(?=.)/, '')).join(':')}::/64`.slice(0, 64);
}
