import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
/**
 * Reads the tracker's script that comes with this package.
 *
 * @param url Another build of it.
 */
export async function loadScript(url = new URL('./rastro.js', import.meta.url)) {
  const body = await readFile(url);
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` };
}
