import type { SiteOptions } from '../core/collector.js';
import { isOriginEntry } from '../core/cors.js';
import { show } from './config-file.js';

export type Sites = Readonly<Record<string, SiteOptions>>;

/**
 * Sites of keys such as `my-shop` or `my-shop=Shop`, all with the same origins.
 *
 * @param label Stands before each problem: `--key`.
 */
export function sitesOf(
  keys: readonly string[],
  origins: SiteOptions['origins'],
  label: string,
  problems: string[],
): Sites {
  const sites = new Map<string, SiteOptions>();
  for (const entry of keys) {
    const at = entry.indexOf('=');
    const key = at < 0 ? entry : entry.slice(0, at);
    const name = at < 0 ? key : entry.slice(at + 1);
    if (sites.has(key)) problems.push(`${label}: ${key} is there twice`);
    for (const [what, value] of Object.entries({ key, name })) {
      if (!/^[^\p{Cc}\p{Cs}]{1,64}$/u.test(value)) {
        problems.push(`${label}: a ${what} has 1–64 printable characters, got ${show(value)}`);
        break;
      }
    }
    sites.set(key, { name, origins });
  }
  return Object.fromEntries(sites);
}

/** Sites as the core takes them. @param label Stands before each problem: `rastro.json: sites`. */
export function checkOrigins(sites: Sites, label: string, problems: string[]): Sites {
  return Object.fromEntries(
    Object.entries(sites).map(([key, { name = key, origins = '*', orderChanges }]) => [
      key,
      {
        name,
        origins: originsOf(origins === '*' ? ['*'] : origins, `${label}.${key}.origins`, problems),
        ...(orderChanges === undefined ? {} : { orderChanges }),
      },
    ]),
  );
}

/** Origins as the core takes them. An empty list means any. */
export function originsOf(
  origins: readonly string[],
  label: string,
  problems: string[],
): Exclude<SiteOptions['origins'], undefined> {
  for (const origin of origins) {
    if (isOriginEntry(origin)) continue;
    const { origin: own } = URL.canParse(origin) ? new URL(origin) : { origin: '' };
    const meant = own !== origin && /^https?:/.test(own) ? `: did you mean ${own}?` : '';
    problems.push(`${label}: ${show(origin)} is not an origin such as https://shop.example${meant}`);
  }
  return origins.length === 0 || (origins.includes('*') && !origins.includes('null')) ? '*' : origins;
}
