import { type Tail, type TailOptions, type TailRecord, tailStream } from '../../src/dev/tail.js';

export interface Tailed {
  tail: Tail;
  records: TailRecord[];
  errors: unknown[];
  /** The data of the records, sorted: shards are read side by side. */
  texts(): string[];
}

const running: Tail[] = [];

export async function stopTails(): Promise<void> {
  await Promise.all(running.splice(0).map((tail) => tail.stop()));
}

/** A tail from the beginning of the stream that keeps what it is given, until `stopTails`. */
export function tail(options: Partial<TailOptions> & Pick<TailOptions, 'client' | 'streamName'>): Tailed {
  const records: TailRecord[] = [];
  const errors: unknown[] = [];
  const started = tailStream({
    from: 'TRIM_HORIZON',
    onRecord: (record) => records.push(record),
    onError: (error) => errors.push(error),
    ...options,
  });
  running.push(started);
  return {
    tail: started,
    records,
    errors,
    texts: () => records.map(({ data }) => Buffer.from(data).toString()).sort(),
  };
}
