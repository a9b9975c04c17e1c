/** The pages of the platforms: what their adapters make of each sample in a browser is what the docs say. */
import { readFile } from 'node:fs/promises';
import { test as base, expect } from '@playwright/test';
import { type DevServer, startDevServer } from '@rastro/collector/dev';
import { platformList, platforms } from '@rastro/example-platforms';
import { readStream } from './support/read-stream.js';

const test = base.extend<{ server: DevServer }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the pattern.
  server: async ({}, use) => {
    const server = await startDevServer({
      port: 0,
      register: async (app) => {
        await app.register(platforms);
      },
    });
    await use(server);
    await server.close();
  },
});

/** Rows of the table of a platform's page in the docs. */
async function documented(slug: string): Promise<{ sample: string; outcome: string; records: number }[]> {
  const text = await readFile(new URL(`../docs/platforms/${slug}.md`, import.meta.url), 'utf8');
  const [, table = ''] = /<!-- samples -->([\s\S]*?)<!-- \/samples -->/.exec(text) ?? [];
  return [...table.matchAll(/^\| ([\w/.-]+\/[\w.-]+) \| (\w+) \| .*? \| (\d*) \| /gm)].map(
    ([, sample = '', outcome = '', records = '']) => ({ sample, outcome, records: Number(records) }),
  );
}

for (const { slug, title } of platformList)
  test(`${title}: each sample, told by the platform's own hook, becomes what the docs say`, async ({
    page,
    server,
  }) => {
    const rows = await documented(slug);
    expect(rows.length).toBeGreaterThan(0);
    await page.goto(`${server.url}/platforms/${slug}`);
    await expect(page.locator('body[data-ready]')).toBeVisible();
    await page.getByRole('button', { name: 'Play all' }).click();
    await expect(page.getByRole('status')).toHaveText(`Played ${rows.length}`, { timeout: 20_000 });
    const outcomes = await page
      .locator('[data-sample]')
      .evaluateAll((all) => all.map((row) => [row.getAttribute('data-sample'), row.getAttribute('data-played')]));
    expect(outcomes).toEqual(rows.map(({ sample, outcome }) => [sample, outcome]));
    // Samples of one order or one call are one on the stream, too: ids tell them apart.
    const { endpoint = '', region = '', streamName, deadLetterStreamName } = server.streams;
    const most = rows.reduce((sum, { records }) => sum + records, 0);
    await expect.poll(async () => (await readStream(endpoint, region, streamName)).length).toBe(most);
    expect(await readStream(endpoint, region, deadLetterStreamName)).toEqual([]);
  });

test('the pages list one another, and show what they play', async ({ page, server }) => {
  await page.goto(`${server.url}/platforms/`);
  for (const { title } of platformList)
    await expect(page.getByRole('heading', { name: title, exact: true })).toBeVisible();
  await page.getByRole('navigation').getByRole('link', { name: 'VTEX' }).click();
  await expect(page.getByRole('link', { name: 'VTEX' })).toHaveAttribute('aria-current', 'page');
  await page.getByText('Payload of orderPlaced').click();
  await expect(page.getByText('"orderGroup": "1310750551387"')).toBeVisible();
});
