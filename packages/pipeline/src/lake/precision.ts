/** A number of more digits than a double always keeps. Within text it means nothing, which `lostNumber` looks into. */
const suspicious = /[:[,]\s*-?(?:[\d.]{16,}|[\d.]+[eE])/;
const strings = /"(?:[^"\\]|\\.)*"/g;
const numbers = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * Looks for a number that a double does not hold as it is written: `1487580005134238553`, `35.790000000000001`.
 *
 * @param json Valid JSON.
 */
export function lostNumber(json: string): string | undefined {
  if (!suspicious.test(json)) return undefined;
  for (const [literal] of json.replace(strings, '""').matchAll(numbers)) {
    if (digitsOf(literal) !== digitsOf(String(Number(literal)))) return literal;
  }
  return undefined;
}

/** Significant digits and the power of ten of the last: two texts of one number have the same. */
function digitsOf(literal: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(literal) ?? [];
  const all = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = all.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${sign}${significant}e${Number(exponent) - fraction.length + all.length - significant.length}`;
}
