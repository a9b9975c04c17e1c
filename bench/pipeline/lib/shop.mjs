// @ts-check
// SQL of a shop that does not exist, in the shape of the REES46 data sets: the same rows at every run.
import { eventColumns } from '@rastro/pipeline';

export const seed = 20261120;
export const days = 30;
const firstDay = Date.UTC(2026, 9, 22);
export const categories = 300;
/**
 * Share of the rows that the most frequent categories have, by how many they are: that of `category_id` in the first
 * three hours of October 2019 of the multi-category shop, the rest after the 300th given to the last hundred.
 */
const shares = /** @type {const} */ ([
  [0, 0],
  [1, 0.2741],
  [2, 0.3152],
  [5, 0.3885],
  [10, 0.4639],
  [20, 0.5776],
  [50, 0.7401],
  [100, 0.8555],
  [200, 0.9556],
  [categories, 1],
]);
/** Rows of a session on average: 10 M rows are 2.3 M sessions. */
const rowsPerSession = 4.35;
/** Drawn 2.3 times from so many, 87 % of the users come: a million of 1.15 million. */
const usersPerSession = 0.5;

const mains =
  'appliances,computers,furniture,apparel,auto,construction,kids,accessories,sport,medicine,stationery'.split(',');
const list = mains.map((name) => `'${name}'`).join(', ');

/** Position in the ranking of categories, from a uniform number: straight lines between the known shares. */
const rank = shares
  .slice(1)
  .map(([upTo, share], at) => {
    const [from, below] = shares[at] ?? [0, 0];
    return `WHEN x < ${share} THEN ${from} + floor((x - ${below}) / ${share - below} * ${upTo - from})`;
  })
  .join(' ');

/** To be run once on a connection. */
export const macros = [
  // Uniform in [0, 1): what is drawn, for what.
  `CREATE MACRO draw(what, a, b) AS CAST(hash(what, a, b, ${seed}) % 1000000007 AS double) / 1000000007`,
  `CREATE MACRO category_rank(x) AS CAST(least(CASE ${rank} ELSE ${categories - 1} END, ${categories - 1}) AS integer)`,
  `CREATE MACRO product_of(session, place) AS
    category_rank(draw('category', session, place)) * 200 + CAST(floor(pow(draw('product', session, place), 2) * 200) AS integer)`,
  `CREATE MACRO code_of(category) AS CASE WHEN category = 0 THEN 'electronics.smartphone'
    WHEN draw('code', category, 0) < 0.6 THEN [${list}][1 + category % ${mains.length}] || '.group' || (category % 40) || '.c' || category END`,
  // As text: 19 digits are more than a double holds.
  `CREATE MACRO category_id_of(category) AS CAST(2053013552226107603 + category * CAST(7919000017 AS bigint) AS varchar)`,
  `CREATE MACRO uuid_of(what, a, b) AS CAST(CAST(md5(what || '/' || a || '/' || b) AS uuid) AS varchar)`,
  `CREATE MACRO ms(value) AS to_milliseconds(CAST(value AS bigint))`,
];

/** @param {number} day From 0. */
export const dayText = (day) => new Date(firstDay + day * 86_400_000).toISOString().slice(0, 10);

/** How many sessions a day has. @param {number} rows Of all days. */
export const sessionsPerDay = (rows) => Math.max(1, Math.round(rows / rowsPerSession / days));

/**
 * The records of a day, in the columns of the table, sorted by time.
 *
 * @param {number} day From 0. @param {number} rows Of all days, about.
 */
export function dayOfShop(day, rows) {
  const perDay = sessionsPerDay(rows);
  const users = Math.max(1, Math.round((rows / rowsPerSession) * usersPerSession));
  /** @type {Record<string, string>} */
  const given = {
    event_id: `uuid_of(kind, session, place)`,
    event_type: 'event_type',
    event_time: 'event_time',
    event_time_raw: 'epoch_ms(event_time)',
    received_at: 'event_time + ms(140)',
    txn_timestamp: 'event_time + ms(180)',
    site: `'demo'`,
    source: `'web'`,
    customer_id: `CAST(500000000 + customer AS varchar)`,
    session_id: `uuid_of('session', session, 0)`,
    product_id: 'CAST(10000000 + product AS varchar)',
    category_id: 'category_id_of(category)',
    category_code: 'code_of(category)',
    brand: `CASE WHEN product IS NOT NULL AND draw('branded', product, 0) >= 0.4
      THEN 'brand-' || CAST(floor(pow(draw('brand', product, 0), 2) * 400) AS integer) END`,
    price: `CASE WHEN product IS NOT NULL THEN round(3 + pow(draw('price', product, 0), 3) * 1500, 2) END`,
    currency: `CASE WHEN product IS NOT NULL THEN 'USD' END`,
    order_id: `CASE WHEN event_type = 'purchase' THEN uuid_of('order', session, 0) END`,
    line: `CASE WHEN event_type = 'purchase' THEN place + 1 END`,
    lines: `CASE WHEN event_type = 'purchase' THEN bought END`,
    metric: 'metric',
    value: 'measured',
    rating: `CASE metric WHEN 'CLS' THEN CASE WHEN measured <= 0.1 THEN 'good' WHEN measured <= 0.25 THEN 'needs-improvement' ELSE 'poor' END
      WHEN 'LCP' THEN CASE WHEN measured <= 2500 THEN 'good' WHEN measured <= 4000 THEN 'needs-improvement' ELSE 'poor' END
      WHEN 'INP' THEN CASE WHEN measured <= 200 THEN 'good' WHEN measured <= 500 THEN 'needs-improvement' ELSE 'poor' END END`,
    page_url: `'https://shop.example/' || coalesce('p/' || (10000000 + product), 'c/' || CAST(floor(draw('page', session, place) * 40) AS integer))`,
    is_bot: `draw('bot', session, 0) < 0.005`,
  };
  const columns = eventColumns.map(({ name, type }) => `CAST(${given[name] ?? 'NULL'} AS ${type}) AS ${name}`);
  const shared = 'session, customer, began, bought';
  return `WITH sessions AS (
    SELECT range AS session, CAST(floor(draw('customer', range, 0) * ${users}) AS bigint) AS customer,
      TIMESTAMP '${dayText(day)}' + ms((draw('began', range, 0) + draw('began', range, 1)) / 2 * 82000000) AS began,
      CAST(least(60, 1 + floor(-ln(1 - draw('length', range, 0)) * 3.626)) AS integer) AS length,
      CASE WHEN draw('buyer', range, 0) < 0.026 THEN 1 + CAST(floor(draw('bought', range, 0) * 4) AS integer) ELSE 0 END AS bought,
      draw('measures', range, 0) < 0.05 AS measures
    FROM range(${day * perDay}, ${(day + 1) * perDay})
  ), steps AS (
    -- Every other step is about the product of the step before: what is put into the cart was seen.
    SELECT 'step' AS kind, ${shared}, place, product_of(session, place - place % 2) AS product,
      began + ms(place * 30000 + draw('pause', session, place) * 20000) AS event_time,
      CASE WHEN place = 0 OR draw('type', session, place) >= 0.0454 THEN 'view'
        WHEN draw('type', session, place) >= 0.0414 THEN 'remove_from_cart' ELSE 'cart' END AS event_type,
      CAST(NULL AS varchar) AS metric, CAST(NULL AS double) AS measured
    FROM (SELECT *, unnest(range(length)) AS place FROM sessions)
    UNION ALL
    -- The lines of an order share its instant.
    SELECT 'line', ${shared}, place, product_of(session, place * 2), began + ms(length * 30000 + 25000), 'purchase', NULL, NULL
    FROM (SELECT *, unnest(range(bought)) AS place FROM sessions WHERE bought > 0)
    UNION ALL
    SELECT 'vitals', ${shared}, place, NULL, began + ms(5000), 'web_vitals', ['LCP', 'INP', 'CLS'][1 + place],
      round(-ln(1 - draw('measured', session, place)) * [1600, 120, 0.08][1 + place], 3)
    FROM (SELECT *, unnest(range(3)) AS place FROM sessions WHERE measures)
  )
  SELECT ${columns.join(', ')} FROM (SELECT *, product // 200 AS category FROM steps) ORDER BY event_time, event_id`;
}
