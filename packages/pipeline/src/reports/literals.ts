/** Literals that DuckDB and Trino read alike. Whatever cannot be written as one is refused, with what it was. */

const shown = (value: unknown): string => {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
};

export const refuse = (name: string, expected: string, value: unknown): never => {
  throw new TypeError(`${name}: expected ${expected}, got ${shown(value)}`);
};

/**
 * Neither engine knows an escape within quotes but the doubled quote. No text of a record has control characters or half
 * surrogates, so a value with one would find nothing; engines differ in what they do with NUL.
 */
export const textLiteral = (name: string, value: unknown, maxLength: number): string => {
  if (typeof value !== 'string' || value === '') return refuse(name, 'text', value);
  if (Array.from(value).length > maxLength) return refuse(name, `at most ${maxLength} characters`, value);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f]/.test(value)) return refuse(name, 'text without control characters', value);
  if (/\p{Surrogate}/u.test(value)) return refuse(name, 'whole characters', value);
  return `'${value.replaceAll("'", "''")}'`;
};

export const missingText = 'CAST(NULL AS varchar)';

export const dateLiteral = (day: string): string => `DATE '${day}'`;

/** Whole seconds: all that is rendered are midnights, shifted by minutes. */
export const timestampLiteral = (ms: number): string =>
  `TIMESTAMP '${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')}'`;

export const minutesLiteral = (minutes: number): string => `INTERVAL '${minutes}' MINUTE`;
export const secondsLiteral = (seconds: number): string => `INTERVAL '${seconds}' SECOND`;
