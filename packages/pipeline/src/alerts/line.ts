import type { Alert } from './alert.js';

/** What an alert says to people, in one line, whatever the ids in it hold. */
export function alertLine(alert: Alert): string {
  const { site, user_id, window_start, window_end, rule, interactions, threshold, events } = alert;
  const what =
    rule === 'interactions'
      ? `${interactions} interactions, more than ${threshold}`
      : `more than ${threshold} events of one type`;
  const types = Object.entries(events)
    .map(([type, count]) => `${count} ${type}`)
    .join(', ');
  return plain(
    `${user_id} at ${site} is too fast for a person: ${what}, from ${window_start} to ${window_end} (${types})`,
  );
}

/**
 * Text that a terminal, a log or a mail header shows and does not obey: control characters, line and paragraph separators,
 * and characters that turn the direction of writing or are not seen, become `?`.
 */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '?');
}
