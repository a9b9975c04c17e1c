import { find, h, setText } from './dom.js';
import { counted, duration } from './format.js';
import type { ReportResult, Row } from './report.js';
import { rowsOf } from './report.js';
import type { Absence, Scene } from './scene.js';
import { resultTable } from './table.js';

/** What a card shows. */
export interface Drawing {
  readonly nodes: readonly Node[];
  /** The whole of it in one sentence, from the data: what a screen reader says of the chart. */
  readonly label: string;
}

export interface CardSpec {
  /** Of the section in index.html: `card-ID`. */
  readonly id: string;
  /** Reports it is drawn from, the first is the one it offers as table and as CSV. */
  reports(): readonly ReportQuery[];
  /** @param width Room there is. Unit: CSS pixels. @returns `undefined` where there is nothing to show. */
  draw(rows: readonly (readonly Row[])[], scene: Scene, width: number): Drawing | undefined;
  /** What brings this about, for who has none of it. */
  readonly hint?: string;
  /** Whether it is drawn anew where its width changes: what CSS lays out is not. */
  readonly fluid?: boolean;
}

export interface ReportQuery {
  readonly name: string;
  readonly params?: Readonly<Record<string, string>>;
}

export interface Card {
  readonly spec: CardSpec;
  /** @param quietly The same question again: what stands there is not dimmed meanwhile. */
  loading(quietly?: boolean): void;
  show(results: readonly ReportResult[], scene: Scene, csvUrl: string): void;
  /** Says anew why there is nothing, where there is nothing. */
  explain(): void;
  fail(message: string): void;
}

/** @param retry Asks for this card's reports again. */
export function createCard(spec: CardSpec, retry: () => void): Card {
  const section = document.getElementById(`card-${spec.id}`) as HTMLElement;
  const body = find(section, '.body');
  const title = find(section, 'h2').textContent ?? '';
  const took = find(section, '.took');
  const csv = find<HTMLAnchorElement>(section, '.csv');
  const toggle = find<HTMLButtonElement>(section, '.as-table');
  let shown: { results: readonly ReportResult[]; scene: Scene; key: string } | undefined;
  let asTable = false;
  let drawnWidth = 0;

  const put = (state: string, ...nodes: Node[]): void => {
    section.dataset['state'] = state;
    section.removeAttribute('aria-busy');
    delete section.dataset['stale'];
    body.replaceChildren(...nodes);
  };

  const empty = (scene: Scene): void => {
    const absence = scene.absence();
    // A button that has the focus stays the same one.
    if (section.dataset['state'] === 'empty' && find(body, '.message').dataset['absence'] === absence) return;
    put('empty', emptyState(absence, scene, spec.hint));
  };

  const draw = (): void => {
    if (!shown) return;
    const { results, scene } = shown;
    const rows = results.map(rowsOf);
    drawnWidth = body.clientWidth;
    const drawing = spec.draw(rows, scene, Math.max(drawnWidth, 200));
    toggle.hidden = !drawing;
    if (!drawing) empty(scene);
    else if (asTable) put('table', resultTable(results[0] as ReportResult, title));
    else put('chart', ...drawing.nodes);
    setText(find(section, '.summary'), drawing?.label ?? '');
  };

  toggle.addEventListener('click', () => {
    asTable = !asTable;
    setText(toggle, asTable ? 'Show as chart' : 'Show as table');
    draw();
  });
  if (spec.fluid) {
    // In the next frame: what is drawn here may itself change the width.
    new ResizeObserver(() =>
      requestAnimationFrame(() => {
        if (shown && !asTable && Math.abs(body.clientWidth - drawnWidth) > 1) draw();
      }),
    ).observe(body);
  }

  return {
    spec,
    loading(quietly = false) {
      if (!shown) put('loading', h('div', { class: 'skeleton', 'aria-hidden': 'true' }));
      else if (!quietly) section.dataset['stale'] = '';
      section.setAttribute('aria-busy', 'true');
    },
    show(results, scene, csvUrl) {
      csv.href = csvUrl;
      csv.hidden = false;
      const tookMs = Math.max(...results.map((result) => result.tookMs));
      setText(took, duration(tookMs));
      took.title = `${counted((results[0] as ReportResult).rows.length, 'row')}, answered in ${duration(tookMs)}`;
      const key = JSON.stringify([results.map(({ params, rows }) => [params, rows]), scene.currency]);
      const same = shown?.key === key;
      shown = { results, scene, key };
      section.removeAttribute('aria-busy');
      delete section.dataset['stale'];
      // Nobody's tooltip or selection goes away for the same numbers.
      if (!same) draw();
    },
    explain() {
      if (shown && section.dataset['state'] === 'empty') empty(shown.scene);
    },
    fail(message) {
      shown = undefined;
      toggle.hidden = true;
      csv.hidden = true;
      setText(took, '');
      setText(find(section, '.summary'), '');
      const again = h('button', { type: 'button' }, 'Try again');
      again.addEventListener('click', retry);
      put(
        'error',
        h(
          'div',
          { class: 'message', role: 'alert' },
          h('p', {}, h('strong', {}, 'This could not be read.')),
          h('p', {}, h('bdi', {}, message)),
          again,
        ),
      );
    },
  };
}

const reasons: Readonly<Record<Absence, readonly [what: string, why: string, button: string]>> = {
  empty: ['Nothing has arrived yet.', 'Open the shop and click: the first events show here within a minute.', ''],
  robots: [
    'Only robots came in these days.',
    'They are left out. A browser that a program drives counts as one, too.',
    'Count robots',
  ],
  filters: ['Nothing of this in these days.', 'Fewer filters or more days may show some.', 'Reset the filters'],
  days: ['Nothing of this in these days.', 'More days may show some.', 'Show all days'],
  none: ['Nothing of this so far.', '', ''],
};

function emptyState(absence: Absence, scene: Scene, hint = ''): HTMLElement {
  const [what, why, button] = reasons[absence];
  const box = h('div', { class: 'message', 'data-absence': absence }, h('p', {}, h('strong', {}, what)));
  for (const text of [why, absence === 'none' || absence === 'days' ? hint : ''])
    if (text) box.append(h('p', {}, text));
  if (!button) return box;
  const widen = h('button', { type: 'button' }, button);
  widen.addEventListener('click', () => scene.widen(absence));
  box.append(widen);
  return box;
}
