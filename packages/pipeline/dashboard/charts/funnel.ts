import { barX, text } from '@observablehq/plot';
import type { CardSpec } from '../card.js';
import { h } from '../dom.js';
import { count, counted, percent } from '../format.js';
import { chart, legend } from '../plot.js';

const titles: Readonly<Record<string, string>> = {
  view: 'Saw a product',
  cart: 'Put one into the cart',
  purchase: 'Bought',
};
const rowHeight = 70;
const barHeight = 26;
const bar = { rx: 4, insetTop: rowHeight - barHeight - 16, insetBottom: 16 };
/** Why a session has reached a step that it did not do. */
const skips: Readonly<Record<string, string>> = {
  view: 'began with a cart or a purchase',
  cart: 'bought without a cart in the same visit',
};

export const funnel: CardSpec = {
  id: 'funnel',
  reports: () => [{ name: 'funnel' }],
  fluid: true,
  draw([rows = []], _scene, width) {
    const steps = rows.map((row) => ({
      key: row.text('name'),
      name: titles[row.text('name')] ?? row.text('name'),
      sessions: row.number('sessions'),
      reached: row.number('reached'),
      skipped: row.number('skipped'),
      ofFirst: row.maybe('of_first'),
      ofPrevious: row.maybe('of_previous'),
    }));
    const first = steps[0]?.reached ?? 0;
    if (first === 0) return undefined;
    const share = (ratio: number | null): string => (ratio === null ? '' : percent(ratio));
    const label = `Of ${counted(first, 'session')}, ${steps
      .slice(1)
      .map(
        (step) =>
          `${count(step.reached)} (${share(step.ofFirst)}) ${step.name === titles['cart'] ? 'reached the cart' : 'bought'}`,
      )
      .join(' and ')}.`;
    const { node } = chart(label, {
      width,
      height: rowHeight * steps.length,
      margin: 0,
      x: { domain: [0, first], range: [0, width], axis: null },
      y: { domain: steps.map(({ name }) => name), axis: null, padding: 0 },
      marks: [
        barX(steps, {
          x1: 0,
          x2: first,
          y: 'name',
          fill: 'var(--track)',
          ...bar,
        }),
        barX(steps, {
          x1: 0,
          x2: 'reached',
          y: 'name',
          fill: 'var(--series-1-soft)',
          stroke: 'var(--series-1)',
          ...bar,
        }),
        barX(steps, {
          x1: 0,
          x2: 'sessions',
          y: 'name',
          fill: 'var(--series-1)',
          ...bar,
        }),
        text(steps, { x: 0, y: 'name', text: 'name', textAnchor: 'start', dy: -20, fill: 'var(--text)' }),
        text(steps, {
          x: first,
          y: 'name',
          text: ({ reached, ofFirst }) => `${count(reached)} · ${share(ofFirst)}`,
          textAnchor: 'end',
          dy: -20,
          className: 'strong',
          fill: 'var(--text)',
        }),
      ],
    });
    const skipping = steps.filter(({ skipped }) => skipped > 0);
    const [, cart, purchase] = steps;
    const notes = h('div', { class: 'notes' });
    if (cart && purchase) {
      notes.append(
        h(
          'p',
          {},
          `${share(cart.ofPrevious)} of those who saw a product reached the cart${purchase.ofPrevious === null ? '' : `, ${share(purchase.ofPrevious)} of these bought`}.`,
        ),
      );
    }
    if (skipping.length > 0) {
      const told = skipping.map(
        ({ key, skipped }) => `${counted(skipped, 'session')} ${skips[key] ?? `skipped ${key}`}`,
      );
      notes.append(h('p', {}, `Skipped: ${told.join(', ')}.`));
    }
    const marks: Node[] = skipping.length > 0 ? [legend(['solid', 'Did this step'], ['soft', 'Skipped it'])] : [];
    return { label, nodes: [...marks, node, notes] };
  },
};
