// @ts-check
import { createRandom } from '@rastro/collector/dev';
import kinesisAggregation from 'aws-kinesis-agg';
import { describe, expect, it } from 'vitest';
import { metricOf } from '../lib/durability/collector-process.mjs';
import { createShopper } from '../lib/durability/envelopes.mjs';
import { createLedger } from '../lib/durability/ledger.mjs';
import { unpack } from '../lib/durability/reading.mjs';
import { insert } from '../lib/markers.mjs';

/** @param {string} id @param {number} [request] @param {readonly string[]} [products] */
const event = (id, request = 1, products = ['p']) => ({ id, session: 's', request, products });
/** @param {string} id @param {object} [rest] */
const record = (id, rest = {}) => ({ id, line: 1, session: 's', product: 'p', partitionKey: 'k', ...rest });

describe('the ledger', () => {
  it('misses what was acknowledged and is nowhere', () => {
    const ledger = createLedger();
    for (const id of ['a', 'b', 'c']) ledger.sent(event(id));
    ledger.acknowledged('a', 'accepted');
    ledger.acknowledged('b', 'accepted');
    ledger.saw(record('a'));
    expect(ledger.report()).toMatchObject({ sent: 3, acknowledged: 2, found: 1, missing: 1, examples: ['b'] });
    ledger.saw(record('b'));
    expect(ledger.report()).toMatchObject({ found: 2, missing: 0 });
  });

  it('finds what was seen before it was acknowledged', () => {
    const ledger = createLedger();
    ledger.sent(event('a'));
    ledger.saw(record('a'));
    expect(ledger.report()).toMatchObject({ acknowledged: 0, unacknowledged: 1, missing: 0 });
    ledger.acknowledged('a', 'accepted');
    expect(ledger.report()).toMatchObject({ acknowledged: 1, found: 1, unacknowledged: 0 });
  });

  it('misses an order until each of its lines is there', () => {
    const ledger = createLedger();
    ledger.sent(event('o', 1, ['p', 'q']));
    ledger.acknowledged('o', 'accepted');
    ledger.saw(record('o'));
    expect(ledger.report().missing).toBe(1);
    ledger.saw(record('o', { line: 2, product: 'q' }));
    expect(ledger.report()).toMatchObject({ missing: 0, records: 2, duplicates: 0, altered: 0 });
  });

  it('misses a rejected event until it is a dead letter, whatever the stream has', () => {
    const ledger = createLedger();
    ledger.sent(event('a'));
    ledger.acknowledged('a', 'rejected');
    ledger.saw(record('a'));
    expect(ledger.report().missing).toBe(1);
    ledger.sawLetter('a');
    ledger.sawLetter('a');
    expect(ledger.report()).toMatchObject({ missing: 0, deadLetters: 2, deadLetterDuplicates: 1 });
  });

  it('counts repeats, what nobody sent, and what is not what was sent', () => {
    const ledger = createLedger();
    ledger.sent(event('a'));
    ledger.saw(record('a'));
    ledger.saw(record('a', { product: 'other' }));
    ledger.saw(record('a', { line: 2 }));
    ledger.saw(record('b'));
    ledger.sawLetter('c');
    ledger.sawOther();
    expect(ledger.report()).toMatchObject({ records: 2, duplicates: 1, altered: 1, unknown: 4 });
  });

  it('sees records of one session and key that come before one of an earlier request', () => {
    const ledger = createLedger();
    for (const request of [1, 2, 3]) ledger.sent(event(`a${request}`, request));
    for (const request of [1, 2, 3]) ledger.acknowledged(`a${request}`, 'accepted');
    for (const id of ['a1', 'a3', 'a2', 'a1']) ledger.saw(record(id));
    expect(ledger.report().disordered).toBe(1);
  });

  it('expects no order of other keys, other sessions, and what was not acknowledged', () => {
    const ledger = createLedger();
    for (const request of [1, 2, 3, 4]) ledger.sent(event(`a${request}`, request));
    ledger.sent({ ...event('b1', 1), session: 't' });
    for (const id of ['a2', 'a3', 'a4', 'b1']) ledger.acknowledged(id, 'accepted');
    ledger.saw(record('a4', { partitionKey: 'other' }));
    for (const id of ['a2', 'a3', 'a1']) ledger.saw(record(id));
    ledger.saw(record('b1', { session: 't' }));
    expect(ledger.report().disordered).toBe(0);
  });
});

describe('a shopper', () => {
  it('sends envelopes of 1 to 10 events, some of them bad, with an entry for each', () => {
    const shopper = createShopper(createRandom(5), 'demo');
    const envelopes = Array.from({ length: 400 }, () => shopper.next());
    const sizes = envelopes.filter(({ malformed }) => !malformed).map(({ sent }) => sent.length);
    expect([Math.min(...sizes), Math.max(...sizes)]).toEqual([1, 10]);
    expect(envelopes.some(({ malformed }) => malformed)).toBe(true);
    const all = envelopes.flatMap(({ sent }) => sent);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    for (const size of [0, 1, 2, 4]) expect(all.some(({ products }) => products.length === size)).toBe(true);
  });
});

describe('a record of the stream', () => {
  it('is the records that it was made of, and of which key', async () => {
    expect(unpack(Buffer.from('{"é":1}'), 'k')).toEqual([{ text: '{"é":1}', partitionKey: 'k' }]);
    const sent = [
      { partitionKey: 'a', data: '{"n":1}' },
      { partitionKey: 'b', data: '{"n":2}' },
    ];
    /** @type {{ data: Buffer, partitionKey: string }} */
    const aggregate = await new Promise((resolve, reject) => {
      kinesisAggregation.aggregate(sent, resolve, () => {}, reject);
    });
    expect(unpack(Buffer.from(aggregate.data), 'a')).toEqual([
      { text: '{"n":1}', partitionKey: 'a' },
      { text: '{"n":2}', partitionKey: 'b' },
    ]);
    const broken = Buffer.from(aggregate.data);
    broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 1;
    expect(() => JSON.parse(unpack(broken, 'a')[0]?.text ?? '{}')).toThrow();
  });
});

describe('a metric', () => {
  it('is the sum of its labels, or nothing', () => {
    const text =
      '# TYPE spool gauge\nspool{stream="a b"} 3\nspool{stream="c",x="}"} 4.5 1795253400123\nspool_bytes 9\n';
    expect(metricOf(text, 'spool')).toBe(7.5);
    expect(metricOf(text, 'spool_bytes')).toBe(9);
    expect(metricOf(text, 'other')).toBeUndefined();
  });
});

describe('the markers', () => {
  it('hold the text of their name, and nothing else is touched', () => {
    const page = 'a\n<!-- kills -->old<!-- /kills -->\n<!-- soak --><!-- /soak -->';
    expect(insert(page, 'kills', 'new')).toBe('a\n<!-- kills -->\nnew\n<!-- /kills -->\n<!-- soak --><!-- /soak -->');
    expect(insert(page, 'other', 'new')).toBeUndefined();
  });
});
