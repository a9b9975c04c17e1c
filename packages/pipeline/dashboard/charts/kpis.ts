import type { CardSpec, Drawing } from '../card.js';
import { chartDays, dayCount, toDate } from '../days.js';
import { h, svg } from '../dom.js';
import {
  absent,
  compact,
  count,
  counted,
  dayRange,
  money,
  percent,
  shortMoney,
  signedPercent,
  signedPoints,
} from '../format.js';
import { currencyOf, type Row } from '../report.js';
import type { Scene } from '../scene.js';
import { currencyNote } from './currency-note.js';

interface Figure {
  readonly title: string;
  readonly column: string;
  readonly short: (value: number) => string;
  readonly exact: (row: Row) => string;
  /** Differences of ratios are told in percentage points. */
  readonly points?: boolean;
  readonly series?: readonly number[];
  readonly below?: string;
}

export const kpis: CardSpec = {
  id: 'kpis',
  reports: () => [{ name: 'kpis' }, { name: 'visitors' }, { name: 'revenue_by_day' }],
  draw([rows = [], byDay = [], revenueByDay = []], scene) {
    const current = rows.find((row) => row.text('period') === 'current');
    const previous = rows.find((row) => row.text('period') === 'previous');
    if (!current || (current.number('sessions') === 0 && current.number('orders') === 0)) return undefined;
    const currency = current.text('currency');
    const figures = figuresOf(current, byDay, revenueByDay, currency, scene);
    const list = h('ul', { class: 'kpis' });
    for (const figure of figures) list.append(tile(figure, current, previous));
    const others = scene.currencies.filter((code) => code !== currency);
    const length = dayCount(scene.days.from, scene.days.to);
    const days = dayRange(toDate(scene.days.from), toDate(scene.days.to));
    const before = length === 1 ? 'day before' : `${count(length)} days before`;
    const range = h(
      'p',
      { class: 'note period' },
      previous && previous.number('sessions') > 0
        ? `${days}, compared with the ${before}.`
        : `${days}. Nothing to compare with: no events in the ${before}.`,
    );
    const label = figures.map((figure) => `${figure.title} ${shown(figure, current)}`).join(', ');
    const notes: Node[] = [
      h('div', { class: 'period-line' }, range, ...(currency ? [currencyNote(currency, others, scene)] : [])),
    ];
    return { label: `${label}.`, nodes: [list, ...notes] } satisfies Drawing;
  },
};

function figuresOf(
  row: Row,
  byDay: readonly Row[],
  revenueByDay: readonly Row[],
  currency: string,
  { days, currency: wanted, currencies }: Scene,
): Figure[] {
  const there = new Set(byDay.map((one) => one.text('day').slice(0, 10)));
  const { days: range, absent } = chartDays(days.from, days.to, (day) => there.has(day));
  const series = (rows: readonly Row[], column: string): number[] => {
    // Days that do not follow each other are no course.
    if (absent > 0) return [];
    const found = new Map(rows.map((one) => [one.text('day').slice(0, 10), one.number(column)]));
    return range.map((day) => found.get(day) ?? 0);
  };
  const code = currency || currencyOf(revenueByDay, wanted, currencies);
  const inCurrency = revenueByDay.filter((one) => one.text('currency') === code);
  const amount = (column: string) => ({
    short: (value: number): string => shortMoney(value, currency),
    exact: (one: Row): string =>
      money(column === 'aov' ? Math.round(one.number(column) * 100) / 100 : one.exact(column), currency),
  });
  const number = (column: string) => ({ short: compact, exact: (one: Row): string => count(one.number(column)) });
  return [
    { title: 'Revenue', column: 'revenue', ...amount('revenue'), series: series(inCurrency, 'revenue') },
    { title: 'Orders', column: 'orders', ...number('orders'), series: series(inCurrency, 'orders') },
    { title: 'Average order', column: 'aov', ...amount('aov'), series: series(inCurrency, 'aov') },
    { title: 'Visitors', column: 'visitors', ...number('visitors'), series: series(byDay, 'visitors') },
    { title: 'Sessions', column: 'sessions', ...number('sessions'), series: series(byDay, 'sessions') },
    {
      title: 'Conversion',
      column: 'conversion',
      short: percent,
      exact: (one) => percent(one.number('conversion')),
      points: true,
      below: `${count(row.number('purchase_sessions'))} of ${counted(row.number('sessions'), 'session')} bought`,
    },
  ];
}

function shown({ column, short }: Figure, row: Row): string {
  const value = row.maybe(column);
  return value === null ? absent : short(value);
}

function tile(figure: Figure, current: Row, previous: Row | undefined): HTMLElement {
  const known = current.maybe(figure.column) !== null;
  const big = h('p', { class: 'figure', ...(known ? { title: figure.exact(current) } : {}) }, shown(figure, current));
  const below = figure.below ? h('p', { class: 'below' }, figure.below) : sparkline(figure.series ?? []);
  return h('li', { class: 'kpi' }, h('h3', {}, figure.title), big, change(figure, current, previous), below);
}

function change(figure: Figure, current: Row, previous: Row | undefined): HTMLElement {
  const now = current.maybe(figure.column);
  const before = previous && previous.number('sessions') > 0 ? previous.maybe(figure.column) : null;
  if (before === null || previous === undefined) return h('p', { class: 'change' }, 'no data before');
  if (now === null) return h('p', { class: 'change' }, `before: ${figure.exact(previous)}`);
  if (before === 0 && now !== 0) return h('p', { class: 'change', 'data-trend': 'up' }, arrow('up'), 'none before');
  const difference = figure.points ? now - before : before === 0 ? 0 : (now - before) / before;
  const written = figure.points ? signedPoints(difference) : signedPercent(difference);
  const trend = /[1-9]/.test(written) ? (difference > 0 ? 'up' : 'down') : 'level';
  return h(
    'p',
    { class: 'change', 'data-trend': trend, title: `before: ${figure.exact(previous)}` },
    arrow(trend),
    h('strong', {}, written),
    h(
      'span',
      { class: 'hidden' },
      ` ${figure.points ? 'percentage points, ' : ''}${{ up: 'more than', down: 'less than', level: 'the same as' }[trend]} before, when it was ${figure.exact(previous)}`,
    ),
    h('span', { class: 'was', 'aria-hidden': 'true' }, ` from ${figure.short(before)}`),
  );
}

const arrow = (trend: 'up' | 'down' | 'level'): HTMLElement =>
  h('span', { class: 'arrow', 'aria-hidden': 'true' }, { up: '▲', down: '▼', level: '＝' }[trend]);

/** The course of it, for the eye alone: the charts below have the numbers. */
function sparkline(values: readonly number[]): Element {
  const box = { width: 120, height: 28 };
  const most = Math.max(...values, 0);
  if (values.length < 3 || most === 0) return h('p', { class: 'below', 'aria-hidden': 'true' });
  const points = values.map((value, n): [number, number] => [
    (n / (values.length - 1)) * box.width,
    box.height - 2 - (value / most) * (box.height - 4),
  ]);
  const path = points.map(([x, y], n) => `${n === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
  return svg(
    'svg',
    { class: 'spark', viewBox: `0 0 ${box.width} ${box.height}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    svg('path', { class: 'spark-area', d: `${path}L${box.width} ${box.height}L0 ${box.height}Z` }),
    svg('path', { class: 'spark-line', d: path }),
  );
}
