import { digest } from './digest.js';
import type { CountedEvent } from './event.js';

/** Event types that are acts of a person. `web_vitals` is the browser's, `cancel` and `refund` are the shop's. */
export const interactionTypes = ['view', 'cart', 'remove_from_cart', 'purchase'] as const;

/** Most acts that rows of one session, type and second count as: a bulk act writes any number of rows at once. */
export const actsPerSecond = 3;

/**
 * Which act of a person an event belongs to. The same event always has the same one, on whatever shard and however often
 * it is counted, so that a set of keys adds up by itself.
 *
 * @returns 8 characters; nothing for what is no such act, and for views, which are one act each.
 */
export function interactionOf(event: CountedEvent): string | undefined {
  const { type, session, user, order } = event;
  if (type === 'purchase' && order !== undefined) return digest(8, 'order', order);
  if (type !== 'cart' && type !== 'remove_from_cart' && type !== 'purchase') return undefined;
  const second = String(Math.floor(event.at / 1000));
  // An order without a number is one act; of the others the event itself says which of the second's acts it is.
  const act = type === 'purchase' ? '' : String(digestNumber(event.id) % actsPerSecond);
  return digest(8, type, session ?? user, second, act);
}

/** FNV-1a, 32 bits. */
function digestNumber(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}
