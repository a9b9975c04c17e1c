/** What a record says, as short text. Nothing here trusts it. */

// All that has no glyph, or that turns the text after it round, except the joiners that emoji and Persian need.
const invisible = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Writes characters that cannot be seen as escapes. */
export function visible(text: string): string {
  return text.replace(invisible, (character) => {
    const hex = (character.codePointAt(0) ?? 0).toString(16);
    return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
  });
}

/** @param most Characters kept. Cuts before it escapes, so that a very long text costs nothing. */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return visible(text);
  const high = /[\ud800-\udbff]/.test(text.charAt(most - 1));
  return `${visible(text.slice(0, high ? most - 1 : most))}…`;
}

/** The end of an id: UUIDs of one day begin alike. */
export function shortId(id: string): string {
  return id.length <= 12 ? visible(id) : `…${visible(id.slice(-6))}`;
}

/** `3` of `shardId-000000000003`. */
export function shortShard(id: string): string {
  const [, number] = /^shardId-0*(\d+)$/.exec(id) ?? [];
  return number ?? shorten(id, 20);
}

/** Local time of day with ms, or the date where that is not today's; `–` where it is no instant. */
export function clockTime(at: number): string {
  if (!Number.isFinite(at)) return '–';
  const date = new Date(at);
  const pad = (n: number, width = 2): string => String(n).padStart(width, '0');
  if (date.toDateString() !== new Date().toDateString()) {
    return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  }
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}.${pad(date.getMilliseconds(), 3)}`;
}

/** @param ms May be negative: the clock of a visitor may be ahead. */
export function duration(ms: number | undefined): string {
  if (ms === undefined || !Number.isFinite(ms)) return '–';
  const sign = ms < 0 ? '−' : '';
  const size = Math.abs(ms);
  if (size < 1_000) return `${sign}${Math.round(size)} ms`;
  if (size < 60_000) return `${sign}${(size / 1_000).toFixed(1)} s`;
  if (size < 3_600_000) return `${sign}${Math.round(size / 60_000)} min`;
  if (size < 48 * 3_600_000) return `${sign}${Math.round(size / 3_600_000)} h`;
  return `${sign}${Math.round(size / 86_400_000)} d`;
}

/** An amount in its currency, or the bare number where there is none that is known. */
export function money(amount: number, currency: string | undefined): string {
  try {
    if (currency) return new Intl.NumberFormat(undefined, { style: 'currency', currency }).format(amount);
  } catch {
    // Not a currency code.
  }
  return String(amount);
}

/** `1 event`, `2 events`. */
export function count(n: number, noun: string): string {
  return `${n.toLocaleString()} ${noun}${n === 1 ? '' : 's'}`;
}
