/**
 * Bounds of one PutRecords call: 500 records and 10 MiB of data and keys
 * (https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html, 2026-11). Of the bytes we use less than
 * half: emulators and proxies take less, and a smaller call that fails has less to repeat.
 */
export const putRecordsLimits: { readonly records: number; readonly bytes: number } = {
  records: 500,
  bytes: 4_000_000,
};

/**
 * Largest record, data and key: 1 MiB unless the stream was told more, up to 10 MiB
 * (https://docs.aws.amazon.com/streams/latest/dev/large-records.html, 2026-11).
 */
export const defaultMaxRecordBytes: number = 1_048_576;
