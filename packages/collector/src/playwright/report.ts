import type { PageLook } from './agent.js';
import type { EventType, TrackedEvent } from './events.js';
import type { Fault, Rejection } from './ledger.js';
import { type Difference, differencesOf, isAsymmetric, isMatch, nearestOf } from './match.js';

import { type LostScript, lostText } from './scripts.js';

/** What was given to a tracker and can be no event, or what an adapter left out of one: in production it would be lost. */
export interface Misuse {
  /** `ga4: cart: items[0].price: "72,93" is not a decimal number ≥ 0`. */
  readonly message: string;
  readonly page_url: string;
}

/** What the pages did, beside what arrived. */
export interface Observed {
  /** How often a page's tracker made itself known. */
  readonly trackers: number;
  /** Calls of the pages' trackers, by type of event. */
  readonly called: Map<string, number>;
  readonly misuses: Misuse[];
  /** Requests of trackers that failed, in the browser's words. */
  readonly failures: string[];
  /** What a content security policy has stopped. */
  readonly blocked: string[];
  /** Addresses that got events and are not `endpoint`. */
  readonly strangers: Set<string>;
  /** Addresses that got events which were meant for here. */
  readonly passed: Set<string>;
  /** Files of the tracker's that did not arrive. */
  readonly lost: readonly LostScript[];
}

/** All that is known when an assertion fails. */
export interface Evidence {
  readonly events: readonly TrackedEvent[];
  readonly rejections: readonly Rejection[];
  /** Requests with events that came. */
  readonly requests: number;
  readonly fault: Fault | undefined;
  readonly observed: Observed;
  readonly pages: readonly PageLook[];
}

export interface Expected {
  readonly type: EventType;
  readonly fields: object;
}

/** Expected green, received red, as Playwright has it. */
export interface Paint {
  expected(text: string): string;
  received(text: string): string;
  dim(text: string): string;
}
export const plain: Paint = { expected: (text) => text, received: (text) => text, dim: (text) => text };
const ansi =
  (open: number, close: number) =>
  (text: string): string =>
    `\u001b[${open}m${text}\u001b[${close}m`;
export const coloured: Paint = { expected: ansi(32, 39), received: ansi(31, 39), dim: ansi(2, 22) };

const mostListed = 30;
const mostLength = 100;

/** Why no event matched, or not as often as it should. `unsettled`: why it is not known whether more were to come. */
export function notTracked(
  { type, fields }: Expected,
  times: number | undefined,
  matches: number,
  evidence: Evidence,
  paint: Paint,
  unsettled?: string,
  title: string = heading('toHaveTracked', paint),
): string {
  const wanted = times === undefined ? 'at least once' : `exactly ${timesText(times)}`;
  const ofType = evidence.events.filter(({ event_type }) => event_type === type).length;
  const found =
    ofType === 0
      ? `no ${type}`
      : `${ofType} × ${type}, of which ${matches === 0 ? 'none matches' : `${matches} match`}`;
  return paragraphs(
    title,
    `Expected: ${paint.expected(describe(type, fields))}, ${wanted}\nReceived: ${paint.received(found)}`,
    unsettled && `Whether more were to come cannot be told: ${unsettled}.`,
    matches === 0
      ? nearestText(type, fields, evidence.events, paint)
      : matching(type, fields, evidence.events)
          .slice(0, mostListed)
          .map((event) => `  ${eventText(event, evidence.events, paint)}`)
          .join('\n'),
    surroundings(evidence, paint, type),
  );
}

/** Why `not` fails: what matched, or that it cannot be told yet. */
export function tracked({ type, fields }: Expected, evidence: Evidence, paint: Paint, unsettled?: string): string {
  const found = matching(type, fields, evidence.events);
  return paragraphs(
    heading('toHaveTracked', paint, true),
    `Expected: no ${paint.expected(describe(type, fields))}`,
    unsettled
      ? `Whether there is none cannot be told: ${unsettled}.`
      : found.map((event) => `Received: ${eventText(event, evidence.events, paint)}`).join('\n'),
    surroundings(evidence, paint),
  );
}

/** Why the events are not these, in this order. */
export function notOnly(
  expected: readonly Expected[],
  received: readonly TrackedEvent[],
  evidence: Evidence,
  paint: Paint,
  unsettled?: string,
): string {
  const lines = align(expected, received).map(([want, got]) => {
    if (want && got) {
      const differences = differencesOf(want.fields, got);
      if (differences.length === 0) return `    ${paint.dim(describe(want.type, want.fields))}`;
      return [
        `  ≠ ${describe(want.type, want.fields)}`,
        ...differences.map((each) => `      ${fieldText(each, paint)}`),
      ].join('\n');
    }
    return want
      ? `  - ${paint.expected(describe(want.type, want.fields))} ${paint.dim('did not come')}`
      : `  + ${paint.received(got ? summary(got) : '')} ${paint.dim('was not expected here')}`;
  });
  return paragraphs(
    heading('toHaveTrackedOnly', paint),
    `Expected: ${paint.expected(eventCount(expected.length))}, in this order\nReceived: ${paint.received(eventCount(received.length))}`,
    lines.join('\n'),
    unsettled && `Whether more were to come cannot be told: ${unsettled}.`,
    surroundings(evidence, paint),
  );
}

/** Why nothing was rejected as expected. */
export function notRejected(
  code: string | undefined,
  path: string | undefined,
  evidence: Evidence,
  paint: Paint,
): string {
  const what = `${code ?? 'any rejected event'}${path === undefined ? '' : ` at ${path || 'the whole event'}`}`;
  return paragraphs(
    heading('toHaveRejected', paint),
    `Expected: ${paint.expected(what)}\nReceived: ${paint.received(evidence.rejections.length === 0 ? 'nothing was rejected' : 'other rejections')}`,
    surroundings(evidence, paint),
  );
}

/** Why `not.toHaveRejected` fails, and why a test fails at its end. */
export function rejectedText(rejections: readonly Rejection[], paint: Paint): string {
  return rejections.map((each) => `  ${paint.received(rejectionText(each))}`).join('\n');
}

export function misuseText(misuses: readonly Misuse[], paint: Paint): string {
  return misuses
    .slice(0, mostListed)
    .map(({ message, page_url }) => `  ${paint.received(message.replace(/\n.*/s, ''))} ${paint.dim(`(${page_url})`)}`)
    .join('\n');
}

/** Why nothing was misused as expected. */
export function notMisused(message: string | RegExp | undefined, evidence: Evidence, paint: Paint): string {
  const { misuses } = evidence.observed;
  return paragraphs(
    heading('toHaveMisused', paint),
    `Expected: ${paint.expected(message === undefined ? 'any misuse' : show(message))}\nReceived: ${paint.received(misuses.length === 0 ? 'none' : 'other misuse')}`,
    surroundings(evidence, paint),
  );
}

/** Pairs what was expected with what came so that as much as can be keeps its order (longest common subsequence). */
function align(
  expected: readonly Expected[],
  received: readonly TrackedEvent[],
): (readonly [Expected | undefined, TrackedEvent | undefined])[] {
  const worth = expected.map(({ type, fields }) =>
    received.map((event) => {
      if (event.event_type !== type) return 0;
      return differencesOf(fields, event).length === 0 ? 3 : 1;
    }),
  );
  const best = Array.from({ length: expected.length + 1 }, () => new Array<number>(received.length + 1).fill(0));
  const at = (i: number, j: number): number => best[i]?.[j] ?? 0;
  for (let i = expected.length - 1; i >= 0; i--) {
    for (let j = received.length - 1; j >= 0; j--) {
      const gain = worth[i]?.[j] ?? 0;
      const paired = gain > 0 ? gain + at(i + 1, j + 1) : 0;
      (best[i] as number[])[j] = Math.max(paired, at(i + 1, j), at(i, j + 1));
    }
  }
  const pairs: (readonly [Expected | undefined, TrackedEvent | undefined])[] = [];
  let i = 0;
  let j = 0;
  while (i < expected.length || j < received.length) {
    const gain = worth[i]?.[j] ?? 0;
    if (gain > 0 && at(i, j) === gain + at(i + 1, j + 1)) pairs.push([expected[i++], received[j++]]);
    else if (i < expected.length && at(i, j) === at(i + 1, j)) pairs.push([expected[i++], undefined]);
    else pairs.push([undefined, received[j++]]);
  }
  return pairs;
}

function nearestText(type: EventType, fields: object, events: readonly TrackedEvent[], paint: Paint): string {
  const nearest = nearestOf(type, fields, events);
  if (!nearest) return '';
  const { event, differences } = nearest;
  const same = Object.keys(fields).filter(
    (name) =>
      !differences.some(
        ({ path }) => path === name || (/^[.[]/.test(path.slice(name.length)) && path.startsWith(name)),
      ),
  );
  return [
    `The nearest ${type} ${paint.dim(`(${placeOf(event, events)})`)} differs in:`,
    ...differences.map((difference) => `  ${fieldText(difference, paint)}`),
    ...(same.length > 0
      ? [paint.dim(`  as expected: ${same.filter((name) => name in event).join(', ') || same.join(', ')}`)]
      : []),
  ].join('\n');
}

function fieldText({ path, expected, received, note }: Difference, paint: Paint): string {
  const want = show(expected);
  const got = show(received);
  const comment = note ? paint.dim(` (${note})`) : '';
  if (want.length + got.length + path.length < mostLength)
    return `${path}: expected ${paint.expected(want)}, received ${paint.received(got)}${comment}`;
  return `${path}:${comment}\n      expected ${paint.expected(want)}\n      received ${paint.received(got)}`;
}

const matching = (type: EventType, fields: object, events: readonly TrackedEvent[]): readonly TrackedEvent[] =>
  events.filter((event) => isMatch(type, fields, event));
const placeOf = (event: TrackedEvent, events: readonly TrackedEvent[]): string =>
  `event ${events.indexOf(event) + 1} of ${events.length}, at ${String(event.event_time).slice(11, 23)}${event.page_url ? ` on ${event.page_url}` : ''}`;
const eventText = (event: TrackedEvent, events: readonly TrackedEvent[], paint: Paint): string =>
  `${paint.received(summary(event))} ${paint.dim(`(${placeOf(event, events)})`)}`;

/** What else happened: most of what is wrong with a shop's tracking shows here. */
export function surroundings(
  { events, rejections, requests, fault, observed, pages }: Evidence,
  paint: Paint,
  type?: EventType,
): string {
  const lines: string[] = [];
  const counts = new Map<string, number>();
  for (const { event_type } of events) counts.set(event_type, (counts.get(event_type) ?? 0) + 1);
  lines.push(`Arrived:  ${[...counts].map(([name, count]) => `${count} × ${name}`).join(', ') || 'nothing'}`);
  if (rejections.length > 0) {
    lines.push('Rejected:');
    for (const each of rejections.slice(0, mostListed)) lines.push(`  ${paint.received(rejectionText(each))}`);
  }
  if (observed.misuses.length > 0) lines.push('Left out:', misuseText(observed.misuses, paint));
  if (events.length > 0 && observed.trackers === 0)
    lines.push(
      paint.dim('The page has no window.rastro: what its tracker has left out is not seen (window.rastro = tracker).'),
    );
  const hints = hintsOf({ events, rejections, requests, fault, observed, pages }, type);
  if (hints.length > 0) lines.push('', ...hints.map((hint) => `Hint: ${hint}`));
  return lines.join('\n');
}

/** What is likely to be the reason, the likeliest first. */
export function hintsOf(
  { events, rejections, requests, fault, observed, pages }: Evidence,
  type?: EventType,
): string[] {
  const hints: string[] = [];
  if (fault?.kind === 'status') hints.push(`rastro.fail(${fault.status}) is on: every request is answered with it.`);
  if (fault?.kind === 'offline') hints.push('rastro.offline() is on: no request arrives.');
  if (fault?.kind === 'slow') hints.push(`rastro.slow(${fault.delayMs}) is on: that long, nothing arrives.`);
  for (const url of observed.strangers) hints.push(strangerText(url));
  for (const url of observed.passed) hints.push(passedText(url));
  for (const lost of observed.lost) hints.push(lostText(lost));
  for (const { url, consent, gpc } of pages) {
    if (consent === 'pending') hints.push(`consent is 'pending' at ${url}: its events wait until consent('granted').`);
    if (consent === 'stopped') hints.push(`the tracker at ${url} was stopped: stop() was called.`);
    if (consent === 'denied') {
      const why = gpc ? ', since the browser sends Global Privacy Control' : '';
      hints.push(`consent is 'denied' at ${url}${why}: its events are dropped.`);
    }
  }
  const lost = new Set(observed.lost.map(({ url }) => url));
  for (const { url, tags = [] } of pages.filter(({ tracker }) => tracker === 'stub')) {
    // That it is lost, and why, stands above.
    if (tags.some((tag) => lost.has(tag))) continue;
    const what =
      tags.length === 0 ? "there is no tag with data-key: see the tag's src" : `the tag asks for ${tags.join(', ')}`;
    hints.push(`the stub is there at ${url}, but rastro.js has not arrived: ${what}, and rastroOptions.script.`);
  }
  for (const blocked of new Set(observed.blocked)) hints.push(`a content security policy stopped ${blocked}`);
  // The reason stands above already, where it is known.
  if (hints.length === 0)
    for (const failure of new Set(observed.failures)) hints.push(`a request of the tracker failed: ${failure}`);
  if (type) {
    const called = observed.called.get(type) ?? 0;
    const came =
      events.filter(({ event_type }) => event_type === type).length +
      rejections.filter(({ event_type }) => event_type === type).length;
    const refused = rejections.some(({ event }) => event === undefined);
    if (called > came && hints.length === 0 && !refused)
      hints.push(`the page did tell ${called} × ${type}; ${came === 0 ? 'none' : `${came} of them`} came here.`);
    if (called === 0 && came === 0 && observed.trackers > 0 && observed.misuses.length === 0)
      hints.push(`no page called its tracker for a ${type}.`);
  }
  if (requests === 0 && hints.length === 0) {
    const where = pages.map(({ url }) => url).join(', ') || 'no page is open';
    hints.push(
      observed.trackers > 0
        ? `the tracker is there, and has sent nothing (${where}).`
        : `no request with events, and no window.rastro (${where}): is the tag on the page, was the page opened in this context (rastro.attach(context) for others)? A tracker imported from npm is seen as window.rastro = createTracker(…).`,
    );
  }
  return hints;
}

export const strangerText = (url: string): string =>
  `events were sent to ${url}, which is not rastroOptions.endpoint: they did not come here.`;
export const passedText = (url: string): string =>
  `events were sent to ${url} and did not come here: a route of yours answers first (use route.fallback()).`;

function rejectionText({ errors, event_type, event }: Rejection): string {
  const what = event_type ?? (event ? 'event' : 'request');
  const name = nameOf(event ?? {});
  const reasons = errors.map(({ code, path, message }) => `${code}${path ? ` at ${path}` : ''}: ${message}`);
  return `${what}${name ? ` ${name}` : ''}: ${reasons.join('\n    ')}`;
}

const describe = (type: EventType, fields: object): string =>
  Object.keys(fields).length === 0 ? type : `${type} ${show(fields)}`;

/** An event in a line. */
export function summary(event: TrackedEvent): string {
  const name = nameOf(event as unknown as Record<string, unknown>);
  const items =
    event.event_type === 'purchase' ? ` with ${event.items.map(({ product_id }) => show(product_id)).join(', ')}` : '';
  return `${event.event_type}${name ? ` ${name}` : ''}${items}`;
}

function nameOf(event: Readonly<Record<string, unknown>>): string {
  const name = ['order_id', 'product_id', 'metric'].find((each) => event[each] !== undefined);
  return name ? `${name} ${show(event[name])}` : '';
}

/** A value as JavaScript would be written, on one line. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value instanceof RegExp) return String(value);
  if (isAsymmetric(value)) {
    const { toAsymmetricMatcher, sample } = value as { toAsymmetricMatcher?: () => string; sample?: unknown };
    return toAsymmetricMatcher?.call(value) ?? `${value}<${show(sample)}>`;
  }
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([name, each]) => `${name}: ${show(each)}`)
      .join(', ')} }`;
  return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
}

const heading = (name: string, paint: Paint, not = false): string =>
  `${paint.dim('expect(')}${paint.received('rastro')}${paint.dim(').')}${not ? `not${paint.dim('.')}` : ''}${name}${paint.dim('(')}${paint.expected('expected')}${paint.dim(')')}`;
const timesText = (times: number): string => (times === 1 ? 'once' : `${times} times`);
const eventCount = (count: number): string => `${count} ${count === 1 ? 'event' : 'events'}`;
export const paragraphs = (...parts: (string | undefined | false)[]): string => parts.filter(Boolean).join('\n\n');
