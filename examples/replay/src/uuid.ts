import { createHash } from 'node:crypto';

/** Namespace of every identifier that the replay makes. Fixed: changing it would make all events new. */
const namespace = Buffer.from('2529fb2be6154c43aacea1d09640ffaf', 'hex');

/**
 * UUIDv8 (a SHA-1 as in version 5, whose ids the collector keeps for itself) in the replay's namespace: the same parts give the same identifier, on any machine.
 *
 * @param parts What tells one identifier from another. They are joined by a character that CSV text does not hold.
 */
export function uuidOf(...parts: readonly (string | number)[]): string {
  const bytes = createHash('sha1').update(namespace).update(parts.join('\u001e')).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
