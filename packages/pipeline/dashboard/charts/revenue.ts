import { axisX, axisY, barY, gridY, type Markish, pointerX, rectY, ruleY, tip } from '@observablehq/plot';
import type { CardSpec } from '../card.js';
import { addDays, chartDays, toDate } from '../days.js';
import { counted, dayRange, dayTick, longDay, money, shortMoney, tickMoney } from '../format.js';
import { bandPadding, chart, dayTicks, gapNote, noteHeight, widthOf } from '../plot.js';
import { currencyOf, type Row } from '../report.js';
import { currencyNote } from './currency-note.js';

const height = 290;
/** Fewer stand apart. Unit: days. */
const fewestForAxis = 7;

export const revenue: CardSpec = {
  id: 'revenue_by_day',
  reports: () => [{ name: 'revenue_by_day' }],
  fluid: true,
  draw([rows = []], scene, width) {
    const currency = currencyOf(rows, scene.currency, scene.currencies);
    const found = new Map(
      rows.filter((row) => row.text('currency') === currency).map((row) => [row.text('day').slice(0, 10), row]),
    );
    if (found.size === 0) return undefined;
    const { days: shown, absent } = chartDays(scene.days.from, scene.days.to, (day) => found.has(day));
    const days = shown.map((day) => {
      const row = found.get(day);
      return {
        day,
        from: toDate(day),
        to: toDate(addDays(day, 1)),
        middle: new Date(toDate(day).getTime() + 43_200_000),
        row,
        value: row?.number('revenue') ?? 0,
      };
    });
    const best = days.reduce((most, day) => (day.value > most.value ? day : most));
    const total = days.reduce((sum, { value }) => sum + value, 0);
    const label = `Revenue per day in ${currency}, ${dayRange(toDate(scene.days.from), toDate(scene.days.to))}: ${shortMoney(total, currency)} in all, most on ${longDay(best.from)} with ${money(best.row?.exact('revenue') ?? 0, currency)}.`;
    const title = ({ from, row }: { from: Date; row: Row | undefined }): string =>
      row
        ? `${longDay(from)}\n${money(row.exact('revenue'), currency)}\n${counted(row.number('orders'), 'order')}, ${money(Math.round(row.number('aov') * 100) / 100, currency)} each`
        : `${longDay(from)}\nno orders`;
    const word = dayTick(scene.days.from, scene.days.to);
    // A day alone is a bar, not a wall.
    const apart = absent > 0 || days.length < fewestForAxis;
    const widest = word(toDate(shown.at(-1) ?? ''));
    const common = { tickSize: 0, tickPadding: 8, label: null };
    // A bar is never thinner than what is left out beside it.
    const inset = days.length * 4 > width ? 0 : days.length > 60 ? 0.5 : 1.5;
    const bar = { y: 'value', fill: 'var(--series-1)', insetLeft: inset, insetRight: inset, ry1: 3 } as const;
    const byDay: Markish[] = apart
      ? [
          axisX(dayTicks(shown, width, widest), { ...common, tickFormat: (day: string) => word(toDate(day)) }),
          barY(days, { ...bar, x: 'day' }),
          tip(days, pointerX({ x: 'day', y: 'value', title, lineHeight: 1.3, maxRadius: 400 })),
        ]
      : [
          axisX(
            dayTicks(
              days.map(({ middle }) => middle),
              width,
              widest,
            ),
            { ...common, tickFormat: word },
          ),
          rectY(days, { ...bar, x1: 'from', x2: 'to', clip: 'frame' }),
          tip(days, pointerX({ x: 'middle', y: 'value', title, lineHeight: 1.3 })),
        ];
    const { node } = chart(label, {
      width,
      height: absent > 0 ? height - noteHeight : height,
      marginLeft: Math.max(52, widthOf(tickMoney(best.value, currency)) + 16),
      marginRight: Math.max(8, Math.ceil(widthOf(widest) / 2 - width / days.length / 2)),
      marginTop: 12,
      marginBottom: 28,
      x: apart ? { type: 'band', domain: shown, padding: bandPadding(shown.length, width) } : { type: 'utc' },
      y: { zero: true, nice: true },
      marks: [
        gridY({ ticks: 4, stroke: 'var(--grid)', strokeOpacity: 1 }),
        axisY({ ...common, ticks: 4, tickFormat: (n: number) => tickMoney(n, currency) }),
        ...byDay,
        ruleY([0], { stroke: 'var(--axis)' }),
      ],
    });
    const others = [...new Set(rows.map((row) => row.text('currency')))].filter(
      (code) => code !== currency && code !== '',
    );
    return { label, nodes: [currencyNote(currency, others, scene), node, ...gapNote(absent, 'orders')] };
  },
};
