import { describe, expect, it } from 'vitest';
import { csvCell, csvOf } from '../../src/query/csv.js';
import type { Value, ValueType } from '../../src/query/engine.js';

describe('a cell', () => {
  it.each<[Value, ValueType, string]>([
    ['apple', 'text', 'apple'],
    ['a,b', 'text', '"a,b"'],
    ['-1', 'text', "'-1"],
    [null, 'text', ''],
    ['', 'text', '""'],
    ['=1+1', 'text', "'=1+1"],
    ['=HYPERLINK("https://evil.example","a")', 'text', `"'=HYPERLINK(""https://evil.example"",""a"")"`],
    [-1, 'integer', '-1'],
    ['-1.500000', 'decimal', '-1.500000'],
    [-0.5, 'double', '-0.5'],
    [true, 'boolean', 'true'],
    ['1487582000000000001', 'text', '1487582000000000001'],
  ])('%j of %s is %j', (value, type, cell) => {
    expect(csvCell(value, type)).toBe(cell);
  });
});

describe('a table', () => {
  it('begins with its names, and every line ends with CRLF', () => {
    const columns = [
      { name: 'brand', type: 'text' },
      { name: '=x', type: 'integer' },
    ] as const;
    expect([...csvOf({ columns, rows: [['a', -1]] })].join('')).toBe("brand,'=x\r\na,-1\r\n");
    expect([...csvOf({ columns, rows: [] })].join('')).toBe("brand,'=x\r\n");
  });

  it('comes in pieces', () => {
    const rows = Array.from({ length: 20_000 }, (_, n) => [n]);
    const pieces = [...csvOf({ columns: [{ name: 'n', type: 'integer' }], rows })];
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.join('').split('\r\n')).toHaveLength(20_002);
  });
});
