// @ts-check
// How rows of the files become records of the table `events`: written from examples/replay/README.md alone, so that it
// can disagree with what the replay and the collector do.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

/**
 * What the reports read of a record. Absent is null. Instants are ms since the Unix epoch, amounts the decimal text.
 *
 * @typedef {object} Event
 * @property {string} event_id
 * @property {string} event_type
 * @property {number} event_time
 * @property {number} received_at
 * @property {string} site
 * @property {string | null} customer_id
 * @property {string | null} device_id
 * @property {string | null} session_id
 * @property {number | null} session_seq
 * @property {string | null} product_id
 * @property {string | null} product_name
 * @property {string | null} category_id
 * @property {string | null} category_code
 * @property {string | null} brand
 * @property {string | null} price
 * @property {string | null} currency
 * @property {number | null} quantity
 * @property {string | null} order_id
 * @property {boolean} is_bot
 * @property {string | null} metric
 * @property {number | null} value
 * @property {string | null} rating
 * @property {string | null} page_url
 */

/** A record of which only some fields are told. @param {Partial<Event> & Pick<Event, 'event_id' | 'event_type' | 'event_time'>} some @returns {Event} */
export const eventOf = (some) => ({
  received_at: some.event_time + 1000,
  site: 'demo',
  customer_id: null,
  device_id: null,
  session_id: null,
  session_seq: null,
  product_id: null,
  product_name: null,
  category_id: null,
  category_code: null,
  brand: null,
  price: null,
  currency: null,
  quantity: null,
  order_id: null,
  is_bot: false,
  metric: null,
  value: null,
  rating: null,
  page_url: null,
  ...some,
});

/** Where the files are: rows that the REES46 Marketing Platform (Open CDP) published. They are no part of the repository. */
export const dataFolder = fileURLToPath(new URL('../../../../../../shared/data/', import.meta.url));
/** By data set, the files it is made of, one after the other. */
export const sources = {
  'multi-2019-oct': ['multi-2019-oct.csv.gz'],
  'cosmetics-2019-oct': ['cosmetics-2019-oct.csv.gz'],
  // Rows that occur more than once, and rows without a session.
  'electronics-2020': ['electronics-2020-duplicates.csv.gz', 'electronics-2020-no-session.csv.gz'],
};
/** @typedef {keyof typeof sources} DataSet */

/** @param {DataSet} name */
export const pathsOf = (name) => sources[name].map((file) => join(dataFolder, file));
export const dataPresent = Object.values(sources)
  .flat()
  .every((file) => existsSync(join(dataFolder, file)));

/** `2019-10-01 00:00:00 UTC` and `2020-09-24 13:51:07+00:00`: all times of the files. @param {string} text */
function instantOf(text) {
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?: UTC|\+00:00)$/.exec(text);
  if (!match) throw new Error(`no time: ${text}`);
  return Date.parse(`${match[1]}T${match[2]}Z`);
}

const header = 'event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session';

/** The records of a data set, one per row. @param {DataSet} name @returns {Event[]} */
export function recordsOf(name) {
  return pathsOf(name).flatMap((path, file) => {
    // No field of these files is quoted: a comma is always the end of a field.
    const [head, ...lines] = gunzipSync(readFileSync(path)).toString('utf8').replace(/\n$/, '').split('\n');
    if (head !== header) throw new Error(`${path}: another header: ${head}`);
    return lines.map((line, at) => {
      const fields = line.split(',');
      if (fields.length !== 9 || line.includes('"')) throw new Error(`${path}, row ${at + 1}: ${line}`);
      const [time, type = '', product, category, code, brand, price, user, session] = fields.map(
        (field) => field || null,
      );
      const instant = instantOf(time ?? '');
      const purchase = type === 'purchase';
      return eventOf({
        event_id: `${file}-${at + 1}`,
        event_type: type ?? '',
        event_time: instant,
        customer_id: user ?? null,
        session_id: session ?? null,
        product_id: product ?? null,
        category_id: category ?? null,
        category_code: code ?? null,
        brand: brand ?? null,
        price: price ?? null,
        // A purchase names its currency even where a line has no price.
        currency: price || purchase ? 'USD' : null,
        order_id: purchase ? sha256(JSON.stringify([user, session, instant])).slice(0, 32) : null,
      });
    });
  });
}

/** @param {string} text */
export const sha256 = (text) => createHash('sha256').update(text).digest('hex');
