// @ts-check
import { SourceMap } from 'node:module';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { count } from './table.mjs';

/** @typedef {{ raw: number, gzip: number, brotli: number }} Size Bytes; gzip at level 9, Brotli at 11. */
/** @typedef {keyof Size} Encoding */

/**
 * @param {string} code
 * @returns {Size}
 */
export function sizeOf(code) {
  const bytes = Buffer.from(code);
  return {
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length,
  };
}

const marker = /(<!-- size:([\w./-]+)(?::(\w+))? -->)(.*?)(<!-- \/size -->)/g;

/**
 * Writes today's sizes between the markers of a Markdown text: `<!-- size:rastro.js -->2,345 B<!-- /size -->`. Brotli,
 * unless the marker names another encoding: `<!-- size:rastro.js:gzip -->`.
 *
 * @param {string} text
 * @param {Readonly<Record<string, Size>>} sizes By name.
 * @returns {{ text: string, claims: number, stale: string[] }} `stale`: what was changed, one line each.
 */
export function updateClaims(text, sizes) {
  let claims = 0;
  /** @type {string[]} */
  const stale = [];
  const updated = text.replace(marker, (_, open, name, encoding = 'brotli', before, close) => {
    claims += 1;
    const bytes = sizes[name]?.[/** @type {Encoding} */ (encoding)];
    if (bytes === undefined) {
      stale.push(`unknown size ${name}:${encoding}`);
      return open + before + close;
    }
    const now = `${count(bytes)} B`;
    if (before !== now) stale.push(`${name} (${encoding}): says ${before || 'nothing'}, is ${now}`);
    return open + now + close;
  });
  return { text: updated, claims, stale };
}

/**
 * @param {Readonly<Record<string, Size>>} sizes
 * @param {Readonly<Record<string, Partial<Size>>>} limits
 * @returns {string[]} One line per size that is over its limit, and per limit of nothing.
 */
export function overLimit(sizes, limits) {
  return Object.entries(limits).flatMap(([name, byEncoding]) =>
    Object.entries(byEncoding).flatMap(([encoding, limit]) => {
      const bytes = sizes[name]?.[/** @type {Encoding} */ (encoding)];
      if (bytes === undefined) return [`${name} ${encoding}: a limit for something that is not measured`];
      return bytes > limit ? [`${name} ${encoding}: ${count(bytes)} B, ${count(bytes - limit)} over its limit`] : [];
    }),
  );
}

/**
 * How many bytes of minified code come from each source, by its source map.
 *
 * @param {string} code
 * @param {import('rollup').SourceMap} map
 * @returns {{ module: string, bytes: number, share: number }[]} Largest first; they add up to the whole.
 */
export function bytesPerModule(code, map) {
  const sourceMap = new SourceMap({ ...map, file: '', sourceRoot: '', sourcesContent: [] });
  /** @type {Map<string, number>} */
  const sums = new Map();
  for (const [row, line] of code.split(/(?<=\n)/).entries()) {
    let column = 0;
    for (const character of line) {
      const entry = sourceMap.findEntry(row, column);
      const module = 'originalSource' in entry ? entry.originalSource.replace(/^(\.*\/)*/, '') : '(wrapper)';
      sums.set(module, (sums.get(module) ?? 0) + Buffer.byteLength(character));
      column += character.length;
    }
  }
  const total = [...sums.values()].reduce((sum, bytes) => sum + bytes, 0);
  return [...sums]
    .map(([module, bytes]) => ({ module, bytes, share: bytes / total }))
    .sort((a, b) => b.bytes - a.bytes);
}
