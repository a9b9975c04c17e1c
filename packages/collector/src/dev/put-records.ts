/** PutRecords in JSON, as far as the fault proxy looks into it. */
export interface PutRecordsInput {
  readonly StreamName?: string;
  readonly StreamARN?: string;
  readonly Records: readonly PutRecordsEntry[];
}
export interface PutRecordsEntry {
  /** Base64. */
  readonly Data?: string;
  readonly PartitionKey: string;
  readonly ExplicitHashKey?: string;
}
export interface PutRecordsOutput {
  readonly FailedRecordCount?: number;
  readonly Records: readonly PutRecordsResult[];
}
export type PutRecordsResult =
  | { readonly ErrorCode: string; readonly ErrorMessage: string }
  | { readonly SequenceNumber: string; readonly ShardId: string };

/** @returns Nothing for what is not a PutRecords call. */
export function readPutRecords(body: Buffer): PutRecordsInput | undefined {
  try {
    const input = JSON.parse(body.toString()) as PutRecordsInput | null;
    return Array.isArray(input?.Records) && input.Records.length > 0 ? input : undefined;
  } catch {
    return undefined;
  }
}

export function streamNameOf({ StreamName, StreamARN }: PutRecordsInput): string {
  return StreamName ?? StreamARN?.split('/').at(-1) ?? '';
}

/** Unit: bytes of data and key, as the service counts them. */
export function entryBytes({ Data = '', PartitionKey }: PutRecordsEntry): number {
  return Buffer.byteLength(Data, 'base64') + Buffer.byteLength(PartitionKey);
}

/**
 * Puts the answers of the records that were forwarded, and of those that were not, in the order of the call.
 *
 * @param failures By position in the call; nothing for a record that was forwarded.
 */
export function mergeResults(
  failures: readonly (PutRecordsResult | undefined)[],
  forwarded: PutRecordsOutput,
): PutRecordsOutput {
  let at = 0;
  const Records = failures.map((failure) => failure ?? (forwarded.Records[at++] as PutRecordsResult));
  return { ...forwarded, FailedRecordCount: Records.filter((result) => 'ErrorCode' in result).length, Records };
}
