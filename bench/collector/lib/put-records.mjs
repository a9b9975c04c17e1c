// @ts-check

/**
 * Stands once in each record of a PutRecords call in JSON as clients write it, without blanks: base64 has no quotes, and
 * a text that has them is escaped, and followed by no colon.
 */
const mark = Buffer.from('"PartitionKey":');

/**
 * Counts the records of a call as it comes in, without joining its parts and without parsing them.
 */
export function createRecordCounter() {
  let count = 0;
  /** The end of what came before: a mark may lie on both sides of the seam. */
  let rest = /** @type {Buffer} */ (Buffer.alloc(0));
  return {
    /** @param {Buffer} chunk */
    add(chunk) {
      if (rest.length > 0) {
        count += occurrences(Buffer.concat([rest, chunk.subarray(0, mark.length - 1)]));
      }
      count += occurrences(chunk);
      const tail = chunk.length < mark.length ? Buffer.concat([rest, chunk]) : chunk;
      rest = tail.subarray(Math.max(0, tail.length - (mark.length - 1)));
    },
    count: () => count,
  };
}

/** @param {Buffer} bytes */
function occurrences(bytes) {
  let found = 0;
  for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + mark.length)) found++;
  return found;
}

/** As long as the service's own: 56 digits. */
const firstSequenceNumber = 49_590_338_271_490_256_608_559_692_538_361_571_095_921_575_989_136_588_898n;

/**
 * Writes answers to PutRecords, each once: calls of as many records get the same answer.
 *
 * @param {number} shards
 * @returns {(records: number) => Buffer}
 */
export function createAnswers(shards) {
  /** @type {Map<number, Buffer>} */
  const answers = new Map();
  return (records) => {
    let answer = answers.get(records);
    if (!answer) {
      const results = Array.from({ length: records }, (_, at) => ({
        SequenceNumber: String(firstSequenceNumber + BigInt(at)),
        ShardId: shardId(at % shards),
      }));
      answer = Buffer.from(JSON.stringify({ FailedRecordCount: 0, Records: results }));
      answers.set(records, answer);
    }
    return answer;
  };
}

/** @param {number} at */
export const shardId = (at) => `shardId-${String(at).padStart(12, '0')}`;

/**
 * Shards that share the hash keys evenly, as ListShards lists them.
 *
 * @param {number} count
 */
export function evenShards(count) {
  const all = 1n << 128n;
  const edge = (/** @type {number} */ at) => (all * BigInt(at)) / BigInt(count);
  return Array.from({ length: count }, (_, at) => ({
    ShardId: shardId(at),
    HashKeyRange: { StartingHashKey: String(edge(at)), EndingHashKey: String(edge(at + 1) - 1n) },
    SequenceNumberRange: { StartingSequenceNumber: String(firstSequenceNumber) },
  }));
}
