import { h } from './dom.js';

/** What shops call things. Nothing here trusts it. */

// All that has no glyph, or that turns the text after it round, except the joiners that emoji and Persian need.
const invisible = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** An emoji is several code points: a name is cut between what people see as characters. */
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
/** Ids of one shop begin alike: their ends tell them apart. Unit: characters. */
const idEnd = 7;

/** Writes characters that cannot be seen as escapes. */
export function visible(text: string): string {
  return text.replace(invisible, (character) => {
    const hex = (character.codePointAt(0) ?? 0).toString(16);
    return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
  });
}

/** @param most Characters kept. */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return visible(text);
  const kept: string[] = [];
  // Cut before it is taken apart: a very long name costs nothing.
  for (const { segment } of graphemes.segment(text.slice(0, most * 12))) {
    if (kept.length === most - 1) return visible(`${kept.join('')}…`);
    kept.push(segment);
  }
  return visible(kept.join(''));
}

/** A name as it fits a chart: the end of a long number, the beginning of anything else. */
export function shortName(text: string, most = 32): string {
  return /^\d{12,}$/.test(text) ? `…${text.slice(-idEnd)}` : shorten(text, most);
}

/** A name in a text of its own direction, whole in its title where it is shortened. */
export function name(text: string, most = 64): HTMLElement {
  const short = shortName(text, most);
  return h('bdi', short === text ? {} : { title: visible(text) }, short);
}

/** A name as it fits a table, where it is compared and copied: all of it. */
export const wholeName = (text: string): HTMLElement => h('bdi', { title: visible(text) }, visible(text));

export const brandName = (brand: unknown): string => (typeof brand === 'string' && brand !== '' ? brand : '(no brand)');
