import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';

export interface SpaOptions {
  /** Folder of what `vite build` has made. @default made at the first request */
  folder?: string | undefined;
}

/** The folder of this example, from `dist/node/server`. */
const root = fileURLToPath(new URL('../../..', import.meta.url));
/** The same as `base` in vite.config.ts: the scripts look for each other there. */
const prefix = '/spa';

/**
 * The single-page shop, at `/spa/`. It expects the collector at `/e` of the same origin.
 *
 * Without a folder it is built when somebody asks for it, which takes about a second: `npm start` does not wait for it, and
 * runs where Vite does not.
 */
export const spa: FastifyPluginAsync<SpaOptions> = async (app, { folder }) => {
  const site = folder ?? join(root, 'dist', 'site');
  const assets = join(site, 'assets');
  // @fastify/static wants it to be there.
  await mkdir(assets, { recursive: true });
  let built: Promise<string> | undefined = folder === undefined ? undefined : readIndex(site);
  const ready = (): Promise<string> => {
    built ??= build().then(() => readIndex(site));
    return built;
  };

  app.get(prefix, (_request, reply) => reply.redirect(`${prefix}/`));
  await app.register(
    async (scope: FastifyInstance) => {
      scope.addHook('onRequest', async (_request, reply) => {
        try {
          await ready();
        } catch (error) {
          // The next request tries again.
          built = undefined;
          await reply
            .code(503)
            .type('text/plain; charset=utf-8')
            .send(`${(error as Error).message}\n`);
        }
      });
      await scope.register(fastifyStatic, {
        root: assets,
        prefix: '/assets/',
        decorateReply: false,
        cacheControl: false,
        // Names of assets change with what is in them.
        setHeaders: (response) => void response.setHeader('cache-control', 'public, max-age=31536000, immutable'),
      });
      // Every address of the shop is the same document: the router in it reads the address.
      scope.get('/*', async ({ headers }, reply) => {
        if (!headers.accept?.includes('text/html')) return reply.callNotFound();
        return reply
          .type('text/html; charset=utf-8')
          .header('cache-control', 'no-cache')
          .send(await ready());
      });
    },
    { prefix },
  );
};

const readIndex = (site: string): Promise<string> => readFile(join(site, 'index.html'), 'utf8');

/** In a process of its own: this one goes on answering. */
async function build(): Promise<void> {
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js');
  try {
    await promisify(execFile)(process.execPath, [vite, 'build', '--logLevel', 'warn'], { cwd: root });
  } catch (cause) {
    const { stderr = '' } = cause as { stderr?: string };
    throw new Error(
      `The single-page shop could not be built. Vite needs Node.js 20.19 or newer; this is ${process.version}.\n\n${stderr}`,
      { cause },
    );
  }
}
