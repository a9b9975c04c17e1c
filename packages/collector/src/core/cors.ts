/** Which origins a site, or all sites together, know. An origin is compared as browsers send it: exactly, in lower case. */
export interface OriginRules {
  /** Whether pages of this origin may send. */
  allows(origin: string): boolean;
  /** Whether somebody listed this origin, or the domain it is under: not so for `*`, and never for `null`. */
  names(origin: string): boolean;
}

/** An origin header of ours to repeat: long enough for any host name, and nothing that could break a header. */
const repeatable = /^[\x21-\x7e]{1,300}$/;
/** `https://*.shop.example`: two labels at least stand behind the star, so that nobody lists `*.com`. */
const wildcard = /^(https?:\/\/)\*((?:\.(?!-)[a-z0-9-]{1,63}){2,}(?::\d{1,5})?)$/;
const subdomains = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/;

/**
 * Reads the origins of a site: origins such as `https://shop.example`, `https://*.shop.example` for all subdomains of
 * one (not itself), `*` for any page that has an origin, and `null` for pages that have none, such as sandboxed frames.
 *
 * @throws {TypeError} If an entry is none of these; `option` names where it stands.
 */
export function readOrigins(option: string, origins: readonly string[] | '*'): OriginRules {
  const exact = new Set<string>();
  const patterns: [start: string, end: string][] = [];
  let any = false;
  let opaque = false;
  for (const origin of origins === '*' ? ['*'] : origins) {
    const [, start, end] = wildcard.exec(origin) ?? [];
    if (origin === '*') any = true;
    else if (origin === 'null') opaque = true;
    else if (start && end && isOrigin(`${start}a${end}`)) patterns.push([start, end]);
    else if (isOrigin(origin)) exact.add(origin);
    else {
      throw new TypeError(
        `${option}: ${JSON.stringify(origin)} is not an origin such as https://shop.example, https://*.shop.example, * or null`,
      );
    }
  }
  const names = (origin: string): boolean =>
    exact.has(origin) ||
    patterns.some(
      ([start, end]) =>
        origin.startsWith(start) &&
        origin.endsWith(end) &&
        subdomains.test(origin.slice(start.length, origin.length - end.length)),
    );
  return { names, allows: (origin) => (origin === 'null' ? opaque : any || names(origin)) };
}

/** Whether this can stand in the list of a site's origins. */
export function isOriginEntry(origin: string): boolean {
  const [, start, end] = wildcard.exec(origin) ?? [];
  return origin === '*' || origin === 'null' || isOrigin(start && end ? `${start}a${end}` : origin);
}

/** Written as browsers send it; a star is a character like any other to a URL. */
function isOrigin(text: string): boolean {
  return /^https?:[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

/**
 * The headers that let a page read an answer.
 *
 * Any page may read one, without credentials: only so does it learn that it is refused, or when to come again, and
 * nothing in it is secret. Credentials are for origins that somebody listed. Were they for whatever origin asks, any page
 * of the web could act with the visitor's cookies.
 *
 * @param origin What the request says, if anything.
 * @param preflight A page that may not send learns it here already.
 */
export function corsHeaders(
  rules: OriginRules,
  origin: string | undefined,
  preflight: boolean,
  retryAfter: boolean,
): Record<string, string> {
  const headers: Record<string, string> = { vary: 'origin' };
  if (origin === undefined || !repeatable.test(origin) || (preflight && !rules.allows(origin))) return headers;
  headers['access-control-allow-origin'] = origin;
  if (rules.names(origin)) headers['access-control-allow-credentials'] = 'true';
  if (retryAfter) headers['access-control-expose-headers'] = 'retry-after';
  return headers;
}
