import type { Page } from '@playwright/test';
import { findProduct } from '@rastro/example-storefront';
import { athena, project, rees46 } from '@rastro/schema';
import { expect, test } from './support/fixtures.js';

const lipstick = '44600062';
const butter = '44600071';
const cream = '0044600113';
const pan = '39008210';

const categoryOf = (productId: string): { id: string; code?: string } => {
  const found = findProduct(productId);
  if (!found) throw new Error(`no product ${productId}`);
  return found.product.category;
};

async function addToCart(page: Page, url: string, productId: string): Promise<void> {
  await page.goto(`${url}/p/${productId}`);
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await expect(page.getByRole('link', { name: /^Cart, / })).toBeVisible();
}

test('a walk through the shop is on the stream, record by record', async ({ page, shop }) => {
  for (const product of [lipstick, butter, cream, pan]) await addToCart(page, shop.url, product);
  await page.goto(`${shop.url}/cart`);
  await page.getByRole('button', { name: `Remove ${findProduct(pan)?.product.name}` }).click();
  await page.goto(`${shop.url}/login`);
  await page.getByLabel('E-mail').fill('ana@shop.example');
  await page.getByLabel('Password').fill('secret');
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByText('ana@shop.example')).toBeVisible();
  await page.goto(`${shop.url}/checkout`);
  await page.getByRole('button', { name: 'Place order' }).click();
  await page.waitForURL(/\/thanks\?order=/);
  const orderId = new URL(page.url()).searchParams.get('order');

  const found = await shop.settled(12);
  const records = found.map(({ record }) => record);
  expect(records.map(({ event_type, product_id }) => `${event_type} ${product_id}`)).toEqual([
    `view ${lipstick}`,
    `cart ${lipstick}`,
    `view ${butter}`,
    `cart ${butter}`,
    `view ${cream}`,
    `cart ${cream}`,
    `view ${pan}`,
    `cart ${pan}`,
    `remove_from_cart ${pan}`,
    // Lines are sorted by product.
    `purchase ${cream}`,
    `purchase ${lipstick}`,
    `purchase ${butter}`,
  ]);

  // Who: one browser, one visit, its events counted; the customer only after login.
  expect(new Set(records.map(({ device_id }) => device_id)).size).toBe(1);
  expect(new Set(records.map(({ session_id }) => session_id)).size).toBe(1);
  expect(records.map(({ session_seq }) => session_seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10]);
  const customers = records.map(({ customer_id }) => customer_id);
  expect(customers.slice(0, 9)).toEqual(Array(9).fill(undefined));
  expect(new Set(customers.slice(9)).size).toBe(1);
  expect(customers[9]).toMatch(/^c-/);
  expect(JSON.stringify(found)).not.toContain('ana@');

  // The order: three lines in two categories, money on the first alone.
  const lines = records.slice(9);
  expect(lines.map(({ order_id, line, lines: of }) => [order_id, line, of])).toEqual(
    [1, 2, 3].map((line) => [orderId, line, 3]),
  );
  expect(new Set(lines.map(({ category_id }) => category_id)).size).toBe(2);
  expect(lines.map(({ order_total }) => typeof order_total)).toEqual(['number', 'undefined', 'undefined']);

  // Keys, places, and the names that others use.
  for (const { partitionKey, record } of found) {
    const category = categoryOf(String(record['product_id']));
    expect(partitionKey).toBe(category.id);
    expect(record['category_id']).toBe(category.id);
    const [first, ...rest] = (category.code ?? category.id).split('.');
    expect(project(record, athena)).toEqual({
      customerid: record['customer_id'] ?? '',
      deviceid: record['device_id'],
      productid: record['product_id'],
      productcategory: first,
      productsubcategory: rest.join('.'),
      activitytype: record.event_type,
    });
    expect(project(record, rees46)).toEqual({
      event_time: String(record['event_time']).replace('T', ' ').replace(/\..*/, ' UTC'),
      event_type: record.event_type,
      product_id: record['product_id'],
      category_id: category.id,
      category_code: category.code ?? '',
      brand: record['brand'] ?? '',
      price: String(findProduct(String(record['product_id']))?.product.price),
      user_id: record['customer_id'] ?? record['device_id'],
      user_session: record['session_id'],
    });
  }
  const shards = new Map(found.map(({ partitionKey, shard }) => [partitionKey, shard]));
  expect(found.every(({ partitionKey, shard }) => shards.get(partitionKey) === shard)).toBe(true);

  // Reloading the thank-you page adds nothing that a reader would count.
  const answered = page.waitForResponse(
    (response) => response.url().endsWith('/e') && response.request().method() === 'POST',
  );
  await page.reload();
  expect(await (await answered).json()).toMatchObject({ accepted: 1, rejected: [] });
  await page.evaluate(() => (window as unknown as { rastro: { flush(): Promise<boolean> } }).rastro.flush());
  const after = await shop.records();
  expect(new Set(after.map(({ record }) => record.event_id)).size).toBe(12);
  expect(await shop.letters()).toEqual([]);
});

test('the live page shows the events as they are read back from the stream', async ({ page, shop, context }) => {
  await page.goto(`${shop.url}/live`);
  const shopPage = await context.newPage();
  await shopPage.goto(`${shop.url}/p/${lipstick}`);
  const row = page.getByText('Pitanga Matte Lipstick').first();
  await expect(row).toBeVisible();
  await expect(page.getByText(categoryOf(lipstick).id).first()).toBeVisible();
});

test('the live page shows hostile text as text, and rejected events with their reason', async ({ page, shop }) => {
  await page.goto(`${shop.url}/p/${lipstick}`);
  await page.evaluate(async () => {
    const { rastro } = window as unknown as { rastro: { view(item: object): void; flush(): Promise<boolean> } };
    rastro.view({ product_id: '1', product_name: '<img src=x onerror="window.hacked=1">' });
    rastro.view({ product_id: '2', price: '72,93' });
    await rastro.flush();
  });
  await page.goto(`${shop.url}/live`);
  await expect(page.getByText('<img src=x onerror=').first()).toBeVisible();
  await page.getByRole('tab', { name: /Dead letters/ }).click();
  await expect(page.getByText('decimal_comma').first()).toBeVisible();
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
});
