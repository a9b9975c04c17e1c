import type { Readable } from 'node:stream';
import { type KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';

/** A record as one call carries it. */
export interface PutEntry {
  readonly partitionKey: string;
  /** Text is sent as UTF-8. */
  readonly data: string | Uint8Array;
  /** Length of `data` as bytes. */
  readonly dataBytes: number;
}
/** Why a record is not on the stream. */
export interface PutError {
  readonly code: string;
  readonly message: string;
}
/**
 * Makes one PutRecords call.
 *
 * @returns What became of each record, in order: nothing when it is on the stream.
 * @throws What the client throws when the whole call failed.
 */
export type PutRecords = (
  streamName: string,
  entries: readonly PutEntry[],
) => Promise<readonly (PutError | undefined)[]>;

/**
 * PutRecords through the SDK's client, with its credentials, endpoint, signature and clock, but with a body that is written
 * here, byte by byte into one buffer, and an answer of which only the failures are read. The SDK's own (de)serialiser
 * costs several times as much as all of a record's way through the collector: see bench/collector.
 *
 * Both are replaced by middleware, the SDK's own means
 * (https://aws.amazon.com/blogs/developer/middleware-stack-modular-aws-sdk-js/).
 */
export function createPutRecords(client: KinesisClient): PutRecords {
  const bodies = createBodies();
  return async (streamName, entries) => {
    const body = bodies.write(streamName, entries);
    let errors: (PutError | undefined)[] | undefined;
    const command = new PutRecordsCommand({ StreamName: streamName, Records: [] });
    command.middlewareStack.add(
      (next) => (args) => {
        (args.request as { body: unknown }).body = body;
        return next(args);
      },
      // Before the middleware that measures the body.
      { name: 'rastroBody', step: 'build', priority: 'high' },
    );
    command.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        const response = result.response as { statusCode: number; body: Readable };
        const answer = await collect(response.body);
        let shown = answer;
        if (response.statusCode === 200) {
          errors = readAnswer(answer, entries.length);
          shown = emptyAnswer;
        }
        return { ...result, response: { ...response, body: shown } };
      },
      // Next to the network: what the SDK then reads is an error, or nothing.
      { name: 'rastroAnswer', step: 'deserialize', priority: 'low' },
    );
    await client.send(command);
    // Only now: of a call that failed the last bytes may still be on their way.
    bodies.free(body);
    return errors ?? entries.map(() => ({ code: 'NoAnswer', message: 'the service sent no answer' }));
  };
}

const emptyAnswer = Buffer.from('{"FailedRecordCount":0,"Records":[]}');
const noFailure = Buffer.from('"FailedRecordCount":0');

function readAnswer(answer: Buffer, expected: number): (PutError | undefined)[] {
  const at = answer.indexOf(noFailure);
  const after = answer[at + noFailure.length];
  // `,` or `}`: not the first digit of a longer number.
  if (at >= 0 && (after === 0x2c || after === 0x7d)) return new Array<undefined>(expected).fill(undefined);
  const { Records: results = [] } = JSON.parse(answer.toString()) as { Records?: Partial<Record<string, string>>[] };
  return Array.from({ length: expected }, (_, index) => {
    const { SequenceNumber, ErrorCode = 'NoAnswer', ErrorMessage = 'no answer for the record' } = results[index] ?? {};
    return SequenceNumber ? undefined : { code: ErrorCode, message: ErrorMessage };
  });
}

/** The client's own time ends when the answer begins. Unit: ms. */
const answerMs = 3_000;

async function collect(body: Readable): Promise<Buffer> {
  const late = Object.assign(new Error(`the answer was not there whole after ${answerMs} ms`), {
    name: 'TimeoutError',
  });
  const timer = setTimeout(() => body.destroy(late), answerMs);
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of body) chunks.push(chunk as Uint8Array);
  } finally {
    clearTimeout(timer);
  }
  return chunks.length === 1 ? Buffer.from(chunks[0] as Uint8Array) : Buffer.concat(chunks);
}

/** Buffers for bodies, used again: a new one of half a megabyte for each call keeps the garbage collector busy. */
function createBodies(): {
  write(streamName: string, entries: readonly PutEntry[]): Buffer;
  free(body: Buffer): void;
} {
  const idle: Buffer[] = [];
  const maxIdle = 4;
  let scratch = Buffer.allocUnsafeSlow(64 * 1024);

  const take = (bytes: number): Buffer => {
    const at = idle.findIndex((buffer) => buffer.byteLength >= bytes);
    if (at >= 0) return idle.splice(at, 1)[0] as Buffer;
    // Room for a little more, so that the next one fits too.
    return Buffer.allocUnsafeSlow(Math.ceil((bytes * 1.25) / 65_536) * 65_536);
  };

  return {
    write(streamName, entries) {
      let bound = 128 + streamName.length;
      // base64 makes four bytes of three; a UTF-16 unit takes at most six of a JSON escape.
      for (const { dataBytes, partitionKey } of entries) {
        if (dataBytes > scratch.byteLength) scratch = Buffer.allocUnsafeSlow(dataBytes);
        bound += Math.ceil(dataBytes / 3) * 4 + partitionKey.length * 6 + 40;
      }
      const body = take(bound);
      let at = body.write(`{"StreamName":${JSON.stringify(streamName)},"Records":[{"Data":"`, 0, 'latin1');
      for (const { data, partitionKey } of entries) {
        if (typeof data === 'string') {
          const length = scratch.write(data, 0, 'utf8');
          at += body.write(scratch.toString('base64', 0, length), at, 'latin1');
        } else
          at += body.write(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'), at, 'latin1');
        at += body.write(`","PartitionKey":${JSON.stringify(partitionKey)}},{"Data":"`, at, 'utf8');
      }
      // The last comma, and what follows it, was for a record more.
      at += body.write(']}', at - ',{"Data":"'.length, 'latin1') - ',{"Data":"'.length;
      return body.subarray(0, at);
    },
    free(body) {
      if (idle.length >= maxIdle) idle.shift();
      idle.push(Buffer.from(body.buffer));
    },
  };
}
