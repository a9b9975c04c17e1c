import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { departments, findProduct, searchProducts } from '../src/catalogue.js';
import { toItem } from '../src/item.js';
import { storefront } from '../src/storefront.js';

const products = departments.flatMap((department) => department.products);

describe('the catalogue', () => {
  test('has ids that are unique as text and not as numbers', () => {
    expect(new Set(products.map(({ id }) => id)).size).toBe(products.length);
    const ids = [...new Set(products.map(({ category }) => category.id))];
    expect(ids.every((id) => /^\d{19}$/.test(id))).toBe(true);
    expect(new Set(ids.map(Number)).size).toBeLessThan(ids.length);
  });

  test('has one product without a category code and one without a brand', () => {
    const items = products.map(toItem);
    expect(items.filter((item) => !('category_code' in item))).toHaveLength(1);
    expect(items.filter((item) => !('brand' in item))).toHaveLength(1);
  });

  test.each([
    ['ACAI', ['39008255']],
    ['barro vaso', []],
    ['barro vase', ['17300232']],
    [' ', []],
  ])('finds for %j the products %j', (query, ids) => {
    expect(searchProducts(query).map(({ id }) => id)).toEqual(ids);
  });
});

describe('the plugin', () => {
  let app: FastifyInstance;
  const page = { accept: 'text/html' };

  beforeAll(async () => {
    app = fastify();
    await app.register(storefront, { key: 'a"b', livePath: false });
    app.get('/healthz', () => ({ ok: true }));
  });
  afterAll(() => app.close());

  test('hands the product to the page with its ids as text', async () => {
    const { body } = await app.inject('/p/0044600113');
    const [, json = ''] = /<script type="application\/json" id="product">(.*?)<\/script>/.exec(body) ?? [];
    const found = findProduct('0044600113');
    expect(JSON.parse(json)).toEqual(found && toItem(found.product));
    expect(json).toContain('"category_id":"2053013552326770907"');
  });

  test('links the pages about its events that it is told of', async () => {
    expect((await app.inject('/')).body).not.toContain('add up to');
    const told = fastify();
    await told.register(storefront, { dashboardPath: '/sums' });
    const { body } = await told.inject('/');
    expect(body).toContain('<a href="/live">Watch the events arrive</a>');
    expect(body).toContain('<a href="/sums">See what they add up to</a>');
    await told.close();
  });

  test('writes its options into every page, escaped', async () => {
    for (const url of ['/', '/c/beauty', '/search?q=x', '/cart', '/login', '/checkout', '/thanks']) {
      const { body, statusCode } = await app.inject(url);
      expect(statusCode).toBe(200);
      expect(body).toContain('<script async src="/rastro.js" data-key="a&quot;b" data-currency="BRL"></script>');
      expect(body).not.toContain('/live');
    }
  });

  test('shows what was searched as text', async () => {
    const { body } = await app.inject(`/search?q=${encodeURIComponent('<script>"')}`);
    expect(body).not.toContain('<script>"');
    expect(body).toContain('&lt;script&gt;&quot;');
  });

  test.each(['/p/1', '/c/nothing', '/nothing/at/all'])('answers %s with a page of its own', async (url) => {
    const { body, statusCode } = await app.inject({ url, headers: page });
    expect(statusCode).toBe(404);
    expect(body).toContain('<h1>The tide took this page</h1>');
  });

  test('leaves to others what is not a page of the shop', async () => {
    expect((await app.inject({ url: '/healthz', headers: page })).json()).toEqual({ ok: true });
    expect((await app.inject('/rastro.js')).headers['content-type']).toContain('application/json');
    expect((await app.inject({ method: 'POST', url: '/e', payload: '{}' })).statusCode).toBe(404);
  });
});
