import { byId, h, hidden, setText } from './dom.js';
import { count, counted, momentOf, money } from './format.js';
import type { LiveAlert, LiveRecord } from './live.js';
import { name, shortName, visible } from './names.js';

/** Rows kept. A feed is for seeing what is happening, the reports are for the past. */
const mostRows = 100;
/** Alerts stay above the feed, which would carry them away within seconds. */
const mostAlerts = 3;
/** Records arrive by hundreds a second: the eye is served this often. Unit: ms. */
const drawEveryMs = 250;
/** How often a screen reader is told what came. Unit: ms. */
const tellEveryMs = 15_000;

const types: Readonly<Record<string, readonly [mark: string, text: string]>> = {
  view: ['○', 'view'],
  cart: ['+', 'cart'],
  remove_from_cart: ['−', 'removed'],
  purchase: ['✓', 'purchase'],
  web_vitals: ['◔', 'web vitals'],
  cancel: ['✕', 'cancel'],
  refund: ['↩', 'refund'],
};

export interface Feed {
  add(record: LiveRecord): void;
  alert(alert: LiveAlert): void;
}

/** The list of what passes: newest first, for as long as nobody stops it. */
export function createFeed(): Feed {
  const list = byId('feed');
  const alerts = byId('alerts');
  const pause = byId<HTMLButtonElement>('pause');
  const empty = byId('feed-empty');
  const told = byId('feed-told');
  // What scrolls is reached by the keyboard too.
  byId('feed-scroll').tabIndex = 0;
  let waiting: HTMLElement[] = [];
  let missed = 0;
  let paused = false;
  let drawing = false;
  let untold = 0;
  let telling = false;

  const label = (): void => setText(pause, paused ? `Resume${missed > 0 ? ` (${count(missed)} new)` : ''}` : 'Pause');
  const draw = (): void => {
    drawing = false;
    if (paused) {
      label();
      return;
    }
    list.prepend(...waiting.reverse());
    waiting = [];
    while (list.children.length > mostRows) list.lastElementChild?.remove();
    empty.hidden = list.children.length > 0;
  };
  const put = (row: HTMLElement): void => {
    waiting.push(row);
    if (waiting.length > mostRows) waiting.shift();
    if (paused) missed++;
    if (drawing) return;
    drawing = true;
    setTimeout(draw, drawEveryMs);
  };
  const tell = (): void => {
    telling = false;
    if (untold > 0 && !paused) setText(told, `${counted(untold, 'new event')}.`);
    untold = 0;
  };

  pause.addEventListener('click', () => {
    paused = !paused;
    pause.setAttribute('aria-pressed', String(paused));
    missed = 0;
    label();
    if (!paused) draw();
  });

  return {
    add(record) {
      put(recordRow(record));
      untold++;
      if (telling) return;
      telling = true;
      setTimeout(tell, tellEveryMs);
    },
    alert(alert) {
      alerts.prepend(alertRow(alert));
      while (alerts.children.length > mostAlerts) alerts.lastElementChild?.remove();
      setText(told, `Alert: ${visible(String(alert.user_id))} acts faster than people do.`);
    },
  };
}

function recordRow(record: LiveRecord): HTMLElement {
  const type = String(record.event_type ?? '');
  const [mark, text] = types[type] ?? ['·', visible(type)];
  const at = new Date(record.event_time ?? Number.NaN);
  const row = h(
    'li',
    { 'data-type': Object.hasOwn(types, type) ? type : 'other' },
    h('time', Number.isNaN(at.getTime()) ? {} : { datetime: at.toISOString() }, momentOf(at)),
    h('span', { class: 'type' }, h('span', { 'aria-hidden': 'true' }, `${mark} `), text),
  );
  const what = h('span', { class: 'what' });
  if (record.product) what.append(name(String(record.product), 48));
  const about = [record.brand, record.category].filter(
    (part): part is string => typeof part === 'string' && part !== '',
  );
  for (const part of about) what.append(' ', h('span', { class: 'about' }, name(part, 40)));
  row.append(what, h('span', { class: 'amount' }, amount(record)));
  const who = h('span', { class: 'who' });
  if (record.is_bot) who.append(h('span', { class: 'bot' }, 'robot'), ' ');
  if (record.user) who.append(hidden('visitor '), name(shortId(String(record.user))));
  if (record.site) who.append(' ', h('span', { class: 'about' }, name(String(record.site), 24)));
  row.append(who);
  return row;
}

/** Ids of one day begin alike. */
const shortId = (id: string): string => (id.length <= 12 ? id : `…${id.slice(-6)}`);

function amount({ price, currency, quantity }: LiveRecord): string {
  if (price === null || price === undefined || price === '' || Number.isNaN(Number(price))) return '';
  return `${quantity && quantity > 1 ? `${count(quantity)} × ` : ''}${money(price as `${number}`, currency ?? '')}`;
}

function alertRow(alert: LiveAlert): HTMLElement {
  const at = new Date(alert.window_start);
  const events = Object.entries(alert.events ?? {}).map(([type, n]) => `${count(n)} × ${shortName(type)}`);
  return h(
    'li',
    { class: 'alert', 'data-type': 'alert' },
    h('time', Number.isNaN(at.getTime()) ? {} : { datetime: at.toISOString() }, momentOf(at)),
    h('span', { class: 'type' }, h('span', { 'aria-hidden': 'true' }, '⚠ '), 'alert'),
    h(
      'span',
      { class: 'what' },
      name(String(alert.user_id), 40),
      ` did ${count(alert.interactions)} things in one minute; people do at most ${count(alert.threshold)}. `,
      h('span', { class: 'about' }, events.join(', ')),
    ),
    h('span', { class: 'amount' }),
    h('span', { class: 'who' }, h('span', { class: 'about' }, name(String(alert.site ?? ''), 24))),
  );
}
