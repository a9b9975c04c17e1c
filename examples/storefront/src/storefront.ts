import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import { findDepartment, findProduct, searchProducts } from './catalogue.js';
import { type Page, renderPage, type Site } from './layout.js';
import { cartPage, checkoutPage, loginPage, thanksPage } from './order-pages.js';
import { departmentPage, homePage, notFoundPage, productPage, searchPage } from './pages.js';
import { pictureOf } from './pictures.js';

export interface StorefrontOptions {
  /** Site key that the pages hand to the tracker. @default 'demo' */
  key?: string;
  /** Page that shows the events as they arrive, linked in the footer; `false` leaves the link out. @default '/live' */
  livePath?: string | false;
  /** Page that says what the events add up to, linked in the footer; `false` leaves the link out. @default false */
  dashboardPath?: string | false;
}

export const defaultOptions: Required<StorefrontOptions> = { key: 'demo', livePath: '/live', dashboardPath: false };

/** Seen from `src` and from `dist` alike. The style sheet is written by hand, the scripts come from `client`. */
const assetFolders = ['../assets/', '../dist/client/'].map((path) => fileURLToPath(new URL(path, import.meta.url)));

/**
 * The shop, at `/`: catalogue pages that work without JavaScript, and frames for cart, login, checkout and the thank-you
 * page, which the client script fills. The pages expect the tracker at `/rastro.js`; serving that is the collector's.
 */
export const storefront: FastifyPluginAsync<StorefrontOptions> = async (app, options) => {
  const site: Site = {
    key: options.key ?? defaultOptions.key,
    livePath: options.livePath ?? defaultOptions.livePath,
    dashboardPath: options.dashboardPath ?? defaultOptions.dashboardPath,
  };
  const send = (reply: FastifyReply, page: Page, status = 200): FastifyReply =>
    reply.code(status).type('text/html; charset=utf-8').send(renderPage(site, page));

  await app.register(fastifyStatic, {
    root: assetFolders,
    prefix: '/assets/',
    // Another plugin of the same server may serve files too, and the decorator can exist only once.
    decorateReply: false,
    // Type declarations and build information lie beside the scripts.
    allowedPath: (path) => /\.(css|js)$/.test(path),
  });

  app.get('/', (_request, reply) => send(reply, homePage()));
  app.get('/cart', (_request, reply) => send(reply, cartPage()));
  app.get('/login', (_request, reply) => send(reply, loginPage()));
  app.get('/checkout', (_request, reply) => send(reply, checkoutPage()));
  app.get('/thanks', (_request, reply) => send(reply, thanksPage()));

  app.get<{ Params: { slug: string } }>('/c/:slug', (request, reply) => {
    const department = findDepartment(request.params.slug);
    return department ? send(reply, departmentPage(department)) : send(reply, notFoundPage(), 404);
  });

  app.get<{ Params: { productId: string } }>('/p/:productId', (request, reply) => {
    const found = findProduct(request.params.productId);
    return found ? send(reply, productPage(found.product, found.department)) : send(reply, notFoundPage(), 404);
  });

  app.get<{ Params: { productId: string } }>('/pictures/:productId(^\\d+$).svg', (request, reply) => {
    const found = findProduct(request.params.productId);
    if (!found) return reply.callNotFound();
    return reply
      .type('image/svg+xml')
      .header('cache-control', 'public, max-age=3600')
      .send(pictureOf(found.product).text);
  });

  app.get<{ Querystring: { q?: string | string[] } }>('/search', (request, reply) => {
    const query = [request.query.q ?? ''].flat().join(' ').trim().slice(0, 100);
    return send(reply, searchPage(query, searchProducts(query)));
  });

  // The router prefers every more exact route, whoever registered it and when. What asks for no page (a script, a
  // fetch, a health check) gets the server's own answer.
  app.get('/*', (request, reply) => {
    if (!request.headers.accept?.includes('text/html')) return reply.callNotFound();
    return send(reply, notFoundPage(), 404);
  });
};
