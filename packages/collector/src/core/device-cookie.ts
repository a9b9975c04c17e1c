import type { CleanEnvelope, CollectRequest } from './types.js';

export interface DeviceCookieOptions {
  /**
   * Parent domain that shares the cookie, such as `shop.example`: the same as the tracker's `cookieDomain`, else a browser
   * has two cookies of one name. @default this host alone
   */
  domain?: string | undefined;
}

/** 400 days, as the tracker's: the longest that browsers keep a cookie. Unit: s. */
const maxAgeSeconds = 34_560_000;
const domainName = /^\.?(?!-)[a-z0-9-]{1,63}(?:\.(?!-)[a-z0-9-]{1,63})+$/i;

/**
 * Renews the cookie of the tracker in the answer: Safari keeps what a script wrote for 7 days, and what the shop's own
 * server set for longer.
 *
 * A cookie is renewed, never given. The tracker must have set it, so there is consent, and no `cookieless`: it came along
 * with the request and names the same device as the envelope. Importers have no cookie, and a page of another site does
 * not have this one: it is `SameSite=Lax`. What the browser says of the site counts where it says something.
 *
 * @returns The headers to add, for a request whose events are durable.
 * @throws {TypeError} If the domain is none.
 */
export function createDeviceCookie(
  options: DeviceCookieOptions,
): (request: CollectRequest, envelope: CleanEnvelope) => { 'set-cookie': string } | undefined {
  const { domain } = options;
  if (domain !== undefined && !domainName.test(domain)) {
    throw new TypeError(`deviceCookie.domain: a domain such as shop.example is needed, got ${JSON.stringify(domain)}`);
  }
  const attributes = `; Path=/; Max-Age=${maxAgeSeconds}; SameSite=Lax${domain === undefined ? '' : `; Domain=${domain}`}`;
  return ({ headers, secure }, { device_id: id, source = 'web' }) => {
    const { cookie, origin } = headers;
    const site = headers['sec-fetch-site'];
    if (!cookie || source !== 'web' || id === undefined || !/^[\w-]{1,128}$/.test(id)) return undefined;
    if (site !== undefined && site !== 'same-origin' && site !== 'same-site') return undefined;
    const pair = `rastro_id=${id}`;
    // Two that differ, one of the host and one of the domain: which of them the tracker reads next is not for us to say.
    const sent = cookie.split(';').filter((each) => each.trimStart().startsWith('rastro_id='));
    if (sent.length === 0 || sent.some((each) => each.trim() !== pair)) return undefined;
    // A page that is encrypted may be behind a proxy that is not trusted to say so.
    const encrypted = secure === true || origin?.startsWith('https://') === true;
    return { 'set-cookie': `${pair}${attributes}${encrypted ? '; Secure' : ''}` };
  };
}
