import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { schema } from '@rastro/schema';
import { getPattern } from 'isbot';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

interface Pattern {
  readonly source: string;
  readonly flags: string;
  /** Where it stands. */
  readonly at: string;
}

const robots = getPattern();
/** What may take more than linear time, since it is never given a longer text than this. */
const longest: Readonly<Record<string, number>> = {
  // decimalProblem refuses longer amounts before.
  '0+$': 64,
  // The user agent is cut before.
  [robots.source]: 512,
};

/** Every regular expression in the source of the core and the schema. */
function literals(folder: URL): Pattern[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => {
      const file = ts.createSourceFile(name, readFileSync(new URL(name, folder), 'utf8'), ts.ScriptTarget.Latest);
      const found: Pattern[] = [];
      const visit = (node: ts.Node): void => {
        if (ts.isRegularExpressionLiteral(node)) {
          const end = node.text.lastIndexOf('/');
          found.push({ source: node.text.slice(1, end), flags: node.text.slice(end + 1), at: name });
        }
        ts.forEachChild(node, visit);
      };
      visit(file);
      return found;
    });
}
/** Every `pattern` of the contract, as Ajv compiles it. */
function patterns(value: unknown, at = ''): Pattern[] {
  if (typeof value !== 'object' || value === null || at.endsWith('/x-codes')) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === 'pattern' && typeof inner === 'string'
      ? [{ source: inner, flags: 'u', at }]
      : patterns(inner, `${at}/${name}`),
  );
}
const all = new Map<string, Pattern>();
for (const pattern of [
  ...literals(new URL('../../src/core/', import.meta.url)),
  ...literals(new URL('../../../schema/src/', import.meta.url)),
  ...patterns(schema),
  { source: robots.source, flags: robots.flags, at: 'isbot' },
]) {
  const name = pattern.source.length > 200 ? pattern.at : `/${pattern.source}/${pattern.flags}`;
  all.set(name, pattern);
}

/**
 * Texts that make a backtracking engine go back the most: short pieces from what the expression itself is made of, again
 * and again, and in the end something that does not match.
 */
const script = String.raw`
  const { source, flags, length } = JSON.parse(process.argv[1]);
  const pattern = new RegExp(source, flags.replaceAll(/[gy]/g, ''));
  const own = source.length < 200 ? source.replaceAll(/\\[dwsDWSp]|\\./g, '') : '';
  const pieces = [...new Set([...own, ...'0a .,-+:eE~/_\u0001'])];
  const starts = ['', '0', 'a', '1.', '-', ':', '0e'];
  const ends = ['', '!', '\u0000', '\ud800', 'e', '.', '0'];
  let texts = 0;
  const feed = (text) => { pattern.test(text); texts++; };
  for (const piece of pieces)
    for (const start of starts) for (const end of ends) feed(start + piece.repeat(length) + end);
  for (const a of pieces) for (const b of pieces) {
    feed((a + b).repeat(length / 2) + '!');
    // One kind after the other: two neighbours that take the same text share it out in every way.
    feed(a.repeat(length / 2) + b.repeat(length / 2) + '!');
  }
  process.stdout.write(String(texts));
`;
async function feed({ source, flags }: Pick<Pattern, 'source' | 'flags'>, timeout: number): Promise<number> {
  const argument = JSON.stringify({ source, flags, length: longest[source] ?? 100_000 });
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script, argument], { timeout });
  return Number(stdout);
}
/** Linear expressions take about a second for all texts, square ones some seconds for each of a hundred. */
const hangMs = 90_000;

describe('a regular expression takes no longer than its text is long', () => {
  test('and there are many', () => {
    expect(all.size).toBeGreaterThan(20);
  });

  test('which one that does is caught by', { timeout: 30_000 }, async () => {
    await expect(feed({ source: '^(?:a|a)+$', flags: '' }, 5_000)).rejects.toMatchObject({ killed: true });
  });

  test.each([...all.keys()])('%s', { timeout: hangMs + 10_000 }, async (name) => {
    expect(await feed(all.get(name) as Pattern, hangMs)).toBeGreaterThan(500);
  });
});
