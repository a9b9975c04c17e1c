// @ts-check
// What was sent, what was acknowledged, and what is on the streams: the three compared.

/**
 * @typedef {object} Sent One event, or one body that is no envelope.
 * @property {string} id The `event_id`; of a purchase the `order_id`; of a body a text that stands in it and nowhere else.
 * @property {string} session
 * @property {number} request Which request of its session, from 1.
 * @property {readonly string[]} products The `product_id` of each record it becomes, in the order of their `line`.
 *
 * @typedef {object} Seen A record on the stream of events, as far as it is compared.
 * @property {string} id As above.
 * @property {number} line From 1.
 * @property {string} session
 * @property {string} product
 * @property {string} partitionKey
 *
 * @typedef {object} Report
 * @property {number} sent Events, an order being one, and bodies.
 * @property {number} acknowledged Of these, the ones that were answered for: with 200, or refused as no envelope.
 * @property {number} found Of the acknowledged ones, those whose records are all there.
 * @property {number} missing Of the acknowledged ones, the others.
 * @property {readonly string[]} examples Ids of missing ones, a few.
 * @property {number} records Records on the stream of events.
 * @property {number} duplicates Of these, repeats.
 * @property {number} deadLetters Records on the dead-letter stream.
 * @property {number} deadLetterDuplicates Of these, repeats.
 * @property {number} unacknowledged Events whose records are there, and which nobody was told of: their answer was lost.
 * @property {number} unknown Records that nobody sent.
 * @property {number} altered Records that say something else than what was sent.
 * @property {number} disordered Records that come before one of an earlier request of their session and partition key.
 */

/**
 * @typedef {Sent & { acknowledged?: 'accepted' | 'rejected', copies: number[], letters: number }} Item
 */

export function createLedger() {
  /** @type {Map<string, Item>} */
  const items = new Map();
  /** Acknowledged, and not all there yet. @type {Set<Item>} */
  const open = new Set();
  /** By partition key and session: the items of new records, in the order of the stream. @type {Map<string, Item[]>} */
  const sequences = new Map();
  let acknowledged = 0;
  let unknown = 0;
  let altered = 0;

  const complete = (/** @type {Item} */ item) =>
    item.acknowledged === 'rejected' ? item.letters > 0 : item.copies.every((copies) => copies > 0);
  const settle = (/** @type {Item} */ item) => {
    if (complete(item)) open.delete(item);
    else if (item.acknowledged) open.add(item);
  };

  return {
    /** @param {Sent} sent Before it is sent. */
    sent(sent) {
      items.set(sent.id, { ...sent, copies: sent.products.map(() => 0), letters: 0 });
    },
    /**
     * @param {string} id
     * @param {'accepted' | 'rejected'} how
     */
    acknowledged(id, how) {
      const item = items.get(id);
      if (!item || item.acknowledged) return;
      item.acknowledged = how;
      acknowledged++;
      settle(item);
    },
    /** @param {Seen} seen In the order of each shard. */
    saw({ id, line, session, product, partitionKey }) {
      const item = items.get(id);
      const copies = item?.copies[line - 1];
      if (!item || copies === undefined) {
        unknown++;
        return;
      }
      if (item.session !== session || item.products[line - 1] !== product) altered++;
      item.copies[line - 1] = copies + 1;
      if (copies > 0) return;
      const key = `${partitionKey}\n${session}`;
      const sequence = sequences.get(key) ?? [];
      sequence.push(item);
      sequences.set(key, sequence);
      settle(item);
    },
    /** @param {string} id Of what a dead letter holds. */
    sawLetter(id) {
      const item = items.get(id);
      if (!item) {
        unknown++;
        return;
      }
      item.letters++;
      settle(item);
    },
    /** A record that cannot be read. */
    sawOther() {
      unknown++;
    },
    /** @returns How many are acknowledged. */
    count: () => acknowledged,
    /** @returns What is acknowledged, and not all there. */
    open: () => [...open],
    complete,
    /** @returns {Report} */
    report() {
      const all = [...items.values()];
      const copies = all.flatMap((item) => item.copies);
      const letters = all.map((item) => item.letters);
      return {
        sent: all.length,
        acknowledged,
        found: acknowledged - open.size,
        missing: open.size,
        examples: [...open].slice(0, 5).map(({ id }) => id),
        records: sum(copies),
        duplicates: sum(copies.map((count) => Math.max(0, count - 1))),
        deadLetters: sum(letters),
        deadLetterDuplicates: sum(letters.map((count) => Math.max(0, count - 1))),
        unacknowledged: all.filter((item) => !item.acknowledged && item.copies.length > 0 && complete(item)).length,
        unknown,
        altered,
        disordered: sum([...sequences.values()].map(disorder)),
      };
    },
  };
}

/** @typedef {ReturnType<typeof createLedger>} Ledger */

/**
 * Records that come too early. Only what was acknowledged has an order: a request without an answer may still arrive
 * after the next one.
 *
 * @param {readonly Item[]} sequence
 */
function disorder(sequence) {
  let early = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const item of sequence.toReversed()) {
    if (!item.acknowledged) continue;
    if (item.request > least) early++;
    else least = item.request;
  }
  return early;
}

/** @param {readonly number[]} values */
const sum = (values) => values.reduce((total, value) => total + value, 0);
