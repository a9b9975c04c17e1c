import { h } from './dom.js';
import type { FeedRecord } from './feed-types.js';
import { clockTime, duration, money, shorten, shortId, shortShard } from './format.js';
import { jsonExcerpt, jsonView } from './json-view.js';

export const eventTypes = ['view', 'cart', 'remove_from_cart', 'purchase', 'web_vitals'] as const;

/** `other` for all that is none of ours. */
export type EventTone = (typeof eventTypes)[number] | 'other';

type Fields = Readonly<Record<string, unknown>>;

/** Longest text of a record in a row, and in its tooltip. Unit: characters. */
const mostInRow = 120;
const mostInTitle = 400;

export function toneOf(seen: FeedRecord): EventTone {
  const type = fieldsOf(seen.record)['event_type'];
  return eventTypes.find((known) => known === type) ?? 'other';
}

/** What makes one newer than another: see `Entry`. */
export function orderOf(seen: FeedRecord): [arrivedAt: number, happenedAt: number, line: number] {
  const fields = fieldsOf(seen.record ?? seen.dead_letter);
  const line = fields['line'];
  return [
    Date.parse(seen.arrived_at) || 0,
    Date.parse(textOf(fields, 'event_time') ?? '') || 0,
    typeof line === 'number' ? line : 0,
  ];
}

export function eventRow(seen: FeedRecord): HTMLElement {
  const fields = fieldsOf(seen.record);
  const happenedAt = Date.parse(textOf(fields, 'event_time') ?? '');
  const arrivedAt = Date.parse(seen.arrived_at);
  // Imported events happened long ago: theirs is no latency.
  const latency = (textOf(fields, 'source') ?? 'web') === 'web' ? arrivedAt - happenedAt : Number.NaN;
  const type = textOf(fields, 'event_type');
  const tone = toneOf(seen);
  const label = type ?? (seen.raw === undefined ? 'no event_type' : 'not JSON');
  const summary = h(
    'summary',
    { class: 'event-grid' },
    timeCell(Number.isFinite(happenedAt) ? happenedAt : arrivedAt),
    h('span', {}, value(label, `badge tone-${type === undefined ? 'bad' : tone}`)),
    whatCell(seen, fields),
    whoCell(fields),
    value(seen.partition_key, 'main mono quiet'),
    h('span', { class: 'num', title: shorten(seen.shard_id, mostInTitle) }, shortShard(seen.shard_id)),
    h('span', { class: `num${Math.abs(latency) > 5_000 ? ' quiet' : ''}` }, duration(latency)),
  );
  return row(summary, () => whole('record' in seen ? seen.record : seen.raw, seen));
}

export function deadLetterRow(seen: FeedRecord): HTMLElement {
  const letter = fieldsOf(seen.dead_letter);
  const errors = Array.isArray(letter['errors']) ? letter['errors'].map(fieldsOf) : [];
  const first: Fields = errors[0] ?? {};
  const receivedAt = Date.parse(textOf(letter, 'received_at') ?? seen.arrived_at);
  const code = textOf(letter, 'code') ?? (seen.raw === undefined ? 'no code' : 'not JSON');
  const path = textOf(first, 'path');
  const more = errors.length > 1 ? [h('span', { class: 'mark tone-other' }, `+${errors.length - 1} more`)] : [];
  const raw = textOf(letter, 'raw') ?? seen.raw ?? jsonExcerpt(seen.dead_letter, mostInRow);
  const came = [textOf(letter, 'event_type'), textOf(letter, 'site')].filter((part) => part !== undefined);
  const summary = h(
    'summary',
    { class: 'letter-grid' },
    timeCell(receivedAt),
    h('span', { class: 'marks' }, value(code, 'badge tone-bad'), ...more),
    h(
      'span',
      {},
      value(textOf(first, 'message') ?? '–', 'main', mostInTitle),
      ...(path ? [value(path, 'sub mono')] : []),
    ),
    h('span', {}, value(raw, 'sub mono'), ...(came.length > 0 ? [value(came.join(' · '), 'sub')] : [])),
  );
  return row(summary, () => {
    const { raw: came, ...reasons } = letter;
    if (typeof came !== 'string') return whole('dead_letter' in seen ? seen.dead_letter : seen.raw, seen);
    const encoding = letter['raw_encoding'] === 'base64' ? ' (base64)' : '';
    return [...block(`As it came${encoding}`, came), ...whole(reasons, seen, 'Why')];
  });
}

function whatCell(seen: FeedRecord, fields: Fields): HTMLElement {
  const type = textOf(fields, 'event_type');
  const cell = h('span');
  if (type === undefined) {
    cell.append(value(seen.raw ?? jsonExcerpt(seen.record, mostInRow), 'main mono'));
  } else if (type === 'web_vitals') {
    const unit = fields['metric'] === 'CLS' ? '' : ' ms';
    const page = textOf(fields, 'page_url');
    cell.append(
      value(`${textOf(fields, 'metric') ?? '?'} ${textOf(fields, 'value') ?? '?'}${unit}`, 'main'),
      sub(textOf(fields, 'rating'), page && pathOf(page)),
    );
  } else {
    const id = textOf(fields, 'product_id');
    const name = textOf(fields, 'product_name');
    cell.append(
      value(name ?? id ?? '–', 'main'),
      sub(name && id, textOf(fields, 'category_code') ?? textOf(fields, 'category_id'), priceOf(fields)),
    );
  }
  const order = textOf(fields, 'order_id');
  if (order !== undefined) {
    const lines = textOf(fields, 'lines');
    const line = lines && `line ${textOf(fields, 'line') ?? '?'}/${lines}`;
    const total = amountOf(fields, 'order_total');
    cell.append(sub(`order ${order}`, line, total && `total ${total}`));
  }
  const noticed = marks(fields);
  if (noticed.length > 0) cell.append(h('span', { class: 'marks' }, ...noticed));
  return cell;
}

function whoCell(fields: Fields): HTMLElement {
  const customer = textOf(fields, 'customer_id');
  const device = textOf(fields, 'device_id');
  const session = textOf(fields, 'session_id');
  const seq = textOf(fields, 'session_seq');
  const deviceText = device && `device ${shortId(device)}`;
  return h(
    'span',
    {},
    value(customer ?? deviceText ?? '–', customer ? 'main' : 'main quiet'),
    sub(customer && deviceText, session && `session ${shortId(session)}`, seq && `#${seq}`),
  );
}

/** What the collector noticed. */
function marks(fields: Fields): HTMLElement[] {
  const flags = Array.isArray(fields['flags']) ? fields['flags'] : [];
  return [
    ...(fields['is_bot'] === true ? [h('span', { class: 'mark tone-warn' }, 'bot')] : []),
    ...flags.slice(0, 3).map((flag) => h('span', { class: 'mark tone-warn' }, jsonExcerpt(flag, 30))),
  ];
}

function priceOf(fields: Fields): string | undefined {
  const price = amountOf(fields, 'price');
  const quantity = fields['quantity'];
  return price && typeof quantity === 'number' && quantity !== 1 ? `${quantity} × ${price}` : price;
}

function amountOf(fields: Fields, name: string): string | undefined {
  const amount = fields[name];
  return typeof amount === 'number' ? money(amount, textOf(fields, 'currency')) : undefined;
}

function row(summary: HTMLElement, open: () => readonly HTMLElement[]): HTMLElement {
  const details = h('details', {}, summary);
  // Most rows are never opened.
  details.addEventListener('toggle', () => details.append(h('div', { class: 'whole' }, ...open())), { once: true });
  return h('li', {}, details);
}

function whole(content: unknown, seen: FeedRecord, heading = 'Record'): HTMLElement[] {
  const { sub_sequence_number: within } = seen;
  const place = [
    `key ${seen.partition_key}`,
    `shard ${seen.shard_id}`,
    `sequence number ${seen.sequence_number}`,
    ...(within === undefined ? [] : [`number ${within} in its aggregate`]),
    `arrived ${seen.arrived_at}`,
  ];
  return [
    ...block(heading, content),
    h('h3', {}, 'Place on the stream'),
    h('p', { class: 'place mono' }, shorten(place.join(' · '), 2 * mostInTitle)),
  ];
}

function block(heading: string, content: unknown): HTMLElement[] {
  const view = jsonView(content);
  const copy = h('button', { type: 'button', class: 'copy' }, 'Copy');
  copy.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(typeof content === 'string' ? content : JSON.stringify(content, null, 2));
      copy.textContent = 'Copied';
    } catch {
      // No clipboard over plain HTTP from another machine: the text is selected instead.
      getSelection()?.selectAllChildren(view);
    }
  });
  return [h('h3', {}, heading), h('div', { class: 'block' }, view, copy)];
}

function timeCell(at: number): HTMLElement {
  const iso = Number.isFinite(at) ? new Date(at).toISOString() : '';
  return h('time', { class: 'num', datetime: iso, title: iso }, clockTime(at));
}

/** Isolated, so that text written from right to left stays in its cell. */
function value(text: string, className: string, most = mostInRow): HTMLElement {
  return h('bdi', { class: className, title: shorten(text, mostInTitle) }, shorten(text, most));
}

function sub(...parts: readonly (string | undefined)[]): HTMLElement {
  return value(parts.filter(Boolean).join(' · '), 'sub', mostInTitle);
}

function pathOf(url: string): string {
  return url.replace(/^https?:\/\/[^/]+/, '') || '/';
}

function fieldsOf(content: unknown): Fields {
  return typeof content === 'object' && content !== null ? (content as Fields) : {};
}

function textOf(fields: Fields, name: string): string | undefined {
  const field = fields[name];
  if (typeof field === 'string') return field;
  return typeof field === 'number' || typeof field === 'boolean' ? String(field) : undefined;
}
