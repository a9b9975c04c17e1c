import { axisX, axisY, dot, gridX, gridY, pointer, rect, ruleX, ruleY, text, tip } from '@observablehq/plot';
import type { CardSpec } from '../card.js';
import { h } from '../dom.js';
import { count, counted, percent, tick } from '../format.js';
import { brandName, name, shortName } from '../names.js';
import { chart, legend, ticksFor } from '../plot.js';

interface Brand {
  readonly name: string;
  readonly none: boolean;
  readonly views: number;
  readonly purchases: number;
  readonly conversion: number;
  readonly judged: boolean;
  readonly needsMarketing: boolean;
}

const height = 340;
const letterWidth = 6.6;
const mostNamed = 8;

export const brands: CardSpec = {
  id: 'brands',
  reports: () => [{ name: 'brands' }],
  fluid: true,
  draw([rows = []], _scene, width) {
    if (rows.length === 0) return undefined;
    const all: Brand[] = rows.map((row) => ({
      name: brandName(row.text('brand')),
      none: row.text('brand') === '',
      views: row.number('views'),
      purchases: row.number('purchases'),
      conversion: row.number('conversion'),
      judged: row.is('judged'),
      needsMarketing: row.is('needs_marketing'),
    }));
    const averageViews = rows[0]?.maybe('average_views') ?? null;
    const averageConversion = rows[0]?.maybe('average_conversion') ?? null;
    const judged = all.filter((brand) => brand.judged);
    const needing = judged.filter((brand) => brand.needsMarketing);
    // A brand with three views and two purchases must not flatten all others: what is above lies on the upper edge.
    const top = Math.max(0.005, ...(judged.length > 0 ? judged : all).map(({ conversion }) => conversion)) * 1.12;
    const most = Math.max(10, ...all.map(({ views }) => views)) * 1.6;
    const label =
      needing.length === 0
        ? judged.length === 0
          ? `None of ${counted(all.length, 'brand')} has enough views to be judged.`
          : `None of ${counted(judged.length, 'brand')} with enough views is looked at often and bought seldom.`
        : `${needing.length === 1 ? '1 brand is' : `${count(needing.length)} brands are`} looked at often and bought seldom: ${needing
            .slice(0, 5)
            .map((brand) => shortName(brand.name))
            .join(', ')}${needing.length > 5 ? ' and others' : ''}.`;
    const title = (brand: Brand): string =>
      `${shortName(brand.name, 40)}\n${counted(brand.views, 'view')}, ${counted(brand.purchases, 'purchase')}\n${percent(brand.conversion)} of views bought${brand.needsMarketing ? '\nneeds marketing' : ''}${brand.judged ? '' : '\ntoo few views to judge'}`;
    const frame = { left: 48, right: 14, top: 22, bottom: 42 };
    const lowest = Math.min(...all.map(({ views }) => views));
    const x = (views: number): number =>
      frame.left + (Math.log(views / lowest) / Math.log(most / lowest)) * (width - frame.left - frame.right);
    const y = (ratio: number): number =>
      frame.top + (1 - Math.min(ratio, top) / top) * (height - frame.top - frame.bottom);
    const named = place(
      [...needing.slice(0, mostNamed), ...judged.filter((brand) => brand.none && !brand.needsMarketing)],
      judged,
      x,
      y,
      width,
    );
    const quadrant =
      averageViews !== null && averageConversion !== null
        ? [{ x1: averageViews, x2: most, y1: 0, y2: averageConversion }]
        : [];
    const { node } = chart(label, {
      width,
      height,
      marginLeft: frame.left,
      marginRight: frame.right,
      marginTop: frame.top,
      marginBottom: frame.bottom,
      x: { type: 'log', domain: [lowest, most] },
      y: { domain: [0, top], clamp: true },
      marks: [
        rect(quadrant, { x1: 'x1', x2: 'x2', y1: 'y1', y2: 'y2', fill: 'var(--attention-soft)' }),
        gridX({ ticks: ticksFor(width, 110), stroke: 'var(--grid)', strokeOpacity: 1 }),
        gridY({ ticks: 5, stroke: 'var(--grid)', strokeOpacity: 1 }),
        axisX({
          ticks: ticksFor(width, 110),
          tickSize: 0,
          tickPadding: 8,
          tickFormat: tick,
          label: 'views →',
          labelAnchor: 'right',
          labelArrow: 'none',
        }),
        axisY({
          ticks: 5,
          tickSize: 0,
          tickPadding: 8,
          tickFormat: percent,
          label: '↑ purchases per view',
          labelAnchor: 'top',
          labelArrow: 'none',
        }),
        averageConversion === null
          ? null
          : ruleY([averageConversion], { stroke: 'var(--axis)', strokeDasharray: '4 3' }),
        averageViews === null ? null : ruleX([averageViews], { stroke: 'var(--axis)', strokeDasharray: '4 3' }),
        averageConversion === null
          ? null
          : text([averageConversion], {
              x: lowest,
              y: (d: number) => d,
              text: (d: number) => `average ${percent(d)}`,
              textAnchor: 'start',
              dx: 4,
              dy: -8,
              fill: 'var(--muted)',
            }),
        averageViews === null
          ? null
          : text([averageViews], {
              x: (d: number) => d,
              y: top,
              text: (d: number) => `average ${count(d)}`,
              textAnchor: 'start',
              dx: 5,
              dy: 8,
              fill: 'var(--muted)',
            }),
        dot(
          all.filter((brand) => !brand.judged),
          { x: 'views', y: 'conversion', r: 2.5, stroke: 'var(--series-2)', strokeOpacity: 0.75 },
        ),
        dot(
          judged.filter((brand) => !brand.needsMarketing),
          { x: 'views', y: 'conversion', r: 4.5, fill: 'var(--series-1)', stroke: 'var(--surface)' },
        ),
        dot(needing, {
          x: 'views',
          y: 'conversion',
          r: 6,
          symbol: 'diamond',
          fill: 'var(--attention)',
          stroke: 'var(--surface)',
        }),
        ...named.map(({ brand, anchor, dx, dy }) =>
          text([brand], {
            x: 'views',
            y: 'conversion',
            text: () => shortName(brand.name, 18),
            textAnchor: anchor,
            dx,
            dy,
            fill: 'var(--text)',
            stroke: 'var(--surface)',
            strokeWidth: 3,
            className: 'label',
          }),
        ),
        tip(all, pointer({ x: 'views', y: 'conversion', title, lineHeight: 1.3 })),
      ],
    });
    const list = h('p', { class: 'notes' });
    if (needing.length === 0)
      list.append(
        judged.length === 0
          ? 'No brand has enough views to be judged yet.'
          : 'No brand needs marketing by this measure.',
      );
    else {
      list.append(h('strong', {}, 'Need marketing: '));
      for (const [n, brand] of needing.slice(0, mostNamed).entries())
        list.append(n === 0 ? '' : ', ', name(brand.name, 24));
      list.append(needing.length > mostNamed ? ` and ${count(needing.length - mostNamed)} more.` : '.');
    }
    return {
      label,
      nodes: [
        legend(
          ['diamond', 'Needs marketing: seen often, bought seldom'],
          ['dot', 'Others'],
          ['ring', 'Too few views to judge'],
        ),
        node,
        list,
      ],
    };
  },
};

interface Place {
  readonly brand: Brand;
  readonly anchor: 'start' | 'end' | 'middle';
  readonly dx: number;
  readonly dy: number;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}
const around = (x: number, y: number): Box => ({ left: x - 5, right: x + 5, top: y - 5, bottom: y + 5 });

/** Where names stand so that none covers another; a name without room is left to the list below. */
function place(
  wanted: readonly Brand[],
  dots: readonly Brand[],
  x: (views: number) => number,
  y: (ratio: number) => number,
  width: number,
): Place[] {
  const taken: Box[] = dots.map(({ views, conversion }) => around(x(views), y(conversion)));
  const places: Place[] = [];
  for (const brand of wanted) {
    const length = shortName(brand.name, 18).length * letterWidth;
    const [cx, cy] = [x(brand.views), y(brand.conversion)];
    const options: (Place & { left: number; middle: number })[] = [
      { brand, anchor: 'start', dx: 9, dy: 0, left: cx + 9, middle: cy },
      { brand, anchor: 'end', dx: -9, dy: 0, left: cx - 9 - length, middle: cy },
      { brand, anchor: 'middle', dx: 0, dy: -14, left: cx - length / 2, middle: cy - 14 },
      { brand, anchor: 'middle', dx: 0, dy: 15, left: cx - length / 2, middle: cy + 15 },
    ];
    for (const { left, middle, ...option } of options) {
      const box = { left, right: left + length, top: middle - 8, bottom: middle + 8 };
      if (box.left < 48 || box.right > width - 4 || box.bottom > height - 40) continue;
      if (
        taken.some(
          (other) =>
            box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom,
        )
      )
        continue;
      taken.push(box);
      places.push(option);
      break;
    }
  }
  return places;
}
