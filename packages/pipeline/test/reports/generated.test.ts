import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { render } from '../../scripts/render.mjs';
import { reports } from '../../src/reports.js';

const root = new URL('../../../../', import.meta.url);

describe('generated files', async () => {
  test.each(Object.entries(await render()))('%s is up to date: npm run generate', async (path, text) => {
    expect(await readFile(new URL(path, root), 'utf8')).toBe(text);
  });

  test('there is one file of SQL per report', async () => {
    const files = await readdir(new URL('packages/pipeline/sql/reports/', root));
    expect(files.sort()).toEqual(
      Object.keys(reports)
        .map((name) => `${name}.sql`)
        .sort(),
    );
  });

  test('docs/reports.md has the columns of every report', async () => {
    const text = await readFile(new URL('docs/reports.md', root), 'utf8');
    for (const { name, columns } of Object.values(reports)) {
      const section = text.split(`<!-- columns: ${name} -->`)[1]?.split('<!-- /columns -->')[0] ?? '';
      for (const column of columns) expect(section, name).toContain(`| \`${column.name}\` | ${column.type} |`);
    }
  });
});
