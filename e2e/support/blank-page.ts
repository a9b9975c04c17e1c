import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { BrowserContext, Page } from '@playwright/test';
import { test as base, type Shop } from './fixtures.js';

/** What stands on a page beside the tracker. */
export interface Around {
  /** @default the collector's own */
  origin?: string;
  /** Before the tracker. */
  head?: string;
  headers?: Record<string, string>;
  /** Instead of the usual script tag. */
  scripts?: string;
}

interface Fixtures {
  /** Opens a page with the script tag and these attributes on it, and waits for the tracker. */
  open(attributes?: string, around?: Around): Promise<Page>;
  /** Opens a page that imports the npm build; `options` is an expression. */
  openModule(options?: string): Promise<Page>;
}

export const test = base.extend<Fixtures>({
  open: async ({ shop, context }, use) => {
    await use(async (attributes = '', { origin = shop.url, ...around } = {}) => {
      const scripts = `<script async src="/rastro.js" ${attributes.includes('data-key') ? '' : `data-key="demo"`} ${attributes}></script>`;
      return load(shop, context, origin, { scripts, ...around });
    });
  },
  openModule: async ({ shop, context }, use) => {
    await serveModule(context);
    await use((options = '{}') => {
      const scripts = `<script type="module">
        import { createTracker } from '/esm/tracker.js';
        window.rastro = createTracker({ endpoint: '/e', key: 'demo', ...${options} });
      </script>`;
      return load(shop, context, shop.url, { scripts });
    });
  },
});

/** Gives the pages of a context the npm build, at `/esm/tracker.js`. */
export async function serveModule(context: BrowserContext): Promise<void> {
  const file = fileURLToPath(new URL('../../packages/tracker/dist/tracker.js', import.meta.url));
  const body = await readFile(file, 'utf8');
  await context.route('**/esm/tracker.js', (route) => route.fulfill({ contentType: 'text/javascript', body }));
}

async function load(shop: Shop, context: BrowserContext, origin: string, around: Around): Promise<Page> {
  const page = await context.newPage();
  const { scripts = '', head = '', headers = {} } = around;
  // By the server itself: to the browser, what a route makes up may be an address of another network.
  shop.serve('/blank', `<!doctype html><html lang="en"><title>Blank</title>${head}${scripts}`, headers);
  await page.goto(`${origin}/blank`);
  await page.waitForFunction(() => 'flush' in ((window as unknown as { rastro?: object }).rastro ?? {}));
  return page;
}

/** Calls a method of the page's tracker. */
export const call = (page: Page, method: string, argument?: unknown): Promise<unknown> =>
  page.evaluate(
    ([name, value]) =>
      (window as unknown as { rastro: Record<string, (value: unknown) => unknown> }).rastro[name as string]?.(value),
    [method, argument],
  );
export const flush = async (page: Page): Promise<boolean> => (await call(page, 'flush')) as boolean;
/** Views of products `p<first>` to `p<last>`, in one task. */
export const view = (page: Page, first: number, last: number): Promise<void> =>
  page.evaluate(
    ([from, to]) => {
      const { rastro } = window as unknown as { rastro: { view(product: object): void } };
      for (let n = from; n <= to; n++) rastro.view({ product_id: `p${n}` });
    },
    [first, last] as const,
  );

/** All that a page finds of what the tracker keeps. */
export const kept = (page: Page): Promise<{ cookie: string; localStorage: string[]; databases: unknown[] }> =>
  page.evaluate(async () => ({
    cookie: document.cookie,
    localStorage: Object.keys(localStorage),
    databases: (await indexedDB.databases()).map(({ name }) => name),
  }));
