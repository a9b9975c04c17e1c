import { ApiError, createApi } from './api.js';
import { type Card, createCard } from './card.js';
import { abandoned } from './charts/abandoned.js';
import { brands } from './charts/brands.js';
import { type By, categories } from './charts/categories.js';
import { funnel } from './charts/funnel.js';
import { heatmap } from './charts/heatmap.js';
import { kpis } from './charts/kpis.js';
import { revenue } from './charts/revenue.js';
import { visitors } from './charts/visitors.js';
import { vitals } from './charts/vitals.js';
import { createControls } from './controls.js';
import { byId, setText } from './dom.js';
import { createFeed } from './feed.js';
import {
  type DayRange,
  daysOf,
  type Filters,
  isFiltered,
  presetOf,
  readFilters,
  reportParams,
  writeFilters,
} from './filters.js';
import { clockTime } from './format.js';
import { followLive } from './live.js';
import { createLoad, type Load } from './load.js';
import { createRefresh } from './refresh.js';
import type { Facets } from './report.js';
import type { Scene } from './scene.js';
import { createStatusLine } from './status.js';
import { followTheme } from './theme.js';

// The API is beside this file, wherever the page is mounted.
const api = createApi(new URL('api/', import.meta.url));
let filters = readFilters(location.search);
let by: By = 'hour';
let abort = new AbortController();
let load: Load | undefined;

const cards: readonly Card[] = [
  kpis,
  visitors,
  funnel,
  revenue,
  heatmap,
  brands,
  abandoned,
  categories(() => by),
  vitals,
].map((spec) => {
  const card: Card = createCard(spec, () => (load ? void load.fill(card) : void update()));
  return card;
});
const controls = createControls(change);
const refresh = createRefresh(() => void update(true));
const status = createStatusLine();

function change(next: Partial<Filters>): void {
  filters = { ...filters, ...next };
  history.pushState(null, '', `${location.pathname}${writeFilters(filters)}`);
  void update();
}

/**
 * Reads all for the filters of now; what was asked before is given up.
 *
 * @param quietly Nothing changed but the data.
 */
async function update(quietly = false): Promise<void> {
  abort.abort();
  abort = new AbortController();
  const { signal } = abort;
  load = undefined;
  const asked = filters;
  controls.show(asked, asked.range === 'custom' ? { from: asked.from, to: asked.to } : undefined);
  for (const card of cards) card.loading(quietly);
  try {
    const whole = await api.facets(new URLSearchParams(), signal);
    const days = daysOf(asked, whole);
    controls.show(asked, days, presetOf(asked, whole));
    let found: Facets | undefined;
    load = createLoad(
      api,
      reportParams(asked, days),
      sceneOf(asked, days, whole, () => found),
      signal,
      quietly,
    );
    const here = load;
    const chosen = facetsFor(asked, days, whole, signal).then((facets) => {
      found = facets;
      controls.offer(whole, facets, asked);
      for (const card of cards) card.explain();
    });
    await Promise.all([...cards.map((card) => here.fill(card)), chosen.catch(ignoreAbort)]);
    if (signal.aborted) return;
    setText(byId('updated'), `Updated ${clockTime(new Date())}`);
  } catch (error) {
    if (signal.aborted) return;
    for (const card of cards) card.fail(error instanceof ApiError ? error.message : String(error));
    if (!(error instanceof ApiError)) console.error(error);
  } finally {
    if (!signal.aborted) refresh.done();
  }
}

/** What can be chosen in these days, on this site. */
function facetsFor({ site }: Filters, days: DayRange | undefined, whole: Facets, signal: AbortSignal): Promise<Facets> {
  if (!days) return Promise.resolve(whole);
  return api.facets(new URLSearchParams({ ...days, ...(site ? { site } : {}) }), signal);
}

function sceneOf(asked: Filters, days: DayRange | undefined, whole: Facets, found: () => Facets | undefined): Scene {
  const today = new Date().toISOString().slice(0, 10);
  return {
    days: days ?? { from: today, to: today },
    currency: asked.currency,
    currencies: whole.currencies,
    absence() {
      const here = found();
      if (whole.events === 0) return 'empty';
      if (!asked.bots && here && here.events > 0 && here.events === here.botEvents) return 'robots';
      if (isFiltered(asked)) return 'filters';
      return presetOf(asked, whole) === 'all' ? 'none' : 'days';
    },
    widen(absence) {
      if (absence === 'robots') change({ bots: true });
      else if (absence === 'filters') change({ site: '', currency: '', category: '' });
      else change({ range: 'all', from: '', to: '' });
    },
    chooseCurrency: (currency) => change({ currency }),
  };
}

function ignoreAbort(error: unknown): void {
  // The cards say it when the server is gone; the lists of the filters stay as they are.
  if (!(error instanceof ApiError) && (error as Error).name !== 'AbortError') console.error(error);
}

addEventListener('popstate', () => {
  filters = readFilters(location.search);
  void update();
});
for (const radio of document.querySelectorAll<HTMLInputElement>('[name="by"]')) {
  radio.addEventListener('change', () => {
    by = radio.value as By;
    const card = cards.find(({ spec }) => spec.id === 'categories');
    if (card && load) void load.fill(card);
  });
}

followTheme();
void update();

const feed = createFeed();
let flushedAt: unknown;
followLive(api.liveUrl, {
  onConnection: (connection) => status.connection(connection),
  onRecord: (record) => feed.add(record),
  onAlert: (alert) => feed.alert(alert),
  onStatus(news) {
    status.status(news);
    if (flushedAt !== undefined && flushedAt !== news.lastFlushAt) refresh.due();
    flushedAt = news.lastFlushAt ?? null;
  },
});
