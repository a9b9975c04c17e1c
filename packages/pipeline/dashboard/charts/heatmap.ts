import { axisX, axisY, cell, pointer, tip } from '@observablehq/plot';
import type { CardSpec } from '../card.js';
import { daysBetween, weekdayOf } from '../days.js';
import { h } from '../dom.js';
import { count, decimal, hourName, weekdayLongName, weekdayName } from '../format.js';
import { chart } from '../plot.js';

/** Shades beside the empty one: more cannot be told apart. */
const shades = 5;

export const heatmap: CardSpec = {
  id: 'heatmap',
  reports: () => [{ name: 'heatmap' }],
  fluid: true,
  draw([rows = []], scene, width) {
    if (rows.length === 0) return undefined;
    const found = new Map(rows.map((row) => [row.number('weekday') * 24 + row.number('hour'), row]));
    const weekdays = Array.from({ length: 7 }, () => 0);
    for (const day of daysBetween(scene.days.from, scene.days.to)) {
      const n = weekdayOf(day);
      weekdays[n] = (weekdays[n] ?? 0) + 1;
    }
    const most = Math.max(...rows.map((row) => row.number('events_per_day')));
    const cells = Array.from({ length: 168 }, (_, n) => {
      const row = found.get(n);
      const value = row?.number('events_per_day') ?? 0;
      const shade = value === 0 ? 0 : Math.min(shades, Math.floor((value / most) * shades) + 1);
      return {
        weekday: Math.floor(n / 24),
        hour: n % 24,
        value,
        row,
        fill: `var(--heat-${shade})`,
        there: (weekdays[Math.floor(n / 24)] ?? 0) > 0,
      };
    });
    const best = cells.reduce((top, one) => (one.value > top.value ? one : top));
    const label = `Events by hour and weekday: busiest on ${weekdayLongName(best.weekday)} at ${hourName(best.hour)}, with ${decimal(best.value)} events in that hour of an average such day.`;
    const side = 40;
    const size = width < 480 ? 24 : 35;
    const title = ({ weekday, hour, row, value }: (typeof cells)[number]): string =>
      `${weekdayLongName(weekday)}, ${hourName(hour)}\n${decimal(value)} events per day\n${count(row?.number('views') ?? 0)} views, ${count(row?.number('purchases') ?? 0)} orders in all`;
    const { node } = chart(label, {
      width,
      height: size * 7 + 26,
      marginLeft: side,
      marginTop: 0,
      marginRight: 0,
      marginBottom: 26,
      x: { type: 'band', domain: Array.from({ length: 24 }, (_, n) => n), padding: 0 },
      y: { type: 'band', domain: [0, 1, 2, 3, 4, 5, 6], padding: 0 },
      color: { type: 'identity' },
      marks: [
        axisX({
          ticks: [0, 3, 6, 9, 12, 15, 18, 21],
          tickSize: 0,
          tickPadding: 8,
          tickFormat: (n: number) => String(n).padStart(2, '0'),
          label: null,
        }),
        axisY({ tickSize: 0, tickPadding: 8, tickFormat: weekdayName, label: null }),
        cell(
          cells.filter(({ there }) => there),
          { x: 'hour', y: 'weekday', fill: 'fill', inset: 1, rx: 2 },
        ),
        tip(
          cells.filter(({ there }) => there),
          pointer({ x: 'hour', y: 'weekday', title, lineHeight: 1.3, maxRadius: 30 }),
        ),
      ],
    });
    return { label, nodes: [scale(most), node, absentDays(weekdays)].filter((one) => one !== undefined) };
  },
};

/** The legend in words: what the lightest and the darkest shade stand for. */
function scale(most: number): HTMLElement {
  const steps = h('span', { class: 'shades', 'aria-hidden': 'true' });
  for (let shade = 0; shade <= shades; shade++) steps.append(h('i', { class: `shade-${shade}` }));
  return h(
    'p',
    { class: 'note scale' },
    h('span', {}, '0'),
    steps,
    h('span', {}, `${decimal(most)} events in the hour of an average such day`),
  );
}

function absentDays(weekdays: readonly number[]): HTMLElement | undefined {
  const absent = weekdays.flatMap((n, weekday) => (n === 0 ? [weekdayLongName(weekday)] : []));
  return absent.length === 0 ? undefined : h('p', { class: 'note' }, `Not within these days: ${absent.join(', ')}.`);
}
