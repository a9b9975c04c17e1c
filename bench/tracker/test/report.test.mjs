// @ts-check
import { expect, it } from 'vitest';
import { insert, losses, markdown, times } from '../lib/report.mjs';

const columns = [
  { field: 'us', title: 'call us' },
  { field: 'ms', title: 'load ms', digits: 1 },
  { field: 'arrived', title: 'arrived', compare: false },
];
const rows = {
  empty: { us: 0, ms: 0.04, arrived: 0 },
  rastro: { us: 10, ms: 2, arrived: 1000 },
  plausible: { us: 1234, ms: 1, arrived: 235 },
};

it('writes the numbers, then how many times Rastro needs them', () => {
  expect(markdown(columns, [{ label: '4×', rows }])).toBe(`| tracker |  | call us | load ms | arrived |
|---|---|---:|---:|---:|
| (no tracker) | 4× | 0 | 0.0 | 0 |
| **Rastro** | 4× | 10 | 2.0 | 1,000 |
| Plausible | 4× | 1,234 | 1.0 | 235 |
| Plausible / Rastro | 4× | 123× | 0.5× |  |`);
});

it('has no ratios where Rastro was not measured', () => {
  const { rastro: _, ...others } = rows;
  expect(markdown(columns, [{ label: '', rows: others }])).not.toContain('/ Rastro');
});

it('names each number in which a peer is better, and no other', () => {
  expect(losses('loading', columns, [{ label: '4×', rows }])).toEqual([
    'loading, 4×: load ms, Rastro 2.0, Plausible 1.0',
  ]);
});

it('says the lowest and the highest sample, and where two ranges overlap', () => {
  const spread = [{ field: 'ms', title: 'load ms', spread: true }];
  const group = {
    label: '',
    rows: { rastro: { ms: 20 }, plausible: { ms: 15 }, snowplow: { ms: 5 } },
    samples: {
      rastro: [{ ms: 12 }, { ms: 20 }, { ms: 30 }],
      plausible: [{ ms: 10 }, { ms: 15 }, { ms: 18 }],
      snowplow: [{ ms: 5 }, { ms: 5 }, { ms: 5 }],
    },
  };
  expect(markdown(spread, [group])).toContain(
    '| **Rastro** | 20 (12–30) |\n| Plausible | 15 (10–18) |\n| Snowplow | 5 |',
  );
  expect(losses('loading', spread, [group])).toEqual([
    'loading: load ms, Rastro 20, Plausible 15 (overlap)',
    'loading: load ms, Rastro 20, Snowplow 5',
  ]);
});

it.each([
  [undefined, '–'],
  [0.512, '0.5×'],
  [9.94, '9.9×'],
  [12.4, '12×'],
  [1234, '1,234×'],
])('writes %j as %s', (value, text) => {
  expect(times(value)).toBe(text);
});

it('replaces what stands between the markers and nothing else', () => {
  const page = 'a\n<!-- x -->\nold\n<!-- /x -->\nb';
  const once = insert(page, 'x', 'new');
  expect(once).toBe('a\n<!-- x -->\n\nnew\n\n<!-- /x -->\nb');
  expect(insert(once, 'x', 'new')).toBe(once);
  expect(() => insert('nothing', 'x', 'new')).toThrow('<!-- x -->');
});
