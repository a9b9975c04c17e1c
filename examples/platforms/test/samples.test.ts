/**
 * What each adapter makes of the samples of its platform, and what the collector makes of that. The table in the platform's
 * page of the docs is what this test expects: `npm run generate` writes it anew, to be read before it is committed.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { adapterLine, type Platform, platformList, readSamples, type Sample } from '@rastro/example-platforms';
import { describe, expect, test } from 'vitest';
import type { Mapping } from '../../../packages/tracker/src/plugins/adapter.js';
import { collected } from '../../../packages/tracker/test/platforms/collected.js';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const write = process.env['RASTRO_WRITE_DOCS'] === '1';
const eventTypes: Readonly<Record<string, string>> = {
  view: 'view',
  cart: 'cart',
  removeFromCart: 'remove_from_cart',
  purchase: 'purchase',
};

type Samples = Readonly<Record<string, (payload: unknown, name: string) => readonly Mapping[]>>;
const mapsOf = async ({ slug }: Platform): Promise<Samples> => {
  const { samples } = (await import(`../../../packages/tracker/test/platforms/${slug}.samples.ts`)) as {
    samples: Samples;
  };
  return samples;
};

/** In a cell of a table, shown as it is. */
const code = (text: string): string => `\`${text.replaceAll('`', "'").replaceAll('|', '\\|')}\``;
const amount = (value: unknown, currency: unknown): string => `${value}${currency ? ` ${currency}` : ''}`;
type Fields = Readonly<Record<string, unknown>>;
const product = ({ product_id, sku, price, currency, quantity }: Fields): string =>
  `${quantity === undefined ? '' : `${quantity} × `}${product_id}${sku === undefined ? '' : ` (${sku})`}${price === undefined ? '' : ` at ${amount(price, currency)}`}`;
const tell = ([method, argument]: Mapping['calls'][number]): string => {
  if (typeof argument !== 'object' || !argument) return `${method} ${argument}`;
  const fields = argument as unknown as Fields;
  if (method !== 'purchase') return `${eventTypes[method]} ${product(fields)}`;
  const { order_id, items, order_total, currency } = fields;
  const lines = (items as Fields[]).map((line) => product({ currency, ...line }));
  return `purchase ${order_id}: ${lines.join(', ')}${order_total === undefined ? '' : `; total ${amount(order_total, currency)}`}`;
};

interface Row {
  readonly sample: Sample;
  readonly mapping: Mapping;
  readonly records: readonly object[];
  readonly rejected: readonly unknown[];
}
const rowsOf = async (platform: Platform): Promise<Row[]> => {
  const maps = await mapsOf(platform);
  const samples = await readSamples(platform.folders);
  return Promise.all(
    samples.map(async (sample) => {
      const map = maps[sample.folder];
      if (!map) throw new Error(`${platform.slug}.samples.ts has nothing for ${sample.folder}`);
      const mappings = map(sample.payload, sample.name);
      const mapping = {
        calls: mappings.flatMap(({ calls }) => calls),
        reasons: mappings.flatMap(({ reasons }) => reasons),
      };
      return { sample, mapping, ...(await collected(mapping.calls)) };
    }),
  );
};

const tableOf = (rows: readonly Row[]): string => {
  const of = (row: Row): string[] => {
    const { calls, reasons } = row.mapping;
    const events = calls.map((call) => code(tell(call))).join('<br>');
    return [
      `${row.sample.folder}/${row.sample.name}`,
      calls.length > 0 ? 'mapped' : reasons.length > 0 ? 'refused' : 'ignored',
      events,
      String(row.records.length || ''),
      reasons.map(code).join('<br>'),
    ];
  };
  const count = (what: string): number => rows.filter((row) => of(row)[1] === what).length;
  const lines = [
    ['sample', 'outcome', 'calls', 'records', 'left out'],
    ['---', '---', '---', '--:', '---'],
    ...rows.map(of),
  ].map((cells) => `| ${cells.join(' | ')} |`);
  return `${rows.length} ${rows.length === 1 ? 'sample' : 'samples'}: ${count('mapped')} mapped, ${count('refused')} refused, ${count('ignored')} ignored. Written by the test that maps them.\n\n${lines.join('\n')}`;
};

describe.each(platformList.map((platform) => [platform.slug, platform] as const))('%s', (slug, platform) => {
  test('makes of its samples what its page in the docs says', async () => {
    const file = path(`../../../docs/platforms/${slug}.md`);
    const text = await readFile(file, 'utf8');
    const [, before, table, after] =
      /^([\s\S]*<!-- samples -->\n)([\s\S]*?)(<!-- \/samples -->[\s\S]*)$/.exec(
        text.replace('<!-- samples --><!--', '<!-- samples -->\n<!--'),
      ) ?? [];
    if (before === undefined) throw new Error(`docs/platforms/${slug}.md has no markers for the samples`);
    const expected = `\n${tableOf(await rowsOf(platform))}\n\n`;
    if (write) await writeFile(file, `${before}${expected}${after}`);
    else expect(table).toBe(expected);
  });

  test('makes calls that the collector takes whole', async () => {
    for (const { sample, mapping, records, rejected } of await rowsOf(platform)) {
      expect(rejected, sample.name).toEqual([]);
      const lines = mapping.calls.map(([method, argument]) =>
        method === 'purchase' ? argument.items.length : eventTypes[method] ? 1 : 0,
      );
      expect(records, sample.name).toHaveLength(lines.reduce((sum, each) => sum + each, 0));
    }
  });

  test('leaves a payload as it is', async () => {
    const maps = await mapsOf(platform);
    for (const { folder, name, payload } of await readSamples(platform.folders)) {
      const before = JSON.stringify(payload);
      maps[folder]?.(payload, name);
      expect(JSON.stringify(payload), name).toBe(before);
    }
  });
});

test('the docs show the line that the page runs, from whichever host and with whichever options', async () => {
  for (const platform of platformList.filter(({ slug }) => slug !== 'shopify')) {
    const text = await readFile(path(`../../../docs/platforms/${platform.slug}.md`), 'utf8');
    const [line] = /<script type="module">import .*<\/script>/.exec(text) ?? [];
    const plain = line?.replace(/'https:\/\/[^/]+/, "'").replace(/\{[^{}]*\}\)\)/, '))');
    expect(plain, platform.slug).toBe(adapterLine(platform));
  }
});

const shared = path('../../../../shared/data/storefront-samples/');
test.runIf(existsSync(shared))('the samples are those that were gathered', async () => {
  for (const platform of platformList)
    for (const folder of platform.folders) {
      const names = (await readdir(`${shared}${folder}`)).sort();
      expect((await readdir(path(`../samples/${folder}`))).sort()).toEqual(names);
      for (const name of names)
        expect(JSON.parse(await readFile(path(`../samples/${folder}/${name}`), 'utf8')), name).toEqual(
          JSON.parse(await readFile(`${shared}${folder}/${name}`, 'utf8')),
        );
    }
});
