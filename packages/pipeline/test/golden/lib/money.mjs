// @ts-check
// Amounts without rounding: integers of a millionth, as the table's decimal(21,6) holds them.

/** @param {string} text A decimal of at most 6 places. @returns {bigint} Millionths. */
export function millionths(text) {
  const match = /^(-?)(\d+)(?:\.(\d{1,6}))?$/.exec(text);
  if (!match) throw new Error(`no amount: ${text}`);
  const value = BigInt(`${match[2]}${(match[3] ?? '').padEnd(6, '0')}`);
  return match[1] ? -value : value;
}

/** Shortest decimal text: `12.5`, `0`. @param {bigint} value */
export function amount(value) {
  const digits = String(value < 0n ? -value : value).padStart(7, '0');
  const text = `${digits.slice(0, -6)}.${digits.slice(-6)}`.replace(/\.?0+$/, '');
  return value < 0n ? `-${text}` : text;
}

/** Price times quantity; a line without price is worth nothing. @param {import('./records.mjs').Event} event */
export const worth = (event) => (event.price === null ? 0n : millionths(event.price) * BigInt(event.quantity ?? 1));
/** @param {readonly import('./records.mjs').Event[]} events */
export const sum = (events) => events.reduce((total, event) => total + worth(event), 0n);
/** @param {readonly import('./records.mjs').Event[]} events */
export const units = (events) => events.reduce((total, event) => total + (event.quantity ?? 1), 0);
/** @param {bigint} total @param {number} orders */
export const average = (total, orders) => (orders === 0 ? null : Number(total) / 1e6 / orders);
