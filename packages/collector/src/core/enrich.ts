import { contextFields } from '@rastro/schema';
import { isbot } from 'isbot';
import { clip } from './text.js';
import type { CleanEnvelope, CleanEvent, CollectRequest } from './types.js';

/** Farther than this, a clock is taken to be wrong rather than the network slow. */
const clockToleranceMs = 10_000;

/** What the collector knows of a request, for each of its records. */
export interface RequestFacts {
  readonly received_at: string;
  readonly source: string;
  readonly sdk?: string | undefined;
  readonly user_agent?: string | undefined;
  readonly is_bot: boolean;
  readonly country?: string | undefined;
  readonly ip_prefix?: string | undefined;
  /** Milliseconds to add to the sender's clock; 0 when it is right, or unknown. */
  readonly clockOffsetMs: number;
}

/** CloudFront and Cloudflare tell the country of the visitor, Cloudflare `XX` when it does not know. In lower case. */
const countryHeaders = ['cloudfront-viewer-country', 'cf-ipcountry'];

export function requestFacts(request: CollectRequest, envelope: CleanEnvelope, receivedAt: number): RequestFacts {
  const { source = 'web' } = envelope;
  const offset = envelope.sent_at === undefined ? 0 : receivedAt - envelope.sent_at;
  // An importer's user agent, address and country are not those of the visitor whose events it brings.
  const visitor = source === 'web' ? visitorFacts(request) : {};
  return {
    received_at: toIso(receivedAt),
    source,
    sdk: envelope.sdk,
    ...visitor,
    is_bot: envelope.webdriver === true || isbot(visitor.user_agent),
    clockOffsetMs: Math.abs(offset) > clockToleranceMs ? offset : 0,
  };
}

function visitorFacts({ headers, ip }: CollectRequest): Pick<RequestFacts, 'user_agent' | 'country' | 'ip_prefix'> {
  return {
    user_agent: clip(headers['user-agent'] ?? '', 512).replace(/\p{Cc}/gu, '') || undefined,
    country: countryHeaders.map((name) => headers[name]).find((value) => /^(?!XX)[A-Z]{2}$/.test(value ?? '')),
    ip_prefix: ip === undefined ? undefined : ipPrefix(ip),
  };
}

const utmFields = contextFields.filter((name) => name.startsWith('utm_'));

/** Campaign parameters of a page's address: trackers need not send them twice. */
function utmOf(pageUrl: unknown): Record<string, string> {
  if (typeof pageUrl !== 'string' || !pageUrl.includes('utm_') || !URL.canParse(pageUrl)) return {};
  const { searchParams } = new URL(pageUrl);
  const found = utmFields.map((name) => [name, clip(searchParams.get(name) ?? '', 128).replace(/\p{Cc}/gu, '')]);
  return Object.fromEntries(found.filter(([, value]) => value));
}

/** Puts an event, its envelope and its request together: a flat object with the fields of a record, in no order yet. */
export function enrich(
  event: CleanEvent,
  envelope: CleanEnvelope,
  facts: RequestFacts,
  site: string,
  contextDropped: boolean,
): CleanEvent & { flags?: string[] } {
  const { clockOffsetMs, ...known } = facts;
  const flags: string[] = [];
  const { customer_id, device_id, session_id, context } = envelope;
  const flat: Record<string, unknown> = {
    customer_id,
    device_id,
    session_id,
    ...utmOf('page_url' in event ? event['page_url'] : context?.page_url),
    ...context,
    ...event,
    ...known,
    site,
  };
  if (flat['session_id'] === undefined) flags.push('session_missing');
  if (clockOffsetMs !== 0) flags.push('clock_corrected');
  if (contextDropped) flags.push('context_dropped');
  flat['event_time_raw'] = event.event_time;
  flat['event_time'] = toIso(event.event_time + clockOffsetMs);
  if (flags.length > 0) flat['flags'] = flags;
  return flat as unknown as CleanEvent & { flags?: string[] };
}

/** ISO 8601 with milliseconds; an instant out of the range that has four-digit years is moved to its edge. */
export function toIso(ms: number): string {
  return new Date(Math.min(Math.max(ms, 0), 253_402_300_799_999)).toISOString();
}

/**
 * Cuts an address to its network: 24 bits of IPv4, 48 of IPv6.
 *
 * @returns Nothing for what is not an address.
 */
export function ipPrefix(ip: string): string | undefined {
  const v4 = /^(?:::ffff:)?(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.\d{1,3}$/i.exec(ip);
  if (v4) return v4.slice(1).every((part) => Number(part) < 256) ? `${v4[1]}.${v4[2]}.${v4[3]}.0/24` : undefined;
  const address = ip.split('%', 1)[0] ?? '';
  if (!/^[\da-f:]+$/i.test(address) || !address.includes(':')) return undefined;
  const [head = '', tail] = address.split('::', 2) as [string, string?];
  const left = head === '' ? [] : head.split(':');
  const right = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  if (zeros < 0 || (tail === undefined && left.length !== 8)) return undefined;
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right].slice(0, 3).map((g) => Number.parseInt(g, 16));
  return `${groups.map((g) => g.toString(16)).join(':')}::/48`;
}
