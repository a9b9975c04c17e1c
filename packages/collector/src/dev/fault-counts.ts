import { type CallFault, callFaults } from './faults.js';

/** What a fault proxy did since it started. */
export interface FaultCounts extends Record<CallFault, number> {
  /** Calls that faults could hit. */
  calls: number;
  /** Of these, the ones that the target has seen. */
  forwarded: number;
  /** Records of PutRecords calls that were not refused whole. */
  records: number;
  /** Of these, the ones that the target has seen. */
  recordsForwarded: number;
  recordThrottled: number;
  recordFailed: number;
  /** Records that were more than their shard takes. */
  shardThrottled: number;
  slow: number;
  /** Calls that the target itself did not answer. */
  targetFailed: number;
}

export function createFaultCounts(): FaultCounts {
  return {
    ...(Object.fromEntries(callFaults.map((name) => [name, 0])) as Record<CallFault, number>),
    calls: 0,
    forwarded: 0,
    records: 0,
    recordsForwarded: 0,
    recordThrottled: 0,
    recordFailed: 0,
    shardThrottled: 0,
    slow: 0,
    targetFailed: 0,
  };
}
