import { h } from '../dom.js';
import { visible } from '../names.js';
import type { Scene } from '../scene.js';

/** Says which currency a chart is in, and leads to the others: their amounts are never added up. */
export function currencyNote(currency: string, others: readonly string[], scene: Scene): HTMLElement {
  const note = h(
    'p',
    { class: 'note' },
    others.length === 0 ? `Amounts in ${visible(currency)}.` : `Amounts in ${visible(currency)} alone. Also there: `,
  );
  for (const code of others) {
    const button = h('button', { type: 'button', class: 'link' }, visible(code));
    button.addEventListener('click', () => scene.chooseCurrency(code));
    note.append(button, ' ');
  }
  return note;
}
