import {
  areaY,
  axisX,
  axisY,
  barX,
  barY,
  dot,
  gridY,
  lineY,
  pointerX,
  ruleX,
  ruleY,
  text,
  tickY,
  tip,
} from '@observablehq/plot';
import type { CardSpec, Drawing } from '../card.js';
import { chartDays, toDate } from '../days.js';
import { count, counted, dayRange, dayTick, longDay, tick } from '../format.js';
import { bandPadding, chart, countTicks, dayTicks, gapNote, legend, noteHeight, widthOf } from '../plot.js';
import type { Scene } from '../scene.js';

interface Day {
  readonly day: string;
  readonly date: Date;
  readonly visitors: number;
  readonly sessions: number;
}

const height = 290;
/** Below it a line says less than columns. Unit: days. */
const fewestForLine = 3;
/** Above it dots would hide the line. Unit: days. */
const mostWithDots = 45;

export const visitors: CardSpec = {
  id: 'visitors',
  reports: () => [{ name: 'visitors' }],
  fluid: true,
  draw([rows = []], scene, width) {
    if (rows.length === 0) return undefined;
    const found = new Map(rows.map((row) => [row.text('day').slice(0, 10), row]));
    const { days: shown, absent } = chartDays(scene.days.from, scene.days.to, (day) => found.has(day));
    // A day without events is a day with 0 visitors.
    const days = shown.map((day) => ({
      day,
      date: toDate(day),
      visitors: found.get(day)?.number('visitors') ?? 0,
      sessions: found.get(day)?.number('sessions') ?? 0,
    }));
    const label = labelOf(days, scene);
    const { nodes } =
      days.length === 1
        ? bars(days, label, width)
        : days.length < fewestForLine || absent > 0
          ? columns(days, label, width)
          : lines(days, label, width);
    return { label, nodes: [...nodes, ...gapNote(absent, 'events')] };
  },
};

function labelOf(days: readonly Day[], { days: range }: Scene): string {
  const most = days.reduce((best, day) => (day.visitors > best.visitors ? day : best));
  return `Visitors per day, ${dayRange(toDate(range.from), toDate(range.to))}: most on ${longDay(most.date)}, ${counted(most.visitors, 'visitor')} in ${counted(most.sessions, 'session')}.`;
}

const title = (day: Day): string =>
  `${longDay(day.date)}\n${counted(day.visitors, 'visitor')}\n${counted(day.sessions, 'session')}`;

/** Words of the axis of days, and the room of the last one right of the frame. */
function axisOf(days: readonly Day[]): { word: (date: Date) => string; widest: string; marginRight: number } {
  const word = dayTick(days[0]?.day ?? '', days.at(-1)?.day ?? '');
  const widest = days.slice(-1).map(({ date }) => word(date))[0] ?? '';
  return { word, widest, marginRight: Math.ceil(widthOf(widest) / 2) };
}

const ticksOf = (days: readonly Day[]): number => countTicks(Math.max(...days.map(({ sessions }) => sessions)));

/** Days that do not follow each other are no line. */
function columns(days: readonly Day[], label: string, width: number): Drawing {
  const { word, widest } = axisOf(days);
  const names = days.map(({ day }) => day);
  const { node } = chart(label, {
    width,
    height: height - noteHeight,
    marginLeft: 44,
    marginRight: 12,
    marginTop: 12,
    marginBottom: 28,
    x: { type: 'band', domain: names, padding: bandPadding(names.length, width) },
    y: { zero: true, nice: true },
    marks: [
      gridY({ ticks: ticksOf(days), stroke: 'var(--grid)', strokeOpacity: 1 }),
      axisX(dayTicks(names, width, widest), {
        tickSize: 0,
        tickPadding: 8,
        tickFormat: (day: string) => word(toDate(day)),
        label: null,
      }),
      axisY({ ticks: ticksOf(days), tickSize: 0, tickPadding: 8, tickFormat: tick, label: null }),
      barY(days, { x: 'day', y: 'visitors', fill: 'var(--series-1)', ry1: 3 }),
      tickY(days, { x: 'day', y: 'sessions', stroke: 'var(--series-2)', strokeWidth: 2, strokeDasharray: '5 4' }),
      ruleY([0], { stroke: 'var(--axis)' }),
      tip(days, pointerX({ x: 'day', y: 'visitors', title, lineHeight: 1.3, maxRadius: 400 })),
    ],
  });
  return { label, nodes: [legend(['solid', 'Visitors'], ['line-2', 'Sessions']), node] };
}

function lines(days: readonly Day[], label: string, width: number): Drawing {
  const { word, widest, marginRight } = axisOf(days);
  const { node } = chart(label, {
    width,
    height,
    marginLeft: 44,
    marginRight,
    marginTop: 12,
    marginBottom: 28,
    x: { type: 'utc' },
    y: { zero: true, nice: true },
    marks: [
      gridY({ ticks: ticksOf(days), stroke: 'var(--grid)', strokeOpacity: 1 }),
      axisX(
        dayTicks(
          days.map(({ date }) => date),
          width,
          widest,
        ),
        {
          tickSize: 0,
          tickPadding: 8,
          tickFormat: word,
          label: null,
        },
      ),
      axisY({ ticks: ticksOf(days), tickSize: 0, tickPadding: 8, tickFormat: tick, label: null }),
      areaY(days, { x: 'date', y: 'visitors', fill: 'var(--series-1)', fillOpacity: 0.1 }),
      lineY(days, { x: 'date', y: 'sessions', stroke: 'var(--series-2)', strokeWidth: 1.75, strokeDasharray: '5 4' }),
      lineY(days, { x: 'date', y: 'visitors', stroke: 'var(--series-1)', strokeWidth: 2.25 }),
      days.length <= mostWithDots ? dot(days, { x: 'date', y: 'visitors', r: 2.5, fill: 'var(--series-1)' }) : null,
      ruleY([0], { stroke: 'var(--axis)' }),
      ruleX(days, pointerX({ x: 'date', stroke: 'var(--axis)' })),
      tip(days, pointerX({ x: 'date', y: 'visitors', title, lineHeight: 1.3 })),
    ],
  });
  return { label, nodes: [legend(['line-1', 'Visitors'], ['line-2', 'Sessions']), node] };
}

function bars(days: readonly Day[], label: string, width: number): Drawing {
  const { word } = axisOf(days);
  const flat = days.flatMap(({ date, visitors: some, sessions }) => [
    { name: `${word(date)}: visitors`, value: some, fill: 'var(--series-1)' },
    { name: `${word(date)}: sessions`, value: sessions, fill: 'var(--series-2)' },
  ]);
  const { node } = chart(label, {
    width,
    height: flat.length * 62 + 8,
    margin: 0,
    marginTop: 8,
    x: { axis: null, range: [0, width - 84], domain: [0, Math.max(1, ...flat.map(({ value }) => value))] },
    y: { domain: flat.map(({ name }) => name), axis: null, padding: 0 },
    color: { type: 'identity' },
    marks: [
      barX(flat, { x: 'value', y: 'name', fill: 'fill', rx: 3, insetTop: 26, insetBottom: 12 }),
      text(flat, { x: 0, y: 'name', text: 'name', textAnchor: 'start', dy: -20, fill: 'var(--muted)' }),
      text(flat, {
        x: 'value',
        y: 'name',
        text: ({ value }) => count(value),
        textAnchor: 'start',
        dx: 8,
        dy: 7,
        className: 'strong',
        fill: 'var(--text)',
      }),
    ],
  });
  return { label, nodes: [node] };
}
