import { createHash } from 'node:crypto';

/**
 * A short name for `parts`: the same everywhere and always.
 *
 * @param length Characters of base64url, 6 bits each.
 */
export function digest(length: number, ...parts: readonly string[]): string {
  // Ids have no control characters: the separator keeps ('a', 'bc') and ('ab', 'c') apart.
  return createHash('sha1').update(parts.join('\n')).digest('base64url').slice(0, length);
}
