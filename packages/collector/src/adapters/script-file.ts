import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { Script } from '../core/collector.js';

/**
 * Reads the tracker's script that comes with this package, with the compressed forms that the build has made of it.
 *
 * @param url Another build of it.
 * @returns Nothing where a bundle left it out: then its path is 404.
 */
export async function loadScript(url: URL = new URL('./rastro.js', import.meta.url)): Promise<Script | undefined> {
  const [body, br, gzip] = await Promise.all([
    readIfThere(url.href),
    readIfThere(`${url}.br`),
    readIfThere(`${url}.gz`),
  ]);
  if (!body) return undefined;
  const sha384 = createHash('sha384').update(body).digest();
  return {
    body,
    etag: `"${sha384.toString('base64url').slice(0, 22)}"`,
    encodings: { ...(br ? { br } : {}), ...(gzip ? { gzip } : {}) },
    // 64 bits, in small letters and digits: some file systems and caches know no others.
    hash: sha384.toString('hex').slice(0, 16),
    integrity: `sha384-${sha384.toString('base64')}`,
  };
}

async function readIfThere(url: string): Promise<Buffer | undefined> {
  try {
    return await readFile(new URL(url));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Reads the tracker's plugins that come with this package, by name: none where a bundle left the folder out. */
export async function loadPlugins(): Promise<Record<string, Script>> {
  const folder = new URL('./rastro/', import.meta.url);
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.js'));
  const plugins: Record<string, Script> = {};
  for (const name of names) {
    const plugin = await loadScript(new URL(name, folder));
    if (plugin) plugins[name.slice(0, -'.js'.length)] = plugin;
  }
  return plugins;
}
