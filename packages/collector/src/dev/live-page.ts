import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';

/** A file of the live page. */
export interface PageFile {
  name: string;
  type: string;
  body: Buffer;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

const headers: Readonly<Record<string, string>> = {
  'cache-control': 'no-cache',
  // Records may hold anything: the page runs its own scripts and no other, and makes no markup from text.
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Seen from the bundle in dist, from the module in dist/modules/dev, and from the source in src/dev. */
const usualFolders = ['./live/', '../../live/', '../../dist/live/'];

/**
 * Reads the files of the page, which are few and small, once.
 *
 * @param folder Ends in `/`. Without it, the folder that the build makes is looked for.
 * @throws If `folder` is given and the page is not there.
 * @returns The files; none where the build has not made them.
 */
export function readPage(folder?: URL): PageFile[] {
  for (const candidate of folder ? [folder] : usualFolders.map((path) => new URL(path, import.meta.url))) {
    const files = readFolder(candidate);
    if (['index.html', 'live.css', 'live.js'].every((name) => files.some((file) => file.name === name))) return files;
  }
  if (folder) throw new Error(`assets: no live page (index.html, live.css, live.js) in ${folder.href}`);
  return [];
}

/** Serves the files under `/live`. Without files, `/live` says what to do. */
export function servePage(fastify: FastifyInstance, files: readonly PageFile[]): void {
  for (const { name, type, body } of files) {
    const url = name === 'index.html' ? '/live' : `/live/${name}`;
    fastify.get(url, async (_request, reply) => reply.headers({ ...headers, 'content-type': type }).send(body));
  }
  if (files.length === 0) {
    fastify.get('/live', async (_request, reply) =>
      reply.code(404).type('text/plain; charset=utf-8').send('The live page is not built. Run: npm run build\n'),
    );
  }
  fastify.get('/live/', async (_request, reply) => reply.redirect('../live'));
}

function readFolder(folder: URL): PageFile[] {
  let names: string[];
  try {
    names = readdirSync(fileURLToPath(folder));
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const type = types[extname(name)];
    return type ? [{ name, type, body: readFileSync(new URL(name, folder)) }] : [];
  });
}
