import { h } from './dom.js';
import { shorten, visible } from './format.js';

const token = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*)|(true|false|null)/g;
/** Above it colours cost more than they help. Unit: characters. */
const mostColoured = 30_000;
/** Above it the page would stall. Unit: characters. */
const mostShown = 500_000;

/** A value as indented JSON. A text is shown as it is, indented where it is JSON itself. */
export function jsonView(value: unknown): HTMLElement {
  const text = typeof value === 'string' ? indented(value) : (JSON.stringify(value, null, 2) ?? String(value));
  const pre = h('pre', { tabindex: '0', dir: 'ltr' });
  if (text.length > mostColoured) pre.append(lines(text));
  else colour(pre, text);
  return pre;
}

function indented(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    // A number that lost digits by being read must be shown as it came.
    if (JSON.stringify(value) === text) return JSON.stringify(value, null, 2);
  } catch {
    // Not JSON, which may be why it is a dead letter.
  }
  return text;
}

function colour(pre: HTMLElement, text: string): void {
  let end = 0;
  for (const match of text.matchAll(token)) {
    const [whole, string, colon, number] = match;
    pre.append(lines(text.slice(end, match.index)));
    const kind = string ? (colon ? 'key' : 'string') : number ? 'number' : 'word';
    pre.append(h('span', { class: `json-${kind}` }, lines(string ?? whole)), colon ?? '');
    end = match.index + whole.length;
  }
  pre.append(lines(text.slice(end)));
}

function lines(text: string): string {
  if (text.length > mostShown)
    return `${lines(text.slice(0, mostShown))}\n… and ${text.length - mostShown} more characters`;
  return text.split('\n').map(visible).join('\n');
}

/** One line of a value, for a row. */
export function jsonExcerpt(value: unknown, most: number): string {
  return shorten(typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value)), most);
}
