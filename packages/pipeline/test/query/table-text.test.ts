import { describe, expect, it } from 'vitest';
import type { QueryResult } from '../../src/query/engine.js';
import { jsonOf } from '../../src/query/json-text.js';
import { tableText } from '../../src/query/table-text.js';

const table: QueryResult = {
  columns: [
    { name: 'brand', type: 'text' },
    { name: 'views', type: 'integer' },
    { name: 'revenue', type: 'decimal' },
  ],
  rows: [
    ['apple', 1234, '10.500000'],
    [null, 5, null],
  ],
};

describe('a table', () => {
  it('has numbers to the right and text to the left', () => {
    expect(tableText(table)).toBe(
      [
        'brand  views    revenue',
        '-----  -----  ---------',
        'apple   1234  10.500000',
        'NULL       5       NULL',
        '',
      ].join('\n'),
    );
  });

  it('shows what a terminal would obey, and cuts what is long', () => {
    const rows = [
      ['\u001b[31mred\u0007', 1, null],
      ['a\nb\u202ec', 2, null],
      ['x'.repeat(100), 3, null],
    ];
    const lines = tableText({ ...table, rows }).split('\n');
    expect(lines[2]).toMatch(/^\\x1b\[31mred\\x07 /);
    expect(lines[3]).toMatch(/^a\\nb\\u\{202e\}c /);
    expect(lines[4]).toMatch(/^x{79}… /);
  });

  it('is aligned with wide and combined characters', () => {
    const rows = [
      ['口紅', 1, null],
      ['e\u0301a', 2, null],
    ];
    const lines = tableText({ ...table, rows }).split('\n');
    expect(lines[2]).toBe('口紅       1     NULL');
    expect(lines[3]).toBe('e\u0301a         2     NULL');
  });

  it('lets a plan have its lines', () => {
    const columns = [
      { name: 'explain_key', type: 'text' },
      { name: 'explain_value', type: 'text' },
    ] as const;
    expect(tableText({ columns, rows: [['physical_plan', 'a\n  b\u001b']] })).toBe('a\n  b\\x1b\n');
  });
});

describe('JSON', () => {
  const text = (result: QueryResult): string => [...jsonOf(result)].join('');

  it('has a row to a line', () => {
    expect(text(table)).toBe(
      '[\n{"brand":"apple","views":1234,"revenue":"10.500000"},\n{"brand":null,"views":5,"revenue":null}\n]\n',
    );
    expect(text({ ...table, rows: [] })).toBe('[]\n');
  });

  it('numbers columns of the same name', () => {
    const columns = ['a', 'a', 'a_2', '__proto__'].map((name) => ({ name, type: 'integer' as const }));
    expect(text({ columns, rows: [[1, 2, 3, 4]] })).toBe('[\n{"a":1,"a_2":2,"a_2_2":3,"__proto__":4}\n]\n');
  });

  it('comes in pieces that make one', () => {
    const rows = Array.from({ length: 20_000 }, (_, n) => [n]);
    const pieces = [...jsonOf({ columns: [{ name: 'n', type: 'integer' }], rows })];
    expect(pieces.length).toBeGreaterThan(1);
    expect(JSON.parse(pieces.join(''))).toHaveLength(20_000);
  });
});
