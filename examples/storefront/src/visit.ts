import type { Locator, Page } from 'playwright';
import type { Random } from './random.js';

/** What a visit needs from the shopper who makes it. */
export interface Shopper {
  page: Page;
  random: Random;
  /** Where the shop is, without a slash at the end. */
  baseUrl: string;
  /** Part of the e-mail with which this shopper logs in. */
  name: string;
  /** Waits as a person does. Rejects when the shop closes. */
  pause(): Promise<void>;
}

const searches = ['hammock', 'coffee', 'acai', 'barro vivo', 'linen', 'speaker', 'surfboard'];

/** One visit, from the home page to wherever interest ends: most people look, some fill a cart, few of them buy. */
export async function visitShop(shopper: Shopper): Promise<void> {
  const { page, random, baseUrl, pause } = shopper;
  await page.goto(`${baseUrl}/`);
  await pause();
  if (random.chance(0.15)) await logIn(shopper);

  const looks = Math.floor(random.between(1, 6));
  for (let look = 0; look < looks; look++) {
    if (!(await findProduct(shopper))) continue;
    await pause();
    if (random.chance(0.4)) await addToCart(shopper);
  }

  const cart = page.getByRole('link', { name: /^Cart/ });
  if ((await cart.getByText(/^\d/).count()) === 0 || random.chance(0.3)) return;
  await cart.click();
  await pause();
  if (random.chance(0.3)) await clickAny(random, page.getByRole('button', { name: /^One more/, disabled: false }));
  if (random.chance(0.35)) {
    await clickAny(random, page.getByRole('button', { name: /^Remove / }));
    await pause();
  }
  if (random.chance(0.6)) await checkOut(shopper);
}

/** Ways to a product: the search, a department, or one of those that are on the page anyway. */
async function findProduct({ page, random, pause }: Shopper): Promise<boolean> {
  if (random.chance(0.25)) {
    await page.getByLabel('Search products').fill(random.pick(searches) ?? '');
    await page.getByRole('button', { name: 'Search' }).click();
    await pause();
  } else if (random.chance(0.7)) {
    await clickAny(random, page.getByRole('navigation', { name: 'Departments' }).getByRole('link'));
    await pause();
  }
  return clickAny(random, page.locator('.card-name').getByRole('link'));
}

async function addToCart({ page, random, pause }: Shopper): Promise<void> {
  if (random.chance(0.2)) await page.getByLabel('Quantity').fill('2');
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await pause();
}

async function logIn({ page, baseUrl, name, pause }: Shopper): Promise<void> {
  await page.goto(`${baseUrl}/login`);
  const email = page.getByLabel('E-mail');
  // Hidden when this shopper is still logged in since the last visit.
  if (!(await email.isVisible())) return;
  await email.fill(`${name}@example.com`);
  await page.getByLabel('Password').fill('not a secret');
  await pause();
  await page.getByRole('button', { name: 'Log in' }).click();
  await pause();
  await page.goto(`${baseUrl}/`);
}

async function checkOut({ page, random, pause }: Shopper): Promise<void> {
  const checkout = page.getByRole('link', { name: 'Go to checkout' });
  if (!(await checkout.isVisible())) return;
  await checkout.click();
  await pause();
  if (random.chance(0.3)) await page.getByLabel('Express').check();
  if (random.chance(0.25)) return;
  await page.getByRole('button', { name: 'Place order' }).click();
  await page.waitForURL('**/thanks?order=*');
  await pause();
}

/** @returns `false` when there was nothing to click on. */
async function clickAny(random: Random, locator: Locator): Promise<boolean> {
  const target = random.pick(await locator.all());
  await target?.click();
  return target !== undefined;
}
