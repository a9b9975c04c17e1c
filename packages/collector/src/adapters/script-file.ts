import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
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

/** Reads the tracker's plugins that come with this package, by name: none where a bundle left the folder out. */
export async function loadPlugins(): Promise<Record<string, Script>> {
  const folder = new URL('./rastro/', import.meta.url);
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.js'));
  return Object.fromEntries(
    await Promise.all(
      names.map(async (name) => [name.slice(0, -'.js'.length), await loadScript(new URL(name, folder))] as const),
    ),
  );
}
