import { byId, h, setText } from './dom.js';
import { type Connection, followFeed } from './feed.js';
import type { ListName } from './feed-types.js';
import { count } from './format.js';
import { createOverview } from './overview.js';
import { createRecordList, type Entry } from './record-list.js';
import { deadLetterRow, type EventTone, eventRow, eventTypes, orderOf, toneOf } from './rows.js';
import { createTabs } from './tabs.js';

const search = byId('search') as HTMLInputElement;
const pause = byId('pause');
const types = byId('types');
const chosen = new Set<EventTone>();
let connection: Connection = 'connecting';
let paused = false;
let drawing = false;

const matchesText = ({ text }: Entry): boolean =>
  search.value === '' || text.toLowerCase().includes(search.value.toLowerCase());
const lists = {
  good: createRecordList(
    byId('list-good'),
    eventRow,
    (entry) => (chosen.size === 0 || chosen.has(toneOf(entry.seen))) && matchesText(entry),
  ),
  bad: createRecordList(byId('list-bad'), deadLetterRow, matchesText),
};
const emptyTexts = { good: emptyText('good'), bad: emptyText('bad') };
const tabs = createTabs({ good: byId('tab-good'), bad: byId('tab-bad') }, () => {
  types.hidden = tabs.selected() === 'bad';
  showCounts();
});
const showOverview = createOverview();

followFeed('live/feed', {
  onConnection(next) {
    connection = next;
    showConnection();
  },
  onState: showOverview,
  onRecord(list, seen, text) {
    lists[list].add({ seen, order: orderOf(seen), text });
    draw();
  },
  onForget() {
    for (const list of Object.values(lists)) list.clear();
    draw();
  },
});

for (const type of [...eventTypes, 'other'] as const) {
  const chip = h('button', { type: 'button', class: `tone-${type}`, 'aria-pressed': 'false' }, type);
  chip.addEventListener('click', () => {
    if (!chosen.delete(type)) chosen.add(type);
    chip.setAttribute('aria-pressed', String(chosen.has(type)));
    refresh();
  });
  types.append(chip);
}
search.addEventListener('input', refresh);
pause.addEventListener('click', () => {
  paused = !paused;
  for (const list of Object.values(lists)) list.hold(paused);
  pause.setAttribute('aria-pressed', String(paused));
  draw();
});
byId('clear').addEventListener('click', () => {
  // The feed says when it is done; a server that cannot be reached is shown as such anyway.
  fetch('dev/reset', { method: 'POST' }).catch(() => {});
});

/** At most once per frame, however much comes. */
function draw(): void {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    for (const list of Object.values(lists)) list.flush();
    showConnection();
    showCounts();
  });
}

function refresh(): void {
  for (const list of Object.values(lists)) list.refresh();
  showCounts();
}

function showConnection(): void {
  const element = byId('connection');
  element.dataset['state'] = paused && connection === 'live' ? 'paused' : connection;
  const texts = { connecting: 'Connecting…', live: paused ? 'Paused' : 'Live', lost: 'Connection lost, trying again' };
  setText(element, texts[connection]);
}

function showCounts(): void {
  const selected = tabs.selected();
  for (const name of ['good', 'bad'] as const) {
    const { known, shown } = lists[name].counts();
    emptyTexts[name](shown > 0 ? 'rows' : known > 0 ? 'no match' : 'nothing');
  }
  const { known, shown, held } = lists[selected].counts();
  setText(
    byId('shown'),
    shown === known ? '' : `Showing ${shown.toLocaleString()} of the last ${known.toLocaleString()}`,
  );
  setText(pause, !paused ? 'Pause' : held > 0 ? `Resume · ${held.toLocaleString()} new` : 'Resume');
}

/** Says why a list has no rows: nothing has come, or the filter hides all. */
function emptyText(name: ListName): (why: 'rows' | 'no match' | 'nothing') => void {
  const element = byId(`empty-${name}`);
  const nothing = [...element.childNodes];
  const showAll = h('button', { type: 'button' }, 'Show all');
  showAll.addEventListener('click', () => {
    search.value = '';
    chosen.clear();
    for (const chip of types.querySelectorAll('button')) chip.setAttribute('aria-pressed', 'false');
    refresh();
    search.focus();
  });
  const noun = name === 'good' ? 'event' : 'dead letter';
  return (why) => {
    if (element.dataset['why'] === why) return;
    element.dataset['why'] = why;
    element.hidden = why === 'rows';
    if (why === 'nothing') element.replaceChildren(...nothing);
    if (why !== 'no match') return;
    const { known } = lists[name].counts();
    element.replaceChildren(
      h('h3', {}, `No ${noun} matches`),
      h('p', {}, `The filter hides ${count(known, noun)}.`),
      showAll,
    );
  };
}
