import { describe, expect, test } from 'vitest';
import { toCell } from '../src/csv.js';

describe('a cell', () => {
  test.each([
    ['', ''],
    ['44600062', '44600062'],
    [' a b ', ' a b '],
    ['a,b', '"a,b"'],
    ['a"b', '"a""b"'],
    ['a\r\nb', '"a\r\nb"'],
    ['a\rb', '"a\rb"'],
    ['a\nb', '"a\nb"'],
    ['a\\b', 'a\\b'],
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', '"\'\r=1"'],
    ['\n=1', '"\'\n=1"'],
    ['＝1', "'＝1"],
    ['=HYPERLINK("x","y")', '"\'=HYPERLINK(""x"",""y"")"'],
    ['a=1', 'a=1'],
    ["'=1", "'=1"],
  ])('%j is written as %j', (value, cell) => {
    expect(toCell(value, 'escape')).toBe(cell);
  });

  test.each(['=1+1', '-1', '\t=1'])('%j stays as it is when formulas are kept', (value) => {
    expect(toCell(value, 'keep')).toBe(value);
  });
});
