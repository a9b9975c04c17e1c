// @ts-check
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { pages } from '../../docs/.vitepress/pages.mjs';
import { blocksOf } from '../lib/markdown.mjs';
import { root } from '../lib/run.mjs';

/** What every page takes for granted: the tracker of the shop. */
const usual = "import type { Tracker } from '@rastro/tracker';\ndeclare const rastro: Tracker;\n";
const checked = pages().filter((page) => page === 'docs/coming-from.md' || page.startsWith('docs/recipes/'));

/** @type {ts.CompilerOptions} */
const options = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  types: [],
};

/**
 * @param {Readonly<Record<string, string>>} sources Text by name of a file, each a module of its own.
 * @returns {Record<string, string[]>} What the compiler says, by name.
 */
function check(sources) {
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, getSourceFile } = host;
  const at = (/** @type {string} */ file) => sources[file.slice(root.length)];
  host.fileExists = (file) => at(file) !== undefined || fileExists(file);
  host.readFile = (file) => at(file) ?? readFile(file);
  host.getSourceFile = (file, ...rest) => {
    const text = at(file);
    return text === undefined ? getSourceFile(file, ...rest) : ts.createSourceFile(file, text, ts.ScriptTarget.ES2022);
  };
  const program = ts.createProgram(
    Object.keys(sources).map((name) => join(root, name)),
    options,
    host,
  );
  /** @type {Record<string, string[]>} */
  const said = Object.fromEntries(Object.keys(sources).map((name) => [name, []]));
  for (const { file, messageText } of ts.getPreEmitDiagnostics(program)) {
    const name = file?.fileName.slice(root.length) ?? '';
    said[name] = [...(said[name] ?? []), ts.flattenDiagnosticMessageText(messageText, '\n')];
  }
  return said;
}

/** @param {string} code */
const source = (code) => (/\b(?:const|let|var) rastro\b/.test(code) ? code : usual + code);

const blocks = checked.flatMap((page) =>
  blocksOf(readFileSync(join(root, page), 'utf8'), 'ts').map(({ line, given, code }) => ({
    name: `${page}:${line}`,
    file: `snippet-${page.replaceAll(/\W/g, '-')}-${line}.ts`,
    text: source(`${given}\n${code}\nexport {};\n`),
  })),
);

describe('the code in the docs', () => {
  const wrong = 'rastro.view({ product_id: 44600062 });\nexport {};\n';
  const said = check({
    ...Object.fromEntries(blocks.map(({ file, text }) => [file, text])),
    'wrong.ts': source(wrong),
  });

  it('is checked: what is wrong is said', () => {
    expect(blocks.length).toBeGreaterThan(10);
    expect(said['wrong.ts']).toEqual([expect.stringContaining('not assignable')]);
  });

  it.each(blocks)('$name compiles', ({ file }) => expect(said[file]).toEqual([]));
});
