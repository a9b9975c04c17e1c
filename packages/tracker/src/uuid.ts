/**
 * UUIDv7 (https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7): sorts by time, and within a millisecond by
 * `count`, so that a store keyed by it is read oldest first.
 *
 * @param now ms since the Unix epoch.
 * @param count Its lowest 12 bits are kept.
 */
export function uuid7(now: number, count: number): string {
  const time = hex(now, 12);
  const random = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => hex(byte, 2)).join('');
  const variant = '89ab'[Number.parseInt(random.charAt(0), 16) & 3];
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(count & 4095, 3)}-${variant}${random.slice(1, 4)}-${random.slice(4)}`;
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
