import type { Told } from './lambda-event.js';

export interface AddressOptions {
  /**
   * Proxies of yours between the visitor and the gateway or load balancer that invokes the function, which itself does
   * not count: 1 with CloudFront in front of an HTTP API. That many entries of `x-forwarded-for` are believed, so all
   * traffic must come through them. It does not work for Function URLs, which pass on only the first entry: there
   * `addressHeader` does. @default 0
   */
  trustedHops?: number | undefined;
  /**
   * Header that holds the visitor's address, such as `cloudfront-viewer-address`. Only for a proxy that overwrites it in
   * every request and cannot be gone round: whatever stands in it is believed. @default none
   */
  addressHeader?: string | undefined;
}

export type AddressOf = (told: Told, headers: Readonly<Record<string, string | undefined>>) => string | undefined;

/**
 * Finds the visitor's address. By default it is the one that connected to the gateway or the load balancer: what a
 * client says of itself is not believed.
 *
 * @throws {TypeError} If an option is wrong; the message names it.
 */
export function createAddressOf(options: AddressOptions = {}): AddressOf {
  const { trustedHops = 0 } = options;
  const addressHeader = options.addressHeader?.toLowerCase();
  if (!Number.isSafeInteger(trustedHops) || trustedHops < 0) {
    throw new TypeError(`trustedHops: a count of proxies is needed, got ${JSON.stringify(trustedHops)}`);
  }
  if (addressHeader !== undefined && !/^[\w-]+$/.test(addressHeader)) {
    throw new TypeError(`addressHeader: the name of a header is needed, got ${JSON.stringify(addressHeader)}`);
  }
  return (told, headers) => {
    if (addressHeader !== undefined) {
      const value = headers[addressHeader];
      // CloudFront adds the port to IPv6 addresses without brackets, too.
      const bare = addressHeader === 'cloudfront-viewer-address' ? value?.replace(/:\d+$/, '') : value;
      if (bare) return withoutPort(bare);
    }
    const forwarded = (headers['x-forwarded-for'] ?? '').split(',').map(withoutPort).filter(Boolean);
    const source = sourceOf(told);
    // API Gateway adds the source to the header, and the load balancer has told it nowhere else.
    if (source !== undefined && forwarded.at(-1) !== source) forwarded.push(source);
    const hops = isFunctionUrl(told) ? 0 : trustedHops;
    return forwarded.at(-1 - hops) ?? forwarded[0];
  };
}

function sourceOf(told: Told): string | undefined {
  if (told.from === 'http-api') return told.event.requestContext.http.sourceIp;
  return told.from === 'rest-api' ? told.event.requestContext.identity.sourceIp : undefined;
}

function isFunctionUrl(told: Told): boolean {
  return told.from === 'http-api' && /\.lambda-url\./.test(told.event.requestContext.domainName ?? '');
}

/** Load balancers add the port where `routing.http.xff_client_port.enabled` is on: `203.0.113.7:4711`, `[2001:db8::7]:4711`. */
function withoutPort(entry: string): string {
  const text = entry.trim();
  return /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text;
}
