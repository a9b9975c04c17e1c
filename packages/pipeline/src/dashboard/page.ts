import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** A file of the dashboard, with its compressed forms where the build made them. */
export interface PageFile {
  readonly name: string;
  readonly type: string;
  readonly etag: string;
  readonly body: Buffer;
  readonly br?: Buffer;
  readonly gzip?: Buffer;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};
const needed = ['index.html', 'dashboard.css', 'dashboard.js'];

const headers: Readonly<Record<string, string>> = {
  // Asked for again each time, and answered with 304: an update is seen at once.
  'cache-control': 'no-cache',
  vary: 'accept-encoding',
  // Names in records may hold anything: the page runs its own scripts and styles and no others, and makes no markup from text.
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Seen from the bundle in dist, from the module in dist/modules/dashboard, and from the source in src/dashboard. */
const usualFolders = ['./dashboard/', '../../dashboard/', '../../dist/dashboard/'];

/**
 * Reads the files of the page, which are few and small, once.
 *
 * @param folder Ends in `/`. Without it, the folder that the build makes is looked for.
 * @throws {Error} If `folder` is given and the page is not there.
 * @returns The files; none where the build has not made them.
 */
export function readPage(folder?: URL): PageFile[] {
  for (const candidate of folder ? [folder] : usualFolders.map((path) => new URL(path, import.meta.url))) {
    const files = readFolder(candidate);
    if (needed.every((name) => files.some((file) => file.name === name))) return files;
  }
  if (folder) throw new Error(`assets: no dashboard (${needed.join(', ')}) in ${folder.href}`);
  return [];
}

/** Serves the files under `/dashboard`. Without files, `/dashboard` says what to do. */
export function servePage(fastify: FastifyInstance, files: readonly PageFile[]): void {
  for (const file of files) {
    const url = file.name === 'index.html' ? '/dashboard' : `/dashboard/${file.name}`;
    fastify.get(url, async (request, reply) => send(file, request, reply));
  }
  if (files.length === 0) {
    fastify.get('/dashboard', async (_request, reply) =>
      reply.code(404).type('text/plain; charset=utf-8').send('The dashboard is not built. Run: npm run build\n'),
    );
  }
  // Its files and the API are addressed relative to the path without the slash.
  fastify.get('/dashboard/', async (_request, reply) => reply.redirect('../dashboard'));
}

function send(file: PageFile, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const accepted = String(request.headers['accept-encoding'] ?? '');
  const [encoding, body] =
    file.br && accepts(accepted, 'br')
      ? (['br', file.br] as const)
      : file.gzip && accepts(accepted, 'gzip')
        ? (['gzip', file.gzip] as const)
        : ([undefined, file.body] as const);
  const etag = `"${file.etag}${encoding ? `-${encoding}` : ''}"`;
  reply.headers({ ...headers, etag });
  const known = String(request.headers['if-none-match'] ?? '').split(/\s*,\s*/);
  if (known.some((tag) => tag.replace(/^W\//, '') === etag)) return reply.code(304).send();
  if (encoding) reply.header('content-encoding', encoding);
  return reply.type(file.type).send(body);
}

/** Whether `Accept-Encoding` names a coding, and not with `q=0`. */
function accepts(header: string, coding: string): boolean {
  return header.split(',').some((part) => {
    const [name, ...parameters] = part
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/);
    return name === coding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}

function readFolder(folder: URL): PageFile[] {
  let names: string[];
  try {
    names = readdirSync(fileURLToPath(folder));
  } catch {
    return [];
  }
  const read = (name: string): Buffer => readFileSync(new URL(name, folder));
  return names.flatMap((name) => {
    const type = types[extname(name)];
    if (!type) return [];
    const body = read(name);
    const etag = createHash('sha256').update(body).digest('base64url').slice(0, 22);
    return [
      {
        name,
        type,
        etag,
        body,
        ...(names.includes(`${name}.br`) ? { br: read(`${name}.br`) } : {}),
        ...(names.includes(`${name}.gz`) ? { gzip: read(`${name}.gz`) } : {}),
      },
    ];
  });
}
