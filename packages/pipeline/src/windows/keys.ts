import type { WindowRow } from './row.js';

/** Between the parts of a key. */
const mark = '#';
/** Follows the window in the key of the item that says what became of its alert; no event type begins like this. */
export const alertKey = '!alert';

/**
 * Partition key of a user's items: `site#user_id`. A `#` within the site is written `%23`, and `%` `%25`, so that no two
 * pairs have one key.
 */
export function partitionOf(site: string, user: string): string {
  return `${site.replaceAll('%', '%25').replaceAll(mark, '%23')}${mark}${user}`;
}

/** Sort key: `window_start#event_type`, so that the rows of a window lie together and windows follow one another. */
export function sortOf(windowStart: string, type: string): string {
  return `${windowStart}${mark}${type}`;
}

/** Key of an item as the client takes it. */
export function keyOf(row: Pick<WindowRow, 'site' | 'user_id' | 'window_start'>, type: string): ItemKey {
  return { pk: { S: partitionOf(row.site, row.user_id) }, sk: { S: sortOf(row.window_start, type) } };
}
export interface ItemKey extends Record<string, { S: string }> {
  pk: { S: string };
  sk: { S: string };
}
