import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyPluginAsync } from 'fastify';
import { indexPage, platformPage } from './page.js';
import { platforms as list } from './platform-list.js';
import { readSamples } from './samples.js';

export { adapterLine } from './page.js';
export { type Platform, platforms as platformList } from './platform-list.js';
export { readSamples, type Sample } from './samples.js';

const assetFolders = ['../assets/', '../dist/client/'].map((path) => fileURLToPath(new URL(path, import.meta.url)));

/** The pages, at `/platforms/`. They expect the tracker at `/rastro.js`, and its plugins at `/rastro/`. */
export const platforms: FastifyPluginAsync = async (app) => {
  await app.register(fastifyStatic, {
    root: assetFolders,
    prefix: '/platforms/assets/',
    decorateReply: false,
    allowedPath: (path) => /\.(css|js)$/.test(path),
  });
  app.get('/platforms', (_request, reply) => reply.redirect('/platforms/'));
  app.get('/platforms/', (_request, reply) => reply.type('text/html; charset=utf-8').send(indexPage()));
  for (const platform of list) {
    app.get(`/platforms/${platform.slug}`, async (_request, reply) =>
      reply.type('text/html; charset=utf-8').send(platformPage(platform, await readSamples(platform.folders))),
    );
  }
  // Einstein's activities API, as a shop's proxy has it: it takes what it gets.
  app.post('/v3/activities/:site/:activity', (_request, reply) => reply.code(204).send());
};
