import type { ReadRecord } from '../reader/follow.js';
import type { RecordFault } from './record.js';

/** The line of a record in the error prefix. @param text Its bytes as text; absent when they are none. */
export function toErrorLine(record: ReadRecord, fault: RecordFault, text: string | undefined): string {
  const line = {
    reason: fault.reason,
    code: fault.code,
    message: fault.message,
    shard_id: record.shardId,
    sequence_number: record.sequenceNumber,
    ...(record.subSequenceNumber !== undefined && { sub_sequence_number: record.subSequenceNumber }),
    arrived_at: new Date(record.arrivedAt).toISOString(),
    ...(text === undefined ? { raw_base64: Buffer.from(record.data).toString('base64') } : { raw: text }),
  };
  return `${JSON.stringify(line)}\n`;
}
