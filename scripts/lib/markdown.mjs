// @ts-check

/** @param {string} markdown */
const withoutCode = (markdown) =>
  markdown.replace(/^( *)(```+|~~~+)[^\n]*\n[\s\S]*?^ *\2 *$/gm, '').replace(/`[^`\n]*`/g, '');

/**
 * Where the links and images of a text lead, as they are written.
 *
 * @param {string} markdown
 */
export const linksOf = (markdown) =>
  [
    ...withoutCode(markdown).matchAll(
      /\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)|^\[[^\]]+\]: +(\S+)|<(?:img|a)\b[^>]*\b(?:src|href)="([^"]+)"/gm,
    ),
  ].map(([, inline, reference, html]) => inline ?? reference ?? html ?? '');

/**
 * Anchors of a text's headings, as code hosts make them.
 *
 * @param {string} markdown
 * @param {(heading: string) => string} slug
 */
export function anchorsOf(markdown, slug) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  const headings = markdown
    .replace(/^( *)(```+|~~~+)[^\n]*\n[\s\S]*?^ *\2 *$/gm, '')
    .matchAll(/^#{1,6} +(.+?) *#* *$/gm);
  return [...headings].map(([, heading = '']) => {
    const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]|<!--.*?-->/g, '');
    const name = slug(text);
    const times = seen.get(name) ?? 0;
    seen.set(name, times + 1);
    return times === 0 ? name : `${name}-${times}`;
  });
}

/**
 * The blocks of code of a text in one language. A comment `<!-- given … -->` above a block holds what the reader has and
 * the block does not show; it is invisible.
 *
 * @param {string} markdown
 * @param {string} language
 * @returns {{ line: number, given: string, code: string }[]} `line` is that of the block's first line of code, from 1.
 */
export const blocksOf = (markdown, language) =>
  [...markdown.matchAll(/(?:^<!-- given\n([\s\S]*?)-->\n+)?^```(\w*)[^\n]*\n([\s\S]*?)^```$/gm)].flatMap((match) => {
    const [whole, given = '', name, code = ''] = match;
    if (name !== language) return [];
    const before = markdown.slice(0, match.index) + whole.slice(0, whole.length - code.length - 3);
    return [{ line: before.split('\n').length, given, code }];
  });
