/**
 * Finds the text of each event in the text of an envelope, so that a dead letter holds what was sent, to the digit:
 * once parsed, `1487580005134238553` is another number.
 *
 * @param text An envelope that `JSON.parse` has read without error.
 * @returns The text of each entry of the last top-level `events` (the one `JSON.parse` keeps).
 */
export function rawEvents(text: string): string[] {
  let found: string[] = [];
  let at = skipSpace(text, 0);
  if (text[at] !== '{') return found;
  at = skipSpace(text, at + 1);
  while (at < text.length && text[at] !== '}') {
    const keyEnd = skipValue(text, at);
    const key = JSON.parse(text.slice(at, keyEnd)) as string;
    const valueAt = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const valueEnd = skipValue(text, valueAt);
    if (key === 'events') found = elements(text, valueAt);
    at = skipSpace(text, valueEnd);
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return found;
}

function elements(text: string, start: number): string[] {
  const found: string[] = [];
  if (text[start] !== '[') return found;
  let at = skipSpace(text, start + 1);
  while (at < text.length && text[at] !== ']') {
    const end = skipValue(text, at);
    found.push(text.slice(at, end));
    at = skipSpace(text, end);
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return found;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\n\r'.includes(text[at] as string)) at++;
  return at;
}

/** The position after the value that starts at `from`. Iterative: depth is the sender's choice. */
function skipValue(text: string, from: number): number {
  let depth = 0;
  let at = from;
  for (; at < text.length; at++) {
    const c = text[at];
    if (c === '"') {
      for (at++; text[at] !== '"'; at++) if (text[at] === '\\') at++;
      if (depth === 0) return at + 1;
    } else if (c === '{' || c === '[') depth++;
    else if (c === '}' || c === ']') {
      if (depth === 0) return at;
      if (--depth === 0) return at + 1;
    } else if (depth === 0 && (c === ',' || ' \t\n\r'.includes(c as string))) return at;
  }
  return at;
}
