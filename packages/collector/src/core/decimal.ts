import type { EventErrorCode } from './errors.js';

/** Beyond 15 significant digits a double is not exact; 6 decimals is what a DECIMAL(21, 6) column keeps. */
const maxDigits = 15;
const maxDecimals = 6;
const maxLength = 64;

/**
 * Says what is wrong with an amount.
 *
 * @param value A number, or decimal text. Other types are not judged here.
 */
export function decimalProblem(value: unknown): EventErrorCode | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  // What nearly all prices are, without making text of it: cents, below a billion.
  if (typeof value === 'number' && value >= 0 && value < 1e9 && Math.round(value * 100) / 100 === value)
    return undefined;
  // Longer than any amount; trimming zeros off a text of unbounded length would take long.
  if (typeof value === 'string' && value.length > maxLength) return 'decimal_precision';
  const text = String(value);
  // Shortest decimal text of a double: an exponent means below 1e-6 or from 1e21 on.
  if (typeof value === 'number' && /e/.test(text)) return 'decimal_precision';
  if (typeof value === 'string' && /^-?[\d.]*,[\d.,]*$/.test(value)) return 'decimal_comma';
  const parts = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!parts) return 'not_a_decimal';
  if (parts[1] === '-' && /[1-9]/.test(text)) return 'negative_amount';
  const whole = (parts[2] ?? '').replace(/^0+/, '');
  const decimals = (parts[3] ?? '').replace(/0+$/, '');
  if (decimals.length > maxDecimals || whole.length + decimals.length > maxDigits) return 'decimal_precision';
  return undefined;
}
