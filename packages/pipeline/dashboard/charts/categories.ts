import type { CardSpec } from '../card.js';
import { h } from '../dom.js';
import { count, counted, decimal, hourName, weekdayLongName, weekdayName } from '../format.js';
import { name, shortName } from '../names.js';
import type { Row } from '../report.js';

export type By = 'hour' | 'weekday';
const ranks = 3;

/** @param by Which of the two is chosen now. */
export function categories(by: () => By): CardSpec {
  return {
    id: 'categories',
    reports: () => [{ name: `categories_by_${by()}`, params: { limit: '5' } }],
    draw([rows = []]) {
      if (rows.length === 0) return undefined;
      const column = rows[0]?.text('weekday') === '' ? 'hour' : 'weekday';
      const measure = column === 'hour' ? 'views' : 'views_per_day';
      const most = Math.max(...rows.map((row) => row.number(measure)));
      const groups = new Map<number, Row[]>();
      for (const row of rows) groups.set(row.number(column), [...(groups.get(row.number(column)) ?? []), row]);
      const list = h('ol', { class: 'slots' });
      for (const [slot, found] of groups) {
        const inner = h('ol', { class: 'ranks' });
        for (const row of found.slice(0, ranks)) inner.append(rank(row, measure, most));
        list.append(
          h(
            'li',
            {},
            h(
              'span',
              { class: 'slot', ...(column === 'weekday' ? { title: weekdayLongName(slot) } : {}) },
              column === 'hour' ? hourName(slot) : weekdayName(slot),
            ),
            inner,
          ),
        );
      }
      const best = rows.reduce((top, row) => (row.number(measure) > top.number(measure) ? row : top));
      const when =
        column === 'hour' ? `at ${hourName(best.number('hour'))}` : `on ${weekdayLongName(best.number('weekday'))}`;
      const label = `Most looked at: ${shortName(best.text('category'))} ${when}, ${column === 'hour' ? counted(best.number('views'), 'view') : `${decimal(best.number('views_per_day'))} views per day`}.`;
      const region = h('div', { class: 'scroll', role: 'region', tabindex: '0', 'aria-label': label }, list);
      return { label, nodes: [region] };
    },
  };
}

function rank(row: Row, measure: string, most: number): HTMLElement {
  const value = row.number(measure);
  const bar = h('i', { class: 'fill', 'aria-hidden': 'true' });
  bar.style.setProperty('inline-size', `${(value / most) * 100}%`);
  return h(
    'li',
    {},
    bar,
    name(row.text('category'), 40),
    h('span', { class: 'figure' }, measure === 'views' ? count(value) : decimal(value)),
  );
}
