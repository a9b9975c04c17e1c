import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { expect, type Shop, test } from './support/fixtures.js';

/** The stub as the docs show it. */
const stub = /<script>(window\.rastro=.*?)<\/script>/.exec(
  readFileSync(fileURLToPath(new URL('../README.md', import.meta.url)), 'utf8'),
)?.[1] as string;
const hashOf = (script: string): string => `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
/** As a page's own script that is in none of the policies would be: told by Playwright, which no policy concerns. */
const view = (page: Page, product_id: string): Promise<void> =>
  page.evaluate(
    (id) => (window as unknown as { rastro: { view(product: object): void } }).rastro.view({ product_id: id }),
    product_id,
  );

/** Opens a page with this policy and these tags in its head; gives what the policy kept from it. */
async function open(page: Page, shop: Shop, policy: string, head: string): Promise<string[]> {
  const violations: string[] = [];
  await page.exposeFunction('told', (directive: string) => violations.push(directive));
  await page.addInitScript(() =>
    addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) =>
      (window as unknown as { told(text: string): void }).told(`${effectiveDirective} ${blockedURI}`),
    ),
  );
  shop.serve('/csp', `<!doctype html><html lang="en"><title>Policy</title>${head}`, {
    'content-security-policy': policy,
  });
  await page.goto(`${shop.url}/csp`);
  return violations;
}
const products = async (shop: Shop, count: number): Promise<unknown[]> =>
  (await shop.settled(count)).map(({ record }) => record['product_id']).sort();
const tags = async (
  shop: Shop,
): Promise<Record<string, { tag: string; immutable_path: string; integrity: string }>> => {
  const { scripts } = (await (await fetch(`${shop.url}/rastro.json`)).json()) as {
    scripts: { name: string; tag: string; immutable_path: string; integrity: string }[];
  };
  return Object.fromEntries(scripts.map((script) => [script.name, script]));
};

test('on the own host: the stub by its hash, scripts from the host, nothing inline, under Trusted Types', async ({
  page,
  shop,
}) => {
  const module = "import { debug } from '/rastro/debug.js'; rastro.use(debug({ open: true }))";
  const violations = await open(
    page,
    shop,
    `default-src 'none'; script-src 'self' ${hashOf(stub)} ${hashOf(module)}; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'`,
    `<script>${stub}</script><script async src="/rastro.js" data-key="demo"></script><script type="module">${module}</script>`,
  );
  await view(page, 'p1');
  expect(await products(shop, 1)).toEqual(['p1']);
  await expect(page.getByText('confirmed').first()).toBeVisible();
  expect(violations).toEqual([]);
});

test('by integrity: the address that never changes, with the ready tag', async ({ page, shop }) => {
  const { rastro } = await tags(shop);
  const violations = await open(
    page,
    shop,
    `default-src 'none'; script-src ${hashOf(stub)} '${rastro?.integrity}'; connect-src 'self'`,
    `<script>${stub}</script>${rastro?.tag.replace('YOUR-KEY', 'demo')}`,
  );
  await view(page, 'p1');
  expect(await products(shop, 1)).toEqual(['p1']);
  expect(violations).toEqual([]);
});

test('on a host of its own: that host in script-src and connect-src', async ({ page, shop }) => {
  const collector = `http://collect.shop.test:${new URL(shop.url).port}`;
  const violations = await open(
    page,
    shop,
    `default-src 'none'; script-src ${hashOf(stub)} ${collector}; connect-src ${collector}`,
    `<script>${stub}</script><script async src="${collector}/rastro.js" data-key="demo"></script>`,
  );
  await view(page, 'p1');
  expect(await products(shop, 1)).toEqual(['p1']);
  expect(violations).toEqual([]);
});

test('by a nonce and strict-dynamic: a script with the nonce may add the tag, as tag managers do', async ({
  page,
  shop,
}) => {
  const violations = await open(
    page,
    shop,
    "default-src 'none'; script-src 'nonce-n' 'strict-dynamic'; connect-src 'self'",
    `<script nonce="n">${stub}</script><script nonce="n">
      var script = document.createElement('script');
      script.async = true;
      script.src = '/rastro.js';
      script.setAttribute('data-key', 'demo');
      document.head.appendChild(script);
    </script>`,
  );
  await view(page, 'p1');
  expect(await products(shop, 1)).toEqual(['p1']);
  expect(violations).toEqual([]);
});

test('without connect-src nothing is lost: events wait in the browser for the policy to be repaired', async ({
  page,
  shop,
}) => {
  const scripts = `<script>${stub}</script><script async src="/rastro.js" data-key="demo"></script>`;
  const policy = `default-src 'none'; script-src 'self' ${hashOf(stub)}`;
  const violations = await open(page, shop, policy, scripts);
  await view(page, 'p1');
  await expect.poll(() => violations).toContain(`connect-src ${shop.url}/e`);
  expect(await shop.records()).toEqual([]);

  shop.serve('/csp', `<!doctype html><title>Policy</title>${scripts}`, {
    'content-security-policy': `${policy}; connect-src 'self'`,
  });
  await page.reload();
  expect(await products(shop, 1)).toEqual(['p1']);
});

test('a script that is blocked, or is not the one of its integrity, is noticed: an error event, and the stub stays a stub', async ({
  page,
  shop,
}) => {
  const { rastro } = await tags(shop);
  const watch =
    "addEventListener('error', (event) => { if (event.target.src) window.failed = event.target.src; }, true)";
  const violations = await open(
    page,
    shop,
    `default-src 'none'; script-src ${hashOf(stub)} ${hashOf(watch)}; connect-src 'self'`,
    `<script>${watch}</script><script>${stub}</script><script async src="/rastro.js" data-key="demo"></script>`,
  );
  const state = (): Promise<unknown> =>
    page.evaluate(() => {
      const { failed, rastro } = window as unknown as { failed?: string; rastro: { q: unknown } };
      return [failed && new URL(failed).pathname, Array.isArray(rastro.q)];
    });
  await expect.poll(state).toEqual(['/rastro.js', true]);
  expect(violations).toEqual([`script-src-elem ${shop.url}/rastro.js`]);

  const wrong = rastro?.tag.replace(/sha384-[^"]+/, `sha384-${createHash('sha384').update('other').digest('base64')}`);
  shop.serve('/csp', `<!doctype html><title>Policy</title><script>${watch}</script><script>${stub}</script>${wrong}`);
  await page.reload();
  await expect.poll(state).toEqual([rastro?.immutable_path, true]);
});
