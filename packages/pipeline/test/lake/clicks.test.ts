import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvHeader, toCsvLine } from '../../src/lake/clicks.js';

/** Reads RFC 4180, knowing nothing of how it was written. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') cell += text[at++];
      else quoted = false;
    } else if (character === '"' && cell === '') quoted = true;
    else if (character === ',') [row, cell] = [[...row, cell], ''];
    else if (character === '\r' && text[at + 1] === '\n') {
      rows.push([...row, cell]);
      [row, cell] = [[], ''];
      at++;
    } else cell += character;
  }
  expect([row, cell, quoted]).toEqual([[], '', false]);
  return rows;
}

describe('a line', () => {
  test('has the six columns of the header', () => {
    expect(csvHeader).toBe('customerid,deviceid,productid,productcategory,productsubcategory,activitytype\r\n');
    expect(toCsvLine({ event_type: 'cart', device_id: 'd', category_code: 'a.b.c' }, 'escape')).toBe(
      ',d,,a,b.c,cart\r\n',
    );
  });

  test('is not there for a web vital', () => {
    expect(toCsvLine({ event_type: 'web_vitals', device_id: 'd' }, 'escape')).toBeUndefined();
  });

  test('reads back as it was, whatever is in it, but for the apostrophe of formulas', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('"', ',', '\r', '\n', '=', '-', "'", '\\', 'a', ' ', '\t', '\uFEFF', '＝') }),
    );
    fc.assert(
      fc.property(hostile, hostile, hostile, (customer_id, device_id, product_id) => {
        const record = { event_type: 'view', customer_id, device_id, product_id, category_id: 'c' };
        expect(parseCsv(toCsvLine(record, 'keep') ?? '')).toEqual([
          [customer_id, device_id, product_id, 'c', '', 'view'],
        ]);
        const escaped = parseCsv(toCsvLine(record, 'escape') ?? '')[0] ?? [];
        expect(escaped.some((cell) => /^[=+\-@\t\r]/.test(cell))).toBe(false);
        const plain = [customer_id, device_id, product_id];
        expect(escaped.slice(0, 3).every((cell, at) => cell === plain[at] || cell === `'${plain[at]}`)).toBe(true);
      }),
      { seed: 20261120, numRuns: 500 },
    );
  });
});
