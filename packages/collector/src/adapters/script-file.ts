import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Script } from '../core/collector.js';

/**
 * Reads the tracker's script that comes with this package.
 *
 * @param url Another build of it.
 */
export async function loadScript(url: URL = new URL('./rastro.js', import.meta.url)): Promise<Script> {
  const body = await readFile(url);
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` };
}
