import type { Storage } from './storage.js';
import { uuid7 } from './uuid.js';

const name = 'rastro_id';
/** 400 days: the longest that browsers keep a cookie (https://developer.chrome.com/blog/cookie-max-age-expires). */
const maxAgeSeconds = 34_560_000;

/** Reads the id of this browser, or makes one: a first-party cookie, mirrored in localStorage for when either is cleared. */
export function deviceId(storage: Storage, now: number): string {
  const kept = storage.get(name) ?? uuid7(now, 0);
  let id = kept;
  try {
    id = /(?:^|; )rastro_id=([\w-]{1,128})/.exec(document.cookie)?.[1] ?? kept;
    const secure = location.protocol === 'https:' ? ';secure' : '';
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is asynchronous, and not in every browser.
    document.cookie = `${name}=${id};path=/;max-age=${maxAgeSeconds};samesite=lax${secure}`;
  } catch {
    // A sandboxed page has no cookies, and no localStorage either: the id lives as long as the page.
  }
  storage.set(name, id);
  return id;
}
