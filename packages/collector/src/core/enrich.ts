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

/** Judging a user agent takes longer than checking an event, and the same few come again and again: the last ones are kept. */
const judged = new Map<string, boolean>();
const maxJudged = 2_000;

function isRobot(userAgent: string | undefined): boolean {
  if (userAgent === undefined) return isbot(userAgent);
  let robot = judged.get(userAgent);
  if (robot === undefined) {
    robot = isbot(userAgent);
    if (judged.size >= maxJudged) judged.clear();
    judged.set(userAgent, robot);
  }
  return robot;
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
    is_bot: envelope.webdriver === true || isRobot(visitor.user_agent),
    clockOffsetMs: Math.abs(offset) > clockToleranceMs ? offset : 0,
  };
}

function visitorFacts(request: CollectRequest): Pick<RequestFacts, 'user_agent' | 'country' | 'ip_prefix'> {
  const { headers, ip } = request;
  return {
    user_agent: userAgentOf(request),
    country: countryHeaders.map((name) => headers[name]).find((value) => /^(?!XX)[A-Z]{2}$/.test(value ?? '')),
    ip_prefix: ip === undefined ? undefined : ipPrefix(ip),
  };
}

const utmFields = contextFields.filter((name) => name.startsWith('utm_'));

/** Campaign parameters of a page's address: trackers need not send them twice. */
export function utmOf(pageUrl: unknown): Record<string, string> {
  if (typeof pageUrl !== 'string' || !pageUrl.includes('utm_') || !URL.canParse(pageUrl)) return {};
  // The query alone: a whole URL takes five times as long to take apart.
  const searchParams = new URLSearchParams(/\?([^#]*)/.exec(pageUrl)?.[1]);
  const found = utmFields.map((name) => [name, clip(searchParams.get(name) ?? '', 128).replace(/\p{Cc}/gu, '')]);
  return Object.fromEntries(found.filter(([, value]) => value));
}

/** What is said of an event in its record, and in the answer. */
export function flagsOf(
  event: CleanEvent,
  envelope: CleanEnvelope,
  { clockOffsetMs }: RequestFacts,
  contextDropped: boolean,
): readonly string[] {
  const missing = ('session_id' in event ? event['session_id'] : envelope.session_id) === undefined;
  if (!missing && clockOffsetMs === 0 && !contextDropped) return none;
  return [
    ...(missing ? ['session_missing'] : []),
    ...(clockOffsetMs === 0 ? [] : ['clock_corrected']),
    ...(contextDropped ? ['context_dropped'] : []),
  ];
}
const none: readonly string[] = [];

/** ISO 8601 with milliseconds; an instant out of the range that has four-digit years is moved to its edge. */
export function toIso(ms: number): string {
  const at = Math.floor(Math.min(Math.max(ms, 0), 253_402_300_799_999));
  const minute = Math.floor(at / 60_000);
  if (minute !== isoMinute) {
    isoMinute = minute;
    isoStart = new Date(minute * 60_000).toISOString().slice(0, 17);
  }
  const rest = at - minute * 60_000;
  // 100,000 and the rest: five digits with their zeros.
  const digits = String(100_000 + rest);
  return `${isoStart}${digits.slice(1, 3)}.${digits.slice(3)}Z`;
}
/** The minute last written: events of a request lie close together, and a Date costs as much as a few fields. */
let isoMinute = 0;
let isoStart = '1970-01-01T00:00:';

/**
 * Cuts an address to its network: 24 bits of IPv4, 48 of IPv6.
 *
 * @returns Nothing for what is not an address.
 */
export function ipPrefix(ip: string): string | undefined {
  const v4 = /^(?:::ffff:)?(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.\d{1,3}$/i.exec(ip);
  if (v4) return v4.slice(1).every((part) => Number(part) < 256) ? `${v4[1]}.${v4[2]}.${v4[3]}.0/24` : undefined;
  const address = ip.split('%', 1)[0] ?? '';
  const parts = address.split('::');
  if (!address.includes(':') || parts.length > 2) return undefined;
  const [left = [], right] = parts.map((part) => (part === '' ? [] : part.split(':')));
  const groups = [...left, ...(right ?? [])];
  const complete = right ? groups.length < 8 : groups.length === 8;
  if (!complete || !groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined;
  const network = [...left, ...Array<string>(8 - groups.length).fill('0'), ...(right ?? [])].slice(0, 3);
  return `${network.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/48`;
}

/** The user agent as records and dead letters have it. */
export function userAgentOf({ headers }: CollectRequest): string | undefined {
  return clip(headers['user-agent'] ?? '', 512).replace(/\p{Cc}/gu, '') || undefined;
}
