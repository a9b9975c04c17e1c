import { test as base, expect } from '@rastro/collector/playwright';
import { type KitShop, module, startKitShop, tag } from '../support/kit-shop.js';

const test = base.extend<{ open(html: string, headers?: Record<string, string>): Promise<void> }>({
  open: async ({ page }, use) => {
    const shop: KitShop = await startKitShop();
    await use(async (html, headers) => {
      shop.serve('/', html, headers);
      await page.goto(shop.url);
    });
    await shop.close();
  },
});
const told = (code: string): string => `<script>${code}</script>`;

test('another field', async ({ open, rastro }) => {
  await open(tag + told(`rastro.view({ product_id: '1' }); rastro.cart({ product_id: '1', quantity: 2 })`));
  await expect(rastro).toHaveTracked('cart', { product_id: '1', quantity: 1 });
});

test('rejected', async ({ open, rastro }) => {
  await open(tag + told(`rastro.cart({ product_id: '1', price: '72,93' })`));
  await expect(rastro).toHaveTracked('cart', { product_id: '1' });
});

test('rejected, and nobody asked', async ({ open, rastro }) => {
  await open(tag + told(`rastro.view({ product_id: '1' }); rastro.cart({ product_id: '1', price: '72,93' })`));
  await expect(rastro).toHaveTracked('view');
});

test('misuse', async ({ open, rastro }) => {
  await open(tag + told('const product = {}; product.self = product; rastro.cart(product)'));
  await expect(rastro).toHaveTracked('cart');
});

const layer = (event: string, ecommerce: object): string =>
  `${tag}<script>window.dataLayer = [${JSON.stringify({ event, ecommerce })}]</script>
   <script type="module">import { ga4 } from '/rastro/ga4.js'; rastro.use(ga4())</script>`;

test.describe('an adapter', () => {
  test.use({ rastroOptions: { script: '/rastro.js' } });
  test('leaves a field out', async ({ open, rastro }) => {
    await open(layer('add_to_cart', { items: [{ item_id: '1', price: '72,93' }] }));
    await expect(rastro).toHaveTracked('cart', { product_id: '1' });
  });
  test('leaves an order out', async ({ open, rastro }) => {
    await open(layer('purchase', { transaction_id: 'A-1', items: [] }));
    await expect(rastro).not.toHaveTracked('purchase');
  });
  test('leaves out what the test asks for', async ({ open, rastro }) => {
    await open(layer('purchase', { transaction_id: 'A-1', items: [] }));
    await expect(rastro).toHaveMisused(/order A-1 has no lines/);
    await expect(rastro).not.toHaveMisused('price');
  });
});

test('misuse that was not', async ({ open, rastro }) => {
  await open(tag);
  await expect(rastro).toHaveMisused('price');
});

test('names that are none', async ({ rastro }) => {
  const untyped = expect.soft(rastro) as unknown as Record<string, (...args: unknown[]) => Promise<void>> & {
    not: Record<string, (...args: unknown[]) => Promise<void>>;
  };
  await untyped['toHaveTracked']?.('add_to_cart');
  await untyped.not['toHaveTracked']?.('cart', { productid: '1' });
  await untyped.not['toHaveRejected']?.('decimal_coma');
  await untyped.not['toHaveTrackedOnly']?.(['views']);
});

test('no consent', async ({ open, rastro }) => {
  await open(tag.replace('data-key', 'data-consent="pending" data-key') + told(`rastro.cart({ product_id: '1' })`));
  await expect(rastro).toHaveTracked('cart');
});

test('no tag', async ({ open, rastro }) => {
  await open('<h1>Shop</h1>');
  await expect(rastro).toHaveTracked('cart');
});

test('no script', async ({ open, rastro }) => {
  await open(told(`window.rastro = { q: [], flush() {}, cart() {} }`) + tag.replace('/rastro.js', '/missing.js'));
  await expect(rastro).toHaveTracked('cart');
});

const ga4 = `${tag.replace('/rastro.js', 'https://c.shop.invalid/rastro.js').replace('data-key', 'data-endpoint="/e" data-key')}
  <script type="module">import { ga4 } from 'https://c.shop.invalid/rastro/ga4.js'; rastro.use(ga4())</script>`;

test('the script is not there, and not', async ({ open, rastro }) => {
  await open(tag.replace('/rastro.js', '/cdn/rastro.js'));
  await expect(rastro).not.toHaveTracked('cart');
});

test('a page instead of the script', async ({ open, rastro, page }) => {
  await page.route('**/cdn/rastro.js', (route) => route.fulfill({ contentType: 'text/html', body: '<html>' }));
  await open(tag.replace('/rastro.js', '/cdn/rastro.js'));
  await expect(rastro).not.toHaveTracked('cart');
});

test('a plugin is not there, and not', async ({ open, rastro }) => {
  await open(`${tag}<script type="module">import '/rastro/ga4.js'</script>`);
  await expect(rastro).not.toHaveTracked('cart');
});

test('a plugin is not there', async ({ open, rastro }) => {
  await open(`${tag}<script type="module">import '/rastro/ga4.js'</script>`);
  await expect(rastro).toHaveTracked('cart');
});

test.describe('a script of another server', () => {
  test.use({ rastroOptions: { script: 'https://c.shop.invalid/rastro.js' } });
  test('a route of its own takes the script', async ({ open, rastro, page }) => {
    await page.route('**/*', (route) => route.continue());
    await open(ga4);
    await expect(rastro).not.toHaveTracked('cart');
  });
});

test('a route of its own takes the events', async ({ open, rastro, page }) => {
  await page.route('**/e', (route) => route.fulfill({ json: { accepted: 1, rejected: [] } }));
  await open(tag + told(`rastro.cart({ product_id: '1' })`));
  await expect(rastro).not.toHaveTracked('cart');
});

test('a policy', async ({ open, rastro }) => {
  await open(
    tag.replace('data-key', 'data-endpoint="https://c.shop.invalid/e" data-key') +
      told(`rastro.cart({ product_id: '1' })`),
    {
      'content-security-policy': "connect-src 'self'",
    },
  );
  await expect(rastro).toHaveTracked('cart');
});

test('no global', async ({ open, rastro }) => {
  await open(module(`tracker.view({ product_id: '1' })`));
  await expect(rastro).not.toHaveTracked('view');
});

test('only', async ({ open, rastro }) => {
  await open(tag + told(`rastro.view({ product_id: '1' }); rastro.view({ product_id: '2' })`));
  await expect(rastro).toHaveTrackedOnly([['view', { product_id: '2' }]]);
});

test.describe('another endpoint', () => {
  test.use({ rastroOptions: { endpoint: '/collect' } });
  test('elsewhere, and not', async ({ open, rastro, page }) => {
    await page.route('**/e', (route) => route.fulfill({ json: { accepted: 1, rejected: [] } }));
    await open(tag + told(`rastro.cart({ product_id: '1' })`));
    await expect(rastro).not.toHaveTracked('cart');
  });
  test('elsewhere', async ({ open, rastro }) => {
    await open(tag + told(`rastro.cart({ product_id: '1' })`));
    await expect(rastro).toHaveTracked('cart');
  });
});

test.describe('keys', () => {
  test.use({ rastroOptions: { sites: { production: {} } } });
  test('an unknown key', async ({ open, rastro }) => {
    await open(tag + told(`rastro.cart({ product_id: '1' })`));
    await expect(rastro).toHaveTracked('cart');
  });
});

test.describe('origins', () => {
  test.use({ rastroOptions: { sites: { shop: { origins: ['https://shop.example'] } } } });
  test('another origin', async ({ open, rastro }) => {
    await open(tag + told(`rastro.cart({ product_id: '1' })`));
    await expect(rastro).toHaveTracked('cart');
  });
});

test('not awaited', async ({ open, rastro }) => {
  await open(tag);
  void expect(rastro).toHaveTracked('purchase', { order_id: 'A-1' });
});

test('not awaited, with not', async ({ open, rastro }) => {
  await open(module(`tracker.view({ product_id: '1' })`));
  void expect(rastro).not.toHaveTracked('view');
});

test('not awaited, the event itself', async ({ open, rastro }) => {
  await open(tag);
  void rastro.waitFor('cart');
});

test('passes', async ({ open, rastro }) => {
  await open(tag + told(`rastro.cart({ product_id: '1', price: '72,93' })`));
  await expect(rastro).toHaveRejected('decimal_comma');
});
