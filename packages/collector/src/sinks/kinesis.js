import { PutRecordsCommand } from '@aws-sdk/client-kinesis';
/**
 * Bounds of one PutRecords call: 500 records; 10 MiB of data and keys, of which we use less than half, as emulators and
 * proxies take less. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html (2026-11)
 */
export const putRecordsLimits = {
  records: 500,
  bytes: 4_000_000,
};
/** Answers that do not get better by asking again: the record or the call itself is wrong. */
const final = new Set(['ValidationException', 'InvalidArgumentException', 'SerializationException']);
/** Puts records on a Kinesis stream. Only the records that failed are put again. */
export function createKinesisSink(options) {
  const { client, streamName, maxAttempts = 5, baseDelayMs = 50, random = Math.random } = options;
  const sleep = options.sleep ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
  const call = async (entries) => {
    try {
      const { Records: results = [] } = await client.send(
        new PutRecordsCommand({
          StreamName: streamName,
          Records: entries.map(({ data, partitionKey }) => ({ Data: data, PartitionKey: partitionKey })),
        }),
      );
      return entries.map((_, at) => toOutcome(results[at]));
    } catch (error) {
      const { name, message } = error;
      // One wrong record fails the whole call: alone, it fails alone.
      if (final.has(name) && entries.length > 1) {
        const half = entries.length >> 1;
        return [...(await call(entries.slice(0, half))), ...(await call(entries.slice(half)))];
      }
      return entries.map(() => ({
        retryable: !final.has(name),
        message: `PutRecords on ${streamName}: ${name}: ${message}`,
      }));
    }
  };
  const putBatch = async (batch) => {
    const failures = [];
    let pending = batch;
    for (let attempt = 1; ; attempt++) {
      const outcomes = await call(pending);
      const again = [];
      for (const [at, entry] of pending.entries()) {
        const outcome = outcomes[at];
        if (outcome === undefined) continue;
        if (outcome.retryable && attempt < maxAttempts) again.push(entry);
        else failures.push({ index: entry.index, ...outcome });
      }
      if (again.length === 0) return failures;
      pending = again;
      await sleep(random() * baseDelayMs * 2 ** (attempt - 1));
    }
  };
  return {
    async put(records) {
      const failures = [];
      for (const batch of split(records)) failures.push(...(await putBatch(batch)));
      return failures.sort((a, b) => a.index - b.index);
    },
  };
}
function toOutcome(result) {
  if (result?.SequenceNumber) return undefined;
  const code = result?.ErrorCode ?? 'no answer for the record';
  return { retryable: !final.has(code), message: `${code}: ${result?.ErrorMessage ?? ''}` };
}
function split(records) {
  const encoder = new TextEncoder();
  const batches = [];
  let batch = [];
  let bytes = 0;
  for (const [index, { data, partitionKey }] of records.entries()) {
    const entry = { index, data: encoder.encode(data), partitionKey };
    // A key has at most 256 characters of at most 4 bytes.
    const size = entry.data.byteLength + encoder.encode(partitionKey).byteLength;
    if (batch.length === putRecordsLimits.records || (batch.length > 0 && bytes + size > putRecordsLimits.bytes)) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(entry);
    bytes += size;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
