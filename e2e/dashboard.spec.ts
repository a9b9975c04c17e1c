import { test as base, expect, type Locator, type Page } from '@playwright/test';
import { type Answer, facets, liveAlert, liveRecord, liveStatus } from './support/dashboard-answers.js';
import { startLakeDashboard } from './support/dashboard-lake.js';
import { type FakeDashboard, startFakeDashboard } from './support/dashboard-server.js';

const cards = [
  'kpis',
  'visitors',
  'funnel',
  'revenue_by_day',
  'heatmap',
  'brands',
  'abandoned',
  'categories',
  'vitals',
];
/** What the cards are drawn from. */
const reports = [...cards.filter((id) => id !== 'categories'), 'categories_by_hour'];
const card = (page: Page, id: string): Locator => page.locator(`#card-${id}`);
const settled = async (page: Page): Promise<void> => {
  for (const id of cards) await expect(card(page, id)).not.toHaveAttribute('aria-busy', 'true');
};
const hostile = {
  image: '<img src=x onerror="window.pwned=1">',
  script: '</script><script>window.pwned=1</script>',
  turned: 'abc\u202egnp.exe',
  long: 'x'.repeat(128),
  spaceless: '🧴'.repeat(64),
  zero: 'ze\u200bro\u2066width',
  rtl: 'شامبو للشعر',
};

interface Fixtures {
  fake: FakeDashboard;
  /** Opens the page, and fails the test if its policy or a script of it complained. */
  open(query?: string): Promise<Page>;
}

const test = base.extend<Fixtures>({
  locale: 'en-US',
  timezoneId: 'America/Sao_Paulo',
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the pattern.
  fake: async ({}, use) => {
    const fake = await startFakeDashboard();
    await use(fake);
    await fake.close();
  },
  open: async ({ page, fake }, use) => {
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.exposeFunction('told', (text: string) => complaints.push(text));
    await page.addInitScript(() =>
      addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) =>
        (window as unknown as { told(text: string): void }).told(`${effectiveDirective} ${blockedURI}`),
      ),
    );
    await use(async (query = '') => {
      await page.goto(`${fake.url}/dashboard${query}`);
      return page;
    });
    expect(complaints).toEqual([]);
  },
});

const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

test('every card answers its question under the strictest policy', async ({ open }) => {
  const page = await open();
  await settled(page);
  for (const id of cards) await expect(card(page, id)).toHaveAttribute('data-state', 'chart');
  for (const id of ['visitors', 'funnel', 'revenue_by_day', 'heatmap', 'brands']) {
    const image = card(page, id).getByRole('img');
    await expect(image).toHaveCount(1);
    await expect(image).toHaveAttribute('aria-label', /^[A-Z\d].{20,}\.$/);
  }
  await expect(card(page, 'visitors').getByRole('img')).toHaveAttribute(
    'aria-label',
    'Visitors per day, Oct 4 – 31, 2026: most on Sat, Oct 24, 2026, 1,704 visitors in 2,010 sessions.',
  );
  await expect(card(page, 'heatmap').locator('rect')).toHaveCount(7 * 24);
});

test('key figures say the change in words and by how much', async ({ open, fake }) => {
  fake.change('kpis', (answer) => {
    const at = (name: string): number => answer.columns.findIndex((column) => column.name === name);
    const [current, previous] = answer.rows.map((row) => [...row]) as [unknown[], unknown[]];
    for (const [name, now, before] of [
      ['revenue', '1234567.89', '1000000.00'],
      ['orders', 90, 100],
      ['visitors', 500, 500],
      ['conversion', 0.05, 0.0375],
    ] as const) {
      current[at(name)] = now;
      previous[at(name)] = before;
    }
    return { ...answer, rows: [current, previous] };
  });
  const page = await open();
  const tile = (name: string): Locator => card(page, 'kpis').locator('.kpi').filter({ hasText: name });
  await expect(tile('Revenue').locator('.figure')).toHaveText('$1.23M');
  await expect(tile('Revenue').locator('.figure')).toHaveAttribute('title', '$1,234,567.89');
  await expect(tile('Revenue').locator('.change')).toContainText(/▲\+23% more than before, when it was \$1,000,000.00/);
  await expect(tile('Orders').locator('.change')).toContainText('▼-10% less than before, when it was 100');
  await expect(tile('Visitors').locator('.change')).toContainText('0% the same as before');
  await expect(tile('Conversion').locator('.change')).toContainText('▲+1.25 pp percentage points, more than before');
});

test('key figures without a period before say so', async ({ open }) => {
  const page = await open('?range=all');
  await expect(card(page, 'kpis').locator('.change')).toHaveText(Array(6).fill('no data before'));
  await expect(card(page, 'kpis').getByText(/Nothing to compare with: no events in the \d+ days before/)).toBeVisible();
});

test('filters change what is asked, stand in the address, and the back button takes them back', async ({
  open,
  fake,
}) => {
  const page = await open();
  await settled(page);
  expect(fake.asked).toContain('visitors?from=2026-10-04&to=2026-10-31');
  const before = await card(page, 'visitors').getByRole('img').getAttribute('aria-label');

  await page.getByLabel('7 days').check();
  await expect(page).toHaveURL(/\?range=7$/);
  await expect.poll(() => fake.asked).toContain('visitors?from=2026-10-25&to=2026-10-31');
  await page.getByLabel('Site').selectOption('beauty.example');
  await page.getByLabel('Category').fill('electronics');
  await page.getByLabel('Category').press('Enter');
  await page.getByLabel('Robots').check();
  await page.getByLabel('Clock').selectOption('local');
  await expect(page).toHaveURL(/\?range=7&site=beauty.example&category=electronics&bots=true&zone=local$/);
  await expect
    .poll(() => fake.asked)
    .toContain(
      'visitors?from=2026-10-25&to=2026-10-31&site=beauty.example&category=electronics&bots=true&utcOffsetMinutes=-180',
    );
  await settled(page);
  expect(await card(page, 'visitors').getByRole('img').getAttribute('aria-label')).not.toBe(before);

  for (let n = 0; n < 5; n++) await page.goBack();
  await expect(page).toHaveURL(/\/dashboard$/);
  await expect(page.getByLabel('Site')).toHaveValue('');
  await expect(page.getByLabel('28 days')).toBeChecked();
  await expect(card(page, 'visitors').getByRole('img')).toHaveAttribute('aria-label', before as string);
});

test('an address with filters opens with them, and nonsense in it is left alone', async ({ open, fake }) => {
  const page = await open('?from=2026-09-10&to=2026-09-12&currency=EUR&site=%3Cb%3E&zone=mars&bots=1');
  await settled(page);
  await expect(page.getByLabel('First day')).toHaveValue('2026-09-10');
  await expect(page.getByLabel('Currency')).toHaveValue('EUR');
  await expect(page.getByLabel('Site')).toHaveValue('<b>');
  await expect(page.getByLabel('Robots')).not.toBeChecked();
  expect(fake.asked).toContain('funnel?from=2026-09-10&to=2026-09-12&site=%3Cb%3E&currency=EUR');
  await expect(card(page, 'revenue_by_day').getByText('Amounts in EUR.')).toBeVisible();

  await page.getByRole('button', { name: 'Reset', exact: true }).click();
  await expect(page).toHaveURL(/\/dashboard$/);
});

test('dates are chosen by hand, and the first is never after the last', async ({ open, fake }) => {
  const page = await open();
  await settled(page);
  await page.getByLabel('Last day').fill('2026-10-10');
  await expect(page).toHaveURL(/from=2026-10-04&to=2026-10-10/);
  await page.getByLabel('First day').fill('2026-10-20');
  await expect(page).toHaveURL(/from=2026-10-20&to=2026-10-20/);
  await expect.poll(() => fake.asked).toContain('kpis?from=2026-10-20&to=2026-10-20');
  await settled(page);
  // One day is no line.
  await expect(card(page, 'visitors').getByText('Oct 20: visitors')).toBeVisible();
});

test('amounts of two currencies are never added up', async ({ open, fake }) => {
  fake.change('revenue_by_day', (answer) => ({
    ...answer,
    rows: answer.rows.flatMap((row) => [row, row.map((value) => (value === 'USD' ? 'EUR' : value))]),
  }));
  const page = await open();
  const revenue = card(page, 'revenue_by_day');
  await expect(revenue.getByRole('img')).toHaveAttribute('aria-label', /^Revenue per day in USD/);
  await expect(revenue.getByText('Amounts in USD alone. Also there: EUR')).toBeVisible();
  await revenue.getByRole('button', { name: 'EUR' }).click();
  await expect(page).toHaveURL(/\?currency=EUR$/);
  await expect(revenue.getByRole('img')).toHaveAttribute('aria-label', /^Revenue per day in EUR/);
});

test('the table has the numbers of the chart, and the link the same question as CSV', async ({ open, fake }) => {
  const page = await open('?range=7&site=shop.example');
  await settled(page);
  for (const id of cards) {
    const section = card(page, id);
    const href = await section.getByRole('link', { name: 'CSV' }).getAttribute('href');
    const report = id === 'categories' ? 'categories_by_hour' : id;
    expect(new URL(href as string).pathname).toBe(`/dashboard/api/reports/${report}.csv`);
    const csv = (await (await fetch(href as string)).text()).trim().split('\r\n');
    await section.getByRole('button', { name: 'Show as table' }).click();
    await expect(section.getByRole('row')).toHaveCount(csv.length);
    await expect(section.getByRole('columnheader')).toHaveCount((csv[0] as string).split(',').length);
  }
  const visitors = card(page, 'visitors');
  const rows = (await (
    await fetch(`${fake.url}/dashboard/api/reports/visitors?from=2026-10-25&to=2026-10-31&site=shop.example`)
  ).json()) as { rows: unknown[][] };
  const wanted = rows.rows.map((row) => row.slice(1).map((value) => (value as number).toLocaleString('en-US')));
  const shown = await visitors
    .locator('tbody tr')
    .evaluateAll((lines) => lines.map((line) => [...line.querySelectorAll('td')].map((cell) => cell.textContent)));
  expect(shown).toEqual(wanted);
  await visitors.getByRole('button', { name: 'Show as chart' }).click();
  await expect(visitors.getByRole('img')).toBeVisible();
});

test('nothing there yet: the page says what to do', async ({ open, fake }) => {
  fake.facets({
    ...facets,
    firstDay: null,
    lastDay: null,
    events: 0,
    botEvents: 0,
    sites: [],
    currencies: [],
    categories: [],
  });
  for (const report of reports) {
    fake.change(report, (answer) => ({ ...answer, rows: [] }));
  }
  const page = await open();
  for (const id of cards) await expect(card(page, id).getByText('Nothing has arrived yet.')).toBeVisible();
});

test('nothing within the filters: one button leaves them out', async ({ open, fake }) => {
  fake.change('abandoned', (answer) => (answer.params['category'] ? { ...answer, rows: [] } : answer));
  const page = await open('?category=nothing');
  await card(page, 'abandoned').getByRole('button', { name: 'Reset the filters' }).click();
  await expect(page).toHaveURL(/\/dashboard$/);
  await expect(card(page, 'abandoned').getByText('Galaxy S10 128 GB', { exact: true })).toBeVisible();
});

test('who has no more than a month sees all of it, anyone else the last 28 days', async ({ open, fake }) => {
  fake.facets({ ...facets, firstDay: '2026-10-01' });
  const page = await open();
  await settled(page);
  await expect(page.getByLabel('All', { exact: true })).toBeChecked();
  expect(fake.asked).toContain('visitors?from=2026-10-01&to=2026-10-31');
  fake.facets({ ...facets, firstDay: '2026-09-30' });
  await page.getByRole('button', { name: 'Refresh', exact: true }).click();
  await expect(page.getByLabel('28 days')).toBeChecked();
  await expect.poll(() => fake.asked).toContain('visitors?from=2026-10-04&to=2026-10-31');
  await page.getByLabel('All', { exact: true }).check();
  await expect(page).toHaveURL(/\?range=all$/);
});

test('events outside the chosen days are told of, and one press leads to them', async ({ open, fake }) => {
  fake.facetsWithin({ ...facets, events: 12, botEvents: 0 });
  const page = await open();
  const told = page.getByText('12 of 412,806 events in these days');
  await expect(told).toBeVisible();
  fake.facetsWithin(facets);
  await page.getByRole('button', { name: 'Show all days' }).click();
  await expect(page).toHaveURL(/\?range=all$/);
  await expect(page.getByText('412,806 events in these days', { exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Show all days' })).toBeHidden();
  await expect(page.getByLabel('All', { exact: true })).toBeFocused();
});

test('where only robots came the cards say so, and one press counts them', async ({ open, fake }) => {
  fake.facetsWithin({ ...facets, events: 12, botEvents: 12 });
  for (const report of reports)
    fake.change(report, (answer) => (answer.params['bots'] ? answer : { ...answer, rows: [] }));
  const page = await open();
  for (const id of cards) await expect(card(page, id).getByText('Only robots came in these days.')).toBeVisible();
  await expect(page.getByText('12 robot events left out')).toBeVisible();
  await card(page, 'kpis').getByRole('button', { name: 'Count robots' }).click();
  await expect(page).toHaveURL(/\?bots=true$/);
  await expect(card(page, 'visitors').getByRole('img')).toBeVisible();
  await expect(page.getByLabel('Robots')).toBeChecked();
});

test('days that stand alone are columns, and the days left out are counted', async ({ open, fake }) => {
  const few = (answer: Answer): Answer => ({ ...answer, rows: [...answer.rows.slice(0, 2), ...answer.rows.slice(-1)] });
  fake.change('visitors', few);
  fake.change('revenue_by_day', few);
  const page = await open();
  for (const [id, what] of [
    ['visitors', 'events'],
    ['revenue_by_day', 'orders'],
  ] as const) {
    await expect(card(page, id).getByText(`Only days with ${what} are drawn: 25 other days had none.`)).toBeVisible();
    await expect(card(page, id).locator('[aria-label="bar"] rect, [aria-label="bar"] path')).toHaveCount(3);
  }
});

test('nobody counts half visitors', async ({ open, fake }) => {
  fake.change('visitors', (answer) => ({
    ...answer,
    rows: answer.rows.map(([day, ...counts]) => [day, ...counts.map(() => 1)]),
  }));
  const page = await open();
  await expect(card(page, 'visitors').locator('[aria-label="y-axis tick label"] text')).toHaveText(['0', '1']);
});

test('on a phone the figures are on the first screen, and the rest of the filters a press away', async ({
  open,
  page,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open('?site=beauty.example');
  await settled(page);
  await expect(card(page, 'kpis').locator('.figure').first()).toBeInViewport();
  await expect(page.getByLabel('Site')).toBeHidden();
  const more = page.getByRole('button', { name: 'Filters (1)' });
  await expect(more).toHaveAttribute('aria-expanded', 'false');
  await more.click();
  await expect(more).toHaveAttribute('aria-expanded', 'true');
  await page.getByLabel('Site').selectOption('');
  await expect(page).toHaveURL(/\/dashboard$/);
});

test('reading anew leaves what stands there as it is, without a flicker', async ({ open, fake }) => {
  const page = await open();
  await settled(page);
  const before = await card(page, 'visitors').locator('svg').elementHandle();
  const release = fake.hold();
  const asked = fake.asked.length;
  await page.getByRole('button', { name: 'Refresh', exact: true }).click();
  await expect.poll(() => fake.asked.length).toBeGreaterThan(asked);
  await expect(page.locator('[data-stale]')).toHaveCount(0);
  release();
  await expect.poll(() => fake.asked.length).toBeGreaterThan(asked + cards.length);
  await settled(page);
  const after = await card(page, 'visitors').locator('svg').elementHandle();
  expect(await page.evaluate(([one, other]) => one === other && one?.isConnected, [before, after])).toBe(true);
});

test('a report that fails says why and is asked again; the others stand', async ({ open, fake }) => {
  fake.fail('brands', 503, { error: 'busy', message: 'Too many questions at once: <b>wait</b>.' });
  const page = await open();
  await settled(page);
  const brands = card(page, 'brands');
  await expect(brands.getByRole('alert')).toContainText('Too many questions at once: <b>wait</b>.');
  await expect(card(page, 'visitors')).toHaveAttribute('data-state', 'chart');
  fake.fail('brands', undefined);
  const asked = fake.asked.length;
  await brands.getByRole('button', { name: 'Try again' }).click();
  await expect(brands.getByRole('img')).toBeVisible();
  expect(fake.asked.slice(asked)).toEqual(['brands?from=2026-10-04&to=2026-10-31']);
});

test('a server that is not there is said on every card', async ({ open, fake }) => {
  fake.fail('*', 500, {});
  const page = await open();
  for (const id of cards) await expect(card(page, id).getByText('The server answered 500.')).toBeVisible();
});

for (const [width, height] of [
  [1280, 720],
  [320, 640],
] as const) {
  test(`until answers come a page ${width} pixels wide has its form, and then moves nothing`, async ({
    open,
    fake,
    page,
  }) => {
    await page.setViewportSize({ width, height });
    const release = fake.hold();
    await open();
    await expect(card(page, 'visitors')).toHaveAttribute('aria-busy', 'true');
    await expect(card(page, 'visitors').locator('.skeleton')).toBeVisible();
    const places = (): Promise<number[]> =>
      page.evaluate(() =>
        [...document.querySelectorAll('main section')].map((section) =>
          Math.round(section.getBoundingClientRect().top),
        ),
      );
    await expect(page.locator('#rate')).not.toBeEmpty();
    const before = await places();
    release();
    await settled(page);
    await expect(card(page, 'visitors').getByRole('img')).toBeVisible();
    expect(await places()).toEqual(before);
  });
}

test('filters that change give up what was asked for the old ones, and never show it', async ({ open, fake }) => {
  const page = await open();
  await settled(page);
  const release = fake.hold();
  await page.getByLabel('Site').selectOption('shop.example');
  await expect.poll(() => fake.asked.length).toBeGreaterThan(10);
  await expect(card(page, 'visitors')).toHaveAttribute('data-stale');
  await page.getByLabel('Site').selectOption('beauty.example');
  release();
  await settled(page);
  await expect(page).toHaveURL(/site=beauty.example/);
  const href = await card(page, 'visitors').getByRole('link', { name: 'CSV' }).getAttribute('href');
  expect(href).toContain('site=beauty.example');
  expect(
    fake.asked.filter((question) => question.startsWith('vitals') && question.includes('site=shop.example')),
  ).toEqual([]);
});

test('no more than four questions are asked at once, and none twice', async ({ open, fake }) => {
  const page = await open();
  await settled(page);
  expect(new Set(fake.asked).size).toBe(fake.asked.length);
  const release = fake.hold('facets');
  const before = fake.asked.length;
  await page.getByRole('button', { name: 'Refresh', exact: true }).click();
  // The days there are, what lies within those chosen, and then four.
  await expect.poll(() => fake.asked.length - before).toBe(6);
  release();
  await settled(page);
  const marks = await page.evaluate(() =>
    performance
      .getEntriesByType('measure')
      .map(({ name }) => name)
      .filter((name) => name.startsWith('rastro:')),
  );
  expect([...new Set(marks)].sort()).toEqual(cards.map((id) => `rastro:chart:${id}`).sort());
});

test('the live feed shows records and alerts, at most a hundred, and stops when told', async ({ open, fake }) => {
  const page = await open();
  await expect.poll(fake.followers).toBe(1);
  const rows = page.locator('#feed > li');
  await expect(page.getByText('Each view, cart and purchase shows up here as it passes.')).toBeVisible();
  fake.tell('record', liveRecord(0));
  await expect(rows).toHaveCount(1);
  await expect(rows.first()).toContainText('Galaxy S10 128 GB');
  await expect(rows.first()).toContainText('$462.03');

  fake.tell('alert', liveAlert);
  const alerts = page.getByRole('list', { name: 'Alerts, newest first' }).getByRole('listitem');
  await expect(alerts).toContainText('557790271 did 148 things in one minute; people do at most 60.');
  await expect(page.locator('#feed-told')).toHaveText('Alert: 557790271 acts faster than people do.');
  fake.tell('status', { ...liveStatus, recordsPerSecond: 1234.5, lagMs: 125_000, alerts: 1 });
  await expect(page.locator('#rate')).toHaveText('1,234.5 records/s · 412,806 in all · ⚠ 2 min behind · ⚠ 1 alert');

  await page.getByRole('button', { name: 'Pause' }).click();
  for (let n = 1; n <= 130; n++) fake.tell('record', liveRecord(n));
  await expect(page.getByRole('button', { name: 'Resume (130 new)' })).toBeVisible();
  await expect(rows).toHaveCount(1);
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(rows).toHaveCount(100);
  await expect(rows.first().locator('time')).toHaveAttribute('datetime', liveRecord(130)['event_time'] as string);
});

test('a feed that breaks off is said, and followed again without telling anything twice', async ({ open, fake }) => {
  const page = await open();
  await expect(page.locator('#connection')).toHaveText('Live');
  fake.tell('record', liveRecord(0));
  fake.tell('alert', liveAlert);
  await expect(page.locator('#feed > li')).toHaveCount(1);
  await expect(page.locator('#alerts > li')).toHaveCount(1);
  fake.failFeed(503);
  await expect(page.locator('#connection')).toHaveText('Not live: the feed does not answer, trying again');
  await expect(page.locator('#rate')).toBeEmpty();
  fake.failFeed(undefined);
  await expect(page.locator('#connection')).toHaveText('Live', { timeout: 20_000 });
  fake.tell('record', liveRecord(1));
  await expect(page.locator('#feed > li').first()).toContainText('Gel polish');
  await expect(page.locator('#feed > li')).toHaveCount(2);
  await expect(page.locator('#alerts > li')).toHaveCount(1);
});

test('names of any kind are text: no script runs, nothing turns round, nothing overflows', async ({
  open,
  fake,
  page,
}) => {
  const names = Object.values(hostile);
  const put =
    (...columns: number[]) =>
    (answer: { rows: readonly (readonly unknown[])[] }) =>
      answer.rows.map((row, n) =>
        row.map((value, at) => (columns.includes(at) ? (names[n % names.length] ?? value) : value)),
      );
  fake.facets({ ...facets, sites: names, currencies: ['USD', '<b>'], categories: names });
  for (const [report, ...columns] of [
    ['abandoned', 0, 1, 2],
    ['brands', 0],
    ['categories_by_hour', 2],
    ['vitals', 0],
    ['funnel', 1],
  ] as const) {
    fake.change(report, (answer) => ({ ...answer, rows: put(...columns)(answer) }));
  }
  await page.setViewportSize({ width: 320, height: 640 });
  await open();
  await settled(page);
  for (const [n, name] of names.entries()) {
    fake.tell('record', {
      ...liveRecord(n),
      product: name,
      brand: name,
      category: name,
      user: name,
      site: name,
      event_type: n % 2 ? name : 'view',
    });
  }
  fake.tell('alert', { ...liveAlert, user_id: hostile.image, site: hostile.long, events: { [hostile.script]: 3 } });
  await expect(page.locator('#feed > li')).toHaveCount(names.length);
  await expect(page.locator('#alerts > li')).toHaveCount(1);
  expect(await overflow(page)).toBe(0);
  await expect(card(page, 'abandoned')).toContainText(hostile.image);
  await expect(card(page, 'abandoned')).toContainText('abc\\u202egnp.exe');
  for (const id of cards) await card(page, id).getByRole('button', { name: 'Show as table' }).click();
  expect(await overflow(page)).toBe(0);
  expect(await page.locator('main img, main script').count()).toBe(0);
  expect(await page.evaluate(() => 'pwned' in window)).toBe(false);
  const text = await page.evaluate(() => document.body.textContent ?? '');
  expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b]/);
});

for (const width of [320, 768, 1440]) {
  test(`${width} pixels wide there is nothing to scroll sideways`, async ({ open, page }) => {
    await page.setViewportSize({ width, height: 800 });
    await open();
    await settled(page);
    expect(await overflow(page)).toBe(0);
  });
}

test('the theme is the system’s until another is chosen, and that is remembered', async ({ open, page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await open();
  const background = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await background();
  const button = page.getByRole('button', { name: 'Dark theme' });
  await expect(button).toHaveAttribute('aria-pressed', 'true');
  await button.click();
  const light = await background();
  expect(light).not.toBe(dark);
  await page.reload();
  await expect(button).toHaveAttribute('aria-pressed', 'false');
  expect(await background()).toBe(light);
});

test('everything is reached and worked by the keyboard, and is seen to be', async ({ open }) => {
  const page = await open();
  await settled(page);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the figures' })).toBeFocused();
  const seen: string[] = [];
  for (let n = 0; n < 90; n++) {
    await page.keyboard.press('Tab');
    const now = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement;
      if (element === document.body) return undefined;
      const shown = element.matches('input[type=radio]') ? (element.nextElementSibling as HTMLElement) : element;
      const { outlineStyle, outlineWidth } = getComputedStyle(shown);
      return {
        name: element.id || element.className || element.textContent || element.tagName,
        outline: `${outlineStyle} ${outlineWidth}`,
      };
    });
    if (!now) break;
    expect(now).toEqual({ name: now.name, outline: 'solid 2px' });
    seen.push(now.name);
  }
  for (const id of [
    'refresh',
    'auto-refresh',
    'theme',
    'from',
    'to',
    'site',
    'currency',
    'category',
    'zone',
    'bots',
    'pause',
  ]) {
    expect(seen).toContain(id);
  }
  expect(seen.filter((name) => name.startsWith('as-table'))).toHaveLength(cards.length);
  expect(seen.filter((name) => name.startsWith('csv'))).toHaveLength(cards.length);

  await page.getByLabel('28 days').focus();
  await page.keyboard.press('ArrowLeft');
  await expect(page).toHaveURL(/\?range=7$/);
  await card(page, 'funnel').getByRole('button', { name: 'Show as table' }).focus();
  await page.keyboard.press('Space');
  await expect(card(page, 'funnel').getByRole('table')).toBeVisible();
});

test('headings and landmarks name every part', async ({ open }) => {
  const page = await open();
  await settled(page);
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
  for (const role of ['banner', 'main', 'contentinfo'] as const) await expect(page.getByRole(role)).toHaveCount(1);
  await expect(page.getByRole('form', { name: 'Filters' })).toBeVisible();
  for (const id of [...cards, 'live']) {
    const title = await card(page, id).locator('h2').textContent();
    await expect(page.getByRole('region', { name: title as string, exact: true })).toHaveCount(1);
  }
});

for (const scheme of ['light', 'dark'] as const) {
  test(`contrast is at least AA in the ${scheme} theme`, async ({ open, page }) => {
    await page.emulateMedia({ colorScheme: scheme });
    await open();
    const ratios = await page.evaluate(() => {
      const probe = document.createElement('i');
      document.body.append(probe);
      const luminance = (token: string): number => {
        probe.style.color = `var(--${token})`;
        const [r = 0, g = 0, b = 0] = (getComputedStyle(probe).color.match(/[\d.]+/g) ?? []).map((part) => {
          const value = Number(part) / 255;
          return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const ratio = (one: string, other: string): number => {
        const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
        return (light + 0.05) / (dark + 0.05);
      };
      const grounds = ['surface', 'page', 'raised'];
      const inks = ['text', 'muted', 'accent', 'up', 'down', 'danger', 'warn'];
      const text = inks.flatMap((ink) => grounds.map((ground) => [ink, ground] as const));
      text.push(
        ['text', 'accent-soft'],
        ['text', 'danger-soft'],
        ['danger', 'danger-soft'],
        ['warn', 'warn-soft'],
        ['on-accent', 'accent'],
        ['text', 'series-1-soft'],
        ['text', 'track'],
        ['warn', 'attention-soft'],
        ['text', 'attention-soft'],
      );
      const graphics = ['series-1', 'series-2', 'attention', 'removed', 'control', 'axis', 'heat-5'].map(
        (ink) => [ink, 'surface'] as const,
      );
      return [
        ...text.map(([a, b]) => [a, b, ratio(a, b), 4.5] as const),
        ...graphics.map(([a, b]) => [a, b, ratio(a, b), 3] as const),
      ];
    });
    expect(ratios.length).toBeGreaterThan(30);
    expect(ratios.filter(([, , ratio, least]) => ratio < least)).toEqual([]);
  });
}

test('new data is shown by itself, with what someone has open left as it is', async ({ open, fake, page }) => {
  await page.clock.install();
  await open();
  await settled(page);
  await card(page, 'funnel').getByRole('button', { name: 'Show as table' }).click();
  await page.locator('h1').click();
  const before = fake.asked.length;
  fake.tell('status', { ...liveStatus, lastFlushAt: '2026-10-31T18:01:00.000Z' });
  await page.clock.runFor(5_000);
  expect(fake.asked.length).toBe(before);
  await expect
    .poll(async () => {
      await page.clock.runFor(5_000);
      return fake.asked.length;
    })
    .toBeGreaterThan(before);
  await settled(page);
  await expect(card(page, 'funnel').getByRole('table')).toBeVisible();
});

test('over a lake, with the server that ships: the page shows what the engine answers', async ({ page }) => {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  const lake = await startLakeDashboard();
  try {
    await page.goto(`${lake.url}/dashboard?range=all`);
    await settled(page);
    for (const id of cards) await expect(card(page, id)).toHaveAttribute('data-state', 'chart');
    const figures = card(page, 'kpis').locator('.figure');
    // Six orders of 10.50; ten visitors in thirty sessions; the robot is left out.
    await expect(figures).toHaveText(['R$63.00', '6', 'R$10.50', '10', '30', '20%']);
    await expect(page.locator('#bots-told')).toHaveText('6 robot events left out');
    await expect(card(page, 'funnel').getByRole('img')).toHaveAttribute(
      'aria-label',
      'Of 30 sessions, 12 (40%) reached the cart and 6 (20%) bought.',
    );
    await expect(card(page, 'abandoned').locator('.bar-name').first()).toHaveText('<b>Lamp</b> 0');
    await page.getByLabel('Robots').check();
    await expect(figures.nth(4)).toHaveText('33');
    const href = await card(page, 'visitors').getByRole('link', { name: 'CSV' }).getAttribute('href');
    expect(await (await fetch(href as string)).text()).toContain('2026-10-01,11,11,11,4,2');

    lake.live.add({
      event_type: 'view',
      event_time: '2026-10-03T10:00:00.000Z',
      product_id: 'p1',
      site: 'shop.example',
    });
    await expect(page.locator('#feed > li')).toHaveCount(1);
    expect(complaints).toEqual([]);
  } finally {
    await page.close();
    await lake.close();
  }
});
