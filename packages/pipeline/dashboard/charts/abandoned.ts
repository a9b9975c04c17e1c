import type { CardSpec } from '../card.js';
import { h } from '../dom.js';
import { count, counted, money, percent } from '../format.js';
import { name, shortName } from '../names.js';
import type { Row } from '../report.js';

const mostShown = 8;

/** The name people know: the product's, else its brand and id. */
function productName(row: Row): string {
  const named = row.text('product_name');
  if (named) return named;
  return [row.text('brand'), row.text('product_id')].filter(Boolean).join(' ');
}

export const abandoned: CardSpec = {
  id: 'abandoned',
  reports: () => [{ name: 'abandoned' }],
  draw([rows = []]) {
    const left = rows.filter((row) => row.number('abandoned') > 0);
    const [first] = left;
    if (!first) return undefined;
    const most = Math.max(...left.map((row) => row.number('carts')));
    const list = h('ol', { class: 'bars' });
    for (const row of left.slice(0, mostShown)) list.append(line(row, most));
    const more = left.length - mostShown;
    const label = `Most often left in a cart: ${shortName(productName(first))}, ${count(first.number('abandoned'))} of ${counted(first.number('carts'), 'cart')}.`;
    const note = h('p', { class: 'note' }, more > 0 ? `${count(more)} more in the table.` : '');
    return { label, nodes: [legendOf(), list, note] };
  },
};

function legendOf(): HTMLElement {
  const list = h('ul', { class: 'legend' });
  for (const [key, text] of [
    ['attention', 'Left behind'],
    ['removed', 'Taken out'],
    ['solid', 'Bought'],
  ] as const) {
    list.append(h('li', {}, h('i', { class: `key key-${key}`, 'aria-hidden': 'true' }), text));
  }
  return list;
}

function line(row: Row, most: number): HTMLElement {
  const bar = h('span', { class: 'stack', 'aria-hidden': 'true' });
  for (const part of ['abandoned', 'removed', 'bought'] as const) {
    const piece = h('i', { class: `part-${part}` });
    piece.style.setProperty('inline-size', `${(row.number(part) / most) * 100}%`);
    bar.append(piece);
  }
  const currency = row.text('currency');
  const rate = row.maybe('abandoned_rate');
  return h(
    'li',
    {},
    h('span', { class: 'bar-name' }, name(productName(row), 60)),
    h('span', { class: 'bar-value' }, h('strong', {}, money(row.exact('abandoned_value'), currency))),
    bar,
    h(
      'span',
      { class: 'bar-detail' },
      `${count(row.number('abandoned'))} of ${counted(row.number('carts'), 'cart')} left${rate === null ? '' : `, ${percent(rate)}`}`,
    ),
  );
}
