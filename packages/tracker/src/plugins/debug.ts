import type { TrackerError } from '../options.js';
import type { Consent, Notices, Plugin, PluginTracker, Properties, StoredEvent } from '../types.js';

export interface DebugOptions {
  /** Shows the panel whatever the address says. @default false */
  open?: boolean | undefined;
}

/** Query parameter that opens the panel, and the name under which the tab remembers that it is open. */
const name = 'rastro_debug';
/** Rows that are kept; older ones go. */
const maxRows = 200;
/** What is told of the page rather than of the event: below the rest, and dimmed. */
const page = /^(page|utm)_|^(language|viewport|(customer|device)_id|(event|session)_(id|seq|time|type))$/;
/** How often is looked whether events that wait for their ids have got them: nothing tells it. Unit: ms. */
const lookIntervalMs = 500;
const meaning: Record<Consent, string> = {
  granted: '',
  pending: ': events are held until it is granted',
  denied: ': events are dropped',
};

/**
 * Shows what the tracker does, in a panel on the page: each event and what became of it, each request and its answer, the
 * ids and the consent. Opened by `?rastro_debug` in the address, and open in this tab until it is closed.
 */
export function debug<P extends Properties = Properties>({ open = false }: DebugOptions = {}): Plugin<P> {
  return {
    setup(tracker) {
      const asked = new URLSearchParams(location.search).get(name);
      if (asked !== null) remember(asked !== '0');
      if (!open && !remembered()) return;
      return show(tracker);
    },
  };
}

/** A browser that blocks storage forgets the panel with the page. */
function remember(on: boolean): void {
  try {
    if (on) sessionStorage.setItem(name, '1');
    else sessionStorage.removeItem(name);
  } catch {}
}
function remembered(): boolean {
  try {
    return sessionStorage.getItem(name) !== null;
  } catch {
    return new URLSearchParams(location.search).has(name);
  }
}

type State = 'held' | 'waiting' | 'sent' | 'confirmed' | 'rejected' | 'dropped';
type Reason = Pick<TrackerError, 'code' | 'path' | 'message' | 'status'>;
const words = ({ message, status }: Reason): string => message ?? `status ${status}`;
/** The part of a stored event that is the same object from the call to the answer, for events of this page. */
type Tracked = Notices['event'];
interface Row {
  state: State;
  set(state: State, reasons?: readonly Reason[]): void;
  /** Shows the fields of the event. */
  fill(fields: object): void;
}

/** An element of properties and attributes. Text is text: nothing here is ever parsed as markup. */
function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

const clock = (): string => new Date().toTimeString().slice(0, 8);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

function show<P extends Properties>(tracker: PluginTracker<P>): () => void {
  const host = el('div');
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];

  const counts: Record<State, number> = { held: 0, waiting: 0, sent: 0, confirmed: 0, rejected: 0, dropped: 0 };
  const numbers = {} as Record<State, HTMLElement>;
  const counters = el('dl', { class: 'counts' });
  for (const state of Object.keys(counts) as State[]) {
    numbers[state] = el('dd');
    counters.append(el('div', { 'data-state': state, class: 'none' }, el('dt', {}, state), numbers[state]));
  }
  const count = (state: State, by: number): void => {
    counts[state] += by;
    numbers[state].textContent = `${counts[state]}`;
    numbers[state].parentElement?.classList.toggle('none', counts[state] === 0);
  };

  const device = el('dd');
  const session = el('dd');
  const consent = el('dd');
  /** What the tracker said last. */
  let said: Consent;
  const ids = el(
    'dl',
    { class: 'ids' },
    el('dt', {}, 'device'),
    device,
    el('dt', {}, 'session'),
    session,
    el('dt', {}, 'consent'),
    consent,
  );
  device.textContent = session.textContent = 'none yet';

  const empty = el('p', { class: 'empty' }, 'Events show up here as the page tracks them.');
  const events = el('div', { class: 'list', role: 'log', 'aria-live': 'off', 'aria-label': 'Events' }, empty);
  const requests = el('div', { class: 'list', role: 'log', 'aria-live': 'off', 'aria-label': 'Requests' });
  const prepend = (list: HTMLElement, row: Node): void => {
    empty.remove();
    list.prepend(row);
    while (list.children.length > maxRows) list.lastElementChild?.remove();
  };
  const status = el('p', { class: 'unseen', role: 'status' });

  const minimize = el('button', { type: 'button', 'aria-expanded': 'true', 'aria-label': 'Minimize' }, '–');
  const close = el('button', { type: 'button', 'aria-label': 'Close' }, '×');
  const tab = (label: string, list: HTMLElement): HTMLButtonElement => {
    const button = el('button', { type: 'button', class: 'tab' }, label);
    button.onclick = () => choose(list);
    return button;
  };
  const tabs = [
    [tab('Events', events), events],
    [tab('Requests', requests), requests],
  ] as const;
  const choose = (chosen: HTMLElement): void => {
    for (const [button, list] of tabs) {
      button.setAttribute('aria-pressed', String(list === chosen));
      list.hidden = list !== chosen;
    }
  };
  choose(events);
  const body = el('div', { class: 'body' }, ids, el('div', { class: 'tabs' }, ...tabs.map(([button]) => button)));
  body.append(events, requests);
  const header = el('header', {}, el('h2', {}, 'Rastro'), counters, minimize, close);
  const panel = el('section', { 'aria-label': 'Rastro debug panel' }, header, body, status);
  root.append(panel);
  document.documentElement.append(host);

  /** By the object itself, and by its id: those of earlier pages are read anew for each request. */
  const rows = new Map<unknown, Row>();
  /** Events of this page without ids yet, and the page they are of. */
  const held = new Map<Tracked, object>();
  /** What is to be shown when a request is answered. */
  const pending = new Map<readonly StoredEvent[], (state: State, text: string) => void>();

  const createRow = (type: string, fields: object, state: State, why?: readonly Reason[]): Row => {
    const chip = el('span', { class: 'chip' });
    const what = el('span', { class: 'what' });
    const reasons = el('ul', { class: 'reasons' });
    const list = el('dl', { class: 'fields' });
    const details = el(
      'details',
      {},
      el('summary', {}, chip, el('b', {}, type), what, el('time', {}, clock())),
      reasons,
      list,
    );
    const row: Row = {
      state,
      set(state, errors = []) {
        count(row.state, -1);
        count(state, 1);
        row.state = state;
        chip.textContent = state;
        details.setAttribute('data-state', state);
        reasons.replaceChildren(
          ...errors.map((error) =>
            el('li', {}, el('code', {}, error.code), error.path ? ` at ${error.path}` : '', `: ${words(error)}`),
          ),
        );
        for (const { path = '' } of errors) {
          for (const part of list.querySelectorAll(`[data-field="${CSS.escape(path.split('/')[1] ?? '')}"]`))
            part.className = 'bad';
        }
        // What is wrong is seen without a click.
        if (state === 'rejected') details.open = true;
      },
      fill(fields) {
        const { metric, value, order_id, product_id, product_name, items } = fields as Record<string, unknown>;
        const words = metric
          ? [metric, Number(value).toFixed(metric === 'CLS' ? 3 : 0)]
          : [order_id, product_id, product_name, Array.isArray(items) && plural(items.length, 'line')];
        what.textContent = words.filter(Boolean).map(textOf).join(' · ');
        const entries = Object.entries(fields).filter(([, each]) => each !== undefined && each !== '');
        entries.sort(([a], [b]) => +page.test(a) - +page.test(b));
        list.replaceChildren(
          ...entries.flatMap(([key, each]) => {
            const field = { 'data-field': key, class: page.test(key) ? 'dim' : '' };
            return [el('dt', field, key), el('dd', field, textOf(each))];
          }),
        );
      },
    };
    row.fill(fields);
    count(state, 1);
    row.set(state, why);
    prepend(events, details);
    return row;
  };
  const rowOf = ([who, where, event]: StoredEvent): Row => {
    const fields = { ...event, ...where, ...who };
    const row = rows.get(event) ?? rows.get(event.event_id) ?? createRow(event.event_type, fields, 'waiting');
    rows.set(event.event_id, row);
    row.fill(fields);
    device.textContent = who.device_id;
    session.textContent = who.session_id;
    return row;
  };
  const whyHeld = (): Reason[] => {
    if (said !== 'granted') return [{ code: 'consent', message: said }];
    return document.prerendering ? [{ code: 'prerendering', message: 'not seen yet' }] : [];
  };

  let timer: ReturnType<typeof setInterval> | undefined;
  /** What has got its ids is in the store. */
  const look = (): void => {
    for (const [event, where] of held) {
      if (!event.event_id) continue;
      held.delete(event);
      rows.get(event)?.fill({ ...event, ...where });
      rows.get(event)?.set('waiting');
    }
    clearInterval(timer);
    if (held.size > 0) timer = setInterval(look, lookIntervalMs);
  };

  const warn = (what: string, error: Reason, ...more: unknown[]): void =>
    console.warn(`rastro: ${what}: ${error.code}${error.path ? ` at ${error.path}` : ''}: ${words(error)}`, ...more);
  const hear: { [Type in keyof Notices]: (detail: Notices[Type]) => void } = {
    event(event) {
      const where = tracker.page();
      const state = said === 'denied' ? 'dropped' : 'held';
      rows.set(event, createRow(event.event_type, { ...event, ...where }, state, whyHeld()));
      if (state === 'held') held.set(event, where);
      // The tracker gives the ids in a microtask that it asks for after this.
      queueMicrotask(() => queueMicrotask(look));
    },
    request(sent) {
      for (const event of sent) rowOf(event).set('sent');
      const at = performance.now();
      const chip = el('span', { class: 'chip' }, 'sent');
      const outcome = el('span', { class: 'what' }, '…');
      const size = el('b', {}, plural(sent.length, 'event'));
      const row = el('div', { class: 'request', 'data-state': 'sent' }, chip, size, outcome, el('time', {}, clock()));
      prepend(requests, row);
      pending.set(sent, (state, text) => {
        row.setAttribute('data-state', state);
        chip.textContent = state === 'waiting' ? 'failed' : 'answered';
        outcome.textContent = `${Math.round(performance.now() - at)} ms · ${text}`;
      });
    },
    answer({ events: answered, done, errors }) {
      // Without an event's id it concerns the request.
      const refused = errors.filter(({ event_id }) => event_id === undefined);
      if (done) for (const error of refused) warn(`${plural(answered.length, 'event')} refused`, error);
      let rejected = 0;
      for (const event of answered) {
        const [, , fields] = event;
        const own = errors.filter(({ event_id }) => event_id === fields.event_id);
        const reasons = [...refused, ...own];
        if (done && reasons.length > 0) rejected++;
        for (const error of own) warn(`${fields.event_type} rejected`, error, fields);
        rowOf(event).set(done ? (reasons.length > 0 ? 'rejected' : 'confirmed') : 'waiting', reasons);
      }
      const confirmed = answered.length - rejected;
      const text = done
        ? [confirmed && `${confirmed} confirmed`, rejected && `${rejected} rejected`].filter(Boolean).join(', ')
        : 'kept';
      status.textContent = `${plural(answered.length, 'event')}: ${text}`;
      const why = refused.map((error) => ` · ${error.code}: ${words(error)}`).join('');
      pending.get(answered)?.(done ? (rejected > 0 ? 'rejected' : 'confirmed') : 'waiting', text + why);
      pending.delete(answered);
    },
    error(error) {
      createRow('call', {}, 'rejected', [error]);
      warn('a call failed', error);
    },
    consent(state) {
      said = state;
      consent.textContent = state + meaning[state];
      if (state !== 'denied') return;
      held.clear();
      // What is stored is erased, too.
      for (const row of rows.values()) if (/held|waiting/.test(row.state)) row.set('dropped', whyHeld());
    },
  };
  let removed = false;
  tracker.on((type, detail) => {
    if (removed) return;
    look();
    // A newer tracker may tell more.
    (hear[type] as ((detail: unknown) => void) | undefined)?.(detail);
  });

  const remove = (): void => {
    removed = true;
    clearInterval(timer);
    host.remove();
  };
  close.onclick = () => {
    remember(false);
    remove();
  };
  minimize.onclick = () => {
    const hide = !body.hidden;
    body.hidden = hide;
    minimize.setAttribute('aria-expanded', String(!hide));
    minimize.setAttribute('aria-label', hide ? 'Expand' : 'Minimize');
    minimize.textContent = hide ? '+' : '–';
  };
  panel.onkeydown = (event) => {
    // The page's own shortcuts are not meant.
    event.stopPropagation();
    if (event.key === 'Escape') close.click();
  };
  return remove;
}

const css = `
:host { all: initial !important; position: fixed !important; right: 12px !important; bottom: 12px !important; z-index: 2147483647 !important; }
section, button { font: 12px/1.5 system-ui, sans-serif; color: #e8eceb; }
* { box-sizing: border-box; margin: 0; padding: 0; }
[hidden] { display: none !important; }
section { width: min(440px, calc(100vw - 24px)); border-radius: 10px; overflow: hidden; background: #16201d; border: 1px solid #3a4a45; box-shadow: 0 8px 32px #0008; }
header { display: flex; align-items: center; gap: 6px; padding: 8px 8px 8px 14px; background: #1f2d28; }
h2 { font-size: 13px; font-weight: 700; color: #f0c15a; margin-right: auto; }
button { border: 0; border-radius: 6px; background: none; cursor: pointer; min-width: 26px; min-height: 26px; }
button:hover { background: #fff2; }
button:focus-visible, summary:focus-visible { outline: 2px solid #f0c15a; outline-offset: -2px; }
header button { font-size: 16px; line-height: 1; }
.counts { display: flex; gap: 4px; }
.counts div { display: flex; gap: 5px; align-items: baseline; padding: 1px 8px; border-radius: 99px; background: #fff1; color: var(--state); font-size: 11px; }
.counts .none { display: none; }
.counts dd { font-weight: 700; font-variant-numeric: tabular-nums; }
.ids { display: grid; grid-template-columns: auto 1fr; gap: 0 10px; padding: 8px 14px; font-size: 11px; }
.ids dt, .dim, time, .what { color: #9fb0aa; }
dd { overflow-wrap: anywhere; }
.ids dd, .fields { font-family: ui-monospace, monospace; }
.ids dd, .fields dd { user-select: text; }
.tabs { display: flex; gap: 4px; padding: 0 10px 6px; border-bottom: 1px solid #33423d; }
.tab { padding: 0 10px; color: #9fb0aa; }
.tab[aria-pressed=true] { background: #fff2; color: #fff; }
.list { height: min(340px, 45vh); overflow: auto; overscroll-behavior: contain; }
.empty { padding: 24px 14px; text-align: center; color: #9fb0aa; }
details, .request { border-bottom: 1px solid #26332f; }
summary, .request { display: flex; gap: 8px; align-items: baseline; padding: 5px 14px; }
summary { cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary:hover { background: #fff1; }
b { font-weight: 600; white-space: nowrap; }
.what { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.request b { flex: 0 0 118px; }
.request .what { white-space: normal; overflow-wrap: anywhere; }
time { font-size: 11px; font-variant-numeric: tabular-nums; }
.chip { flex: 0 0 74px; text-align: center; border-radius: 99px; border: 1px solid; color: var(--state); font-size: 11px; line-height: 16px; }
.reasons { list-style: none; padding: 0 14px 2px 96px; color: var(--state); overflow-wrap: anywhere; }
code { font: 11px ui-monospace, monospace; }
.fields { display: grid; grid-template-columns: auto 1fr; gap: 0 12px; padding: 2px 14px 10px 96px; font-size: 11px; }
.fields dt { color: #8fc7b3; }
.fields .dim { color: #9fb0aa; }
.fields .bad { color: #ff9d8a; font-weight: 700; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
[data-state] { --state: #c3cfcb; }
[data-state=waiting], [data-state=held] { --state: #f0c15a; }
[data-state=sent] { --state: #8cc4ff; }
[data-state=confirmed] { --state: #7fdba6; }
[data-state=rejected], [data-state=dropped] { --state: #ff9d8a; }
`;
