import { listOf, objectOf, textIn } from './read.js';
import { paidStatuses } from './statuses.js';

/** What is known of a feed, and what of it a reader of orders should change. */
export interface FeedReport {
  readonly lines: readonly string[];
  readonly warnings: readonly string[];
}

/** Reads the configuration of a feed: https://developers.vtex.com/docs/guides/orders-feed#configuration */
export function reportFeed(config: unknown, statuses: readonly string[] = paidStatuses): FeedReport {
  const { filter, queue, quantity, ...more } = objectOf(config);
  const { type, status, expression, disableSingleFire } = objectOf(filter);
  const fields = objectOf(queue);
  const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
  const visible = numberOf(fields['visibilityTimeoutInSeconds']);
  const kept = numberOf(fields['messageRetentionPeriodInSeconds'] ?? fields['MessageRetentionPeriodInSeconds']);
  // VTEX spells it both ways.
  const age = numberOf(more['approximateAgeOfOldestMessageInSeconds'] ?? more['aproximateAgeOfOldestMessageInSeconds']);
  const named = listOf(status).flatMap((one) => textIn(one) ?? []);
  const lines = [
    `filter: ${textIn(type) ?? 'FromWorkflow'}${named.length > 0 ? `, statuses ${named.join(', ')}` : ''}${textIn(expression) ? `, expression ${expression}` : ''}`,
    `queue: ${numberOf(quantity) ?? 'unknown'} updates${age === undefined ? '' : `, the oldest ${Math.round(age)} s old`}`,
    `an update that is not committed comes back after ${visible ?? 'unknown'} s, and is kept for ${kept === undefined ? 'unknown' : `${kept / 86_400} days`}`,
  ];
  const warnings: string[] = [];
  if (named.length > 0 && !named.some((one) => statuses.includes(one)))
    warnings.push(`no status of the filter makes an order a purchase: ${statuses.join(', ')}`);
  if (visible !== undefined && visible < 120)
    warnings.push(
      'visibilityTimeoutInSeconds is below 120: while VTEX asks to wait, updates come back and are got twice',
    );
  if (disableSingleFire === true) warnings.push('disableSingleFire is true: orders come at each change of anything');
  if (kept !== undefined && age !== undefined && age > kept / 2)
    warnings.push('the oldest update has waited for more than half of the time after which it is lost');
  return { lines, warnings };
}
