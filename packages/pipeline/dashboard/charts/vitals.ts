import type { CardSpec } from '../card.js';
import { h } from '../dom.js';
import { counted, decimal, duration } from '../format.js';
import { name, shortName } from '../names.js';
import type { Row } from '../report.js';

const mostShown = 8;
const metrics = ['LCP', 'INP', 'CLS', 'FCP', 'TTFB'];
const meaning: Readonly<Record<string, string>> = {
  LCP: 'Largest Contentful Paint: until the main thing is seen',
  INP: 'Interaction to Next Paint: until the page reacts',
  CLS: 'Cumulative Layout Shift: how much the page jumps',
  FCP: 'First Contentful Paint: until anything is seen',
  TTFB: 'Time to First Byte: until the server answers',
};
const ratings: Readonly<Record<string, readonly [mark: string, text: string]>> = {
  good: ['●', 'good'],
  'needs-improvement': ['▲', 'could be better'],
  poor: ['■', 'poor'],
};

export const vitals: CardSpec = {
  id: 'vitals',
  hint: 'The web vitals plugin of the tracker measures it in visitors’ browsers.',
  reports: () => [{ name: 'vitals' }],
  draw([rows = []]) {
    if (rows.length === 0) return undefined;
    const pages = new Map<string, Row[]>();
    for (const row of rows) pages.set(row.text('page'), [...(pages.get(row.text('page')) ?? []), row]);
    const list = h('ol', { class: 'pages' });
    for (const [page, found] of [...pages].slice(0, mostShown)) list.append(line(page, found));
    const poor = rows.filter((row) => row.text('rating') === 'poor');
    const worst = poor[0];
    const label = worst
      ? `${counted(poor.length, 'measure')} of ${counted(rows.length, 'page and metric')} ${poor.length === 1 ? 'is' : 'are'} poor, first ${worst.text('metric')} of ${shortName(pageName(worst.text('page')))}.`
      : `No page is poor: ${counted(pages.size, 'page')} measured.`;
    const region = h('div', { class: 'scroll', role: 'region', tabindex: '0', 'aria-label': label }, list);
    return { label, nodes: [ratingLegend(), region] };
  },
};

const pageName = (page: string): string => page || '(page unknown)';

function ratingLegend(): HTMLElement {
  const list = h('ul', { class: 'legend' });
  for (const [rating, [mark, text]] of Object.entries(ratings))
    list.append(h('li', {}, h('span', { class: `rating ${rating}`, 'aria-hidden': 'true' }, mark), text));
  return list;
}

function line(page: string, rows: readonly Row[]): HTMLElement {
  const chips = h('dl', { class: 'vitals' });
  const order = (row: Row): number => (metrics.indexOf(row.text('metric')) + metrics.length + 1) % (metrics.length + 1);
  for (const row of [...rows].sort((a, b) => order(a) - order(b))) {
    const metric = row.text('metric');
    const [mark, text] = ratings[row.text('rating')] ?? ['', ''];
    const p75 = row.maybe('p75');
    const value = p75 === null ? '–' : metric === 'CLS' ? decimal(p75, 3) : duration(p75);
    chips.append(
      h(
        'div',
        {
          title: `${meaning[metric] ?? metric}. 75 of 100 visits are at most this. ${counted(row.number('samples'), 'sample')}: ${counted(row.number('good'), 'good one')}, ${row.number('needs_improvement')} in between, ${row.number('poor')} poor.`,
        },
        h('dt', {}, metric),
        h(
          'dd',
          {},
          h('span', { class: `rating ${row.text('rating')}`, 'aria-hidden': 'true' }, mark),
          value,
          h('span', { class: 'hidden' }, `, ${text}`),
        ),
      ),
    );
  }
  const samples = rows.reduce((sum, row) => Math.max(sum, row.number('samples')), 0);
  return h(
    'li',
    {},
    h('span', { class: 'page-name' }, name(pageName(page), 60)),
    h('span', { class: 'samples' }, counted(samples, 'visit')),
    chips,
  );
}
