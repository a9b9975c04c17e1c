/** @throws {TypeError} If `value` is no whole number from `least` to `most`. */
export function checkInteger(name: string, value: unknown, least: number, most: number): void {
  if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most) return;
  throw wrongOption(name, `a whole number from ${least} to ${most}`, value);
}

/** @throws {TypeError} If `value` is no text of at least one character. */
export function checkText(name: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') throw wrongOption(name, 'a text that is not empty', value);
}

/** @throws {TypeError} If `value` is no function. */
export function checkFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') throw wrongOption(name, 'a function', value);
}

/** @param expected Behind "must be". */
export const wrongOption = (name: string, expected: string, value: unknown): TypeError =>
  new TypeError(`${name} must be ${expected}, got ${show(value)}`);

const show = (value: unknown): string =>
  typeof value === 'number' || typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? typeof value);
