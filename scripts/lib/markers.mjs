// @ts-check

/**
 * Puts a text between two comments of a Markdown file: `<!-- name -->` and `<!-- /name -->`.
 *
 * @param {string} markdown
 * @param {string} name
 * @param {string} text
 * @returns {string | undefined} `undefined` when the comments are not there.
 */
export function insert(markdown, name, text) {
  const opening = `<!-- ${name} -->`;
  const start = markdown.indexOf(opening);
  const end = markdown.indexOf(`<!-- /${name} -->`, start);
  if (start < 0 || end < 0) return undefined;
  return `${markdown.slice(0, start + opening.length)}\n${text}\n${markdown.slice(end)}`;
}
