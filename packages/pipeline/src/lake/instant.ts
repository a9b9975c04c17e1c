const form = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/;

export type InstantFault = 'bad_format' | 'out_of_range' | 'precision_lost';

/**
 * Reads an instant of ISO 8601 with its zone.
 *
 * @returns UTC without a zone, as SQL writes it: `2019-10-01 00:00:00.25`, up to microseconds; or what is wrong.
 */
export function parseInstant(text: string): { readonly utc: string } | { readonly fault: InstantFault } {
  const parts = form.exec(text);
  if (!parts) return { fault: /^[+-]\d{5,}-/.test(text) ? 'out_of_range' : 'bad_format' };
  const [, year = '', month, date = '', hour, minute, second, fraction = '', zone] = parts;
  if (/[1-9]/.test(fraction.slice(6))) return { fault: 'precision_lost' };
  const local = Date.parse(`${year}-${month}-${date}T${hour}:${minute}:${second}Z`);
  // Hour 24 and 31 February are taken by some parsers, as the day after.
  if (Number.isNaN(local) || new Date(local).toISOString().slice(8, 13) !== `${date}T${hour}`) {
    return { fault: 'bad_format' };
  }
  const instant = zone === 'Z' ? local : Date.parse(`${year}-${month}-${date}T${hour}:${minute}:${second}${zone}`);
  if (Number.isNaN(instant)) return { fault: 'bad_format' };
  const iso = new Date(instant).toISOString();
  if (iso.length !== 24 || iso.startsWith('0000')) return { fault: 'out_of_range' };
  const decimals = fraction.slice(0, 6).replace(/0+$/, '');
  return { utc: `${iso.slice(0, 10)} ${iso.slice(11, 19)}${decimals && `.${decimals}`}` };
}
