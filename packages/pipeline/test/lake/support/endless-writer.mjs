// @ts-check
// Reads the generator's stream into a lake and compacts it over and over, until it is killed, or `until` is reached.
import { openLakeWriter } from '@rastro/pipeline/lake';
import { positionOf, recordAt, sequenceOf, shards } from './generator.mjs';

const [directory = '', salt = '0', until = 'Infinity'] = process.argv.slice(2);
const last = Number(until);
let state = Number(salt) * 2654435761 + 1;
/** @param {number} most */
const random = (most) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return 1 + (state % most);
};
const say = (/** @type {string} */ text) => process.stdout.write(`${text}\n`);

const writer = await openLakeWriter({
  directory,
  stream: 'endless@2019-10-05T00:00:00.000Z',
  flushRecords: 20,
  flushMs: 20,
  maxBufferedBytes: 20_000,
  maxFiles: 4,
  onFlush: () => say('flushed'),
  onError(error) {
    say(`error ${error}`);
    process.exit(3);
  },
});
say('open');

/** @param {string} shardId @param {number} shard */
async function follow(shardId, shard) {
  const after = writer.startAfter(shardId);
  let position = after === undefined ? 0 : positionOf(after);
  while (position < last) {
    const length = Math.min(random(60), last - position);
    const records = Array.from({ length }, (_, at) => ({
      data: Buffer.from(recordAt(shard, position + at + 1).text),
      partitionKey: 'p',
      shardId,
      sequenceNumber: sequenceOf(position + at + 1),
      arrivedAt: Date.UTC(2019, 9, 5),
    }));
    position += length;
    await writer.add({ shardId, records, lastSequenceNumber: sequenceOf(position), millisBehindLatest: 0 });
  }
}

async function compact() {
  while (!done) {
    await writer.compact({ onProgress: () => say('compacting') });
    await new Promise((resolve) => setTimeout(resolve, random(40)));
  }
}

let done = false;
const compacting = compact();
await Promise.all(shards.map(follow));
done = true;
await compacting;
await writer.close();
say('closed');
