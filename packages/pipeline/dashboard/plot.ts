import { plot as drawPlot, type PlotOptions } from '@observablehq/plot';
import { h } from './dom.js';
import { counted } from './format.js';

/** As Plot's fonts are set in dashboard.css. Unit: CSS pixels. */
export const fontSize = 12;

/**
 * A chart that the page's policy allows: what Plot writes into a `<style>` stands in dashboard.css, and everything else it
 * sets through the object model, which `style-src 'self'` lets pass.
 *
 * @param label The chart in one sentence.
 */
export function chart(label: string, options: PlotOptions): { node: HTMLElement; plot: ReturnType<typeof drawPlot> } {
  const plot = drawPlot({ className: 'plot', figure: false, ...options } as PlotOptions);
  for (const style of plot.querySelectorAll('style')) style.remove();
  plot.setAttribute('role', 'img');
  plot.setAttribute('aria-label', label);
  plot.removeAttribute('font-family');
  return { node: h('div', { class: 'chart' }, plot as unknown as Node), plot };
}

/** What a colour, a line or a shape stands for. */
export function legend(...entries: readonly (readonly [mark: string, text: string])[]): HTMLElement {
  const list = h('ul', { class: 'legend' });
  for (const [mark, text] of entries)
    list.append(h('li', {}, h('i', { class: `key key-${mark}`, 'aria-hidden': 'true' }), text));
  return list;
}

/** Room that these words need at an axis, roughly. Unit: CSS pixels. */
export const widthOf = (...words: readonly string[]): number =>
  Math.ceil(Math.max(0, ...words.map(({ length }) => length)) * fontSize * 0.58);

/** Room between bars, as a share of what each has: a few bars are not made as wide as the card. Widest: 72 CSS pixels. */
export const bandPadding = (bars: number, width: number): number => Math.max(0.3, 1 - (72 * bars) / width);

/** Ticks for what can only be counted: there is no half visitor. */
export const countTicks = (most: number): number => Math.max(1, Math.min(4, most));

/** How many ticks fit. @param each Room one needs. Unit: CSS pixels. */
export const ticksFor = (width: number, each: number): number => Math.max(2, Math.floor(width / each));

/** Evenly spaced ones of these days, as many as fit: the last of them in any case. @param words What stands at one. */
export function dayTicks<T extends Date | string>(days: readonly T[], width: number, word = ''): T[] {
  const step = Math.ceil(days.length / ticksFor(width, Math.max(84, widthOf(word) + 24)));
  return days.filter((_, n) => (days.length - 1 - n) % step === 0);
}

/** Room of the note below, so that a card with it is no taller. Unit: CSS pixels. */
export const noteHeight = 22;

/** Says that the axis of days has gaps. */
export const gapNote = (absent: number, what: string): Node[] =>
  absent === 0
    ? []
    : [h('p', { class: 'note' }, `Only days with ${what} are drawn: ${counted(absent, 'other day')} had none.`)];
