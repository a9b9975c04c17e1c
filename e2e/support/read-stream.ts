import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** A record as a reader finds it. */
export interface Found {
  readonly shard: string;
  readonly partitionKey: string;
  readonly record: Record<string, unknown> & { readonly event_id: string; readonly event_type: string };
}

const reader = fileURLToPath(new URL('./stream-reader.mjs', import.meta.url));

/** All records of a stream, read by a process of its own with the plain AWS SDK; those of a session in their order. */
export async function readStream(endpoint: string, region: string, stream: string): Promise<Found[]> {
  const args = [reader, endpoint, region, stream];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1 << 28 });
  const found = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Found);
  const pad = (value: unknown): string => String(value ?? 0).padStart(9);
  const place = ({ record }: Found): string =>
    `${record['session_id']} ${pad(record['session_seq'])} ${pad(record['line'])}`;
  return found.sort((a, b) => (place(a) < place(b) ? -1 : 1));
}
