import type { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { describe, expect, test } from 'vitest';
import { createRowPut } from '../../src/windows/put.js';
import type { WindowRow } from '../../src/windows/row.js';

const row = (fields: Partial<WindowRow> = {}): WindowRow => ({
  user_id: 'ana',
  event_type: 'view',
  qtd_event: 1,
  window_start: '2026-11-20T09:30:00.000Z',
  window_end: '2026-11-20T09:31:00.000Z',
  site: 'shop',
  emission_id: 'shardId-000000000000:1',
  ...fields,
});

interface Put {
  readonly key: string;
  readonly row: WindowRow;
}
/** A stream that answers for each record of each call as told: what it says is the error's code. */
function stream(answer: (put: Put, call: number) => string | undefined) {
  const calls: Put[][] = [];
  const taken: Put[] = [];
  const client = {
    async send({ input }: PutRecordsCommand) {
      const puts = (input.Records ?? []).map(({ Data, PartitionKey }) => ({
        key: PartitionKey ?? '',
        row: JSON.parse(Buffer.from(Data ?? []).toString()) as WindowRow,
      }));
      calls.push(puts);
      return {
        Records: puts.map((put) => {
          const ErrorCode = answer(put, calls.length);
          if (ErrorCode !== undefined) return { ErrorCode, ErrorMessage: 'slow down' };
          taken.push(put);
          return { SequenceNumber: '1', ShardId: 's' };
        }),
      };
    },
  } as unknown as KinesisClient;
  return { client, calls, taken };
}
const retries = { sleep: async () => {}, random: () => 1 };

describe('rows on the second stream', () => {
  test('are put by user, at most 500 in a call', async () => {
    const { client, calls } = stream(() => undefined);
    const rows = Array.from({ length: 1001 }, (_, index) => row({ user_id: `user ${index}` }));
    await createRowPut({ client, streamName: 'windows' })(rows);
    expect(calls.map(({ length }) => length)).toEqual([500, 500, 1]);
    expect(calls.flat()).toEqual(rows.map((one) => ({ key: one.user_id, row: one })));
  });

  test('are put with less than 5 MiB in a call', async () => {
    const { client, calls } = stream(() => undefined);
    const interactions = Array.from({ length: 2000 }, (_, index) => `key-${index}`.padEnd(8, '.'));
    await createRowPut({ client, streamName: 'windows' })(Array.from({ length: 400 }, () => row({ interactions })));
    expect(calls.length).toBe(2);
    for (const call of calls) expect(JSON.stringify(call).length).toBeLessThan(5 * 1024 * 1024);
  });

  test('have a key of at most 256 characters, none cut in half', async () => {
    const { client, taken } = stream(() => undefined);
    await createRowPut({ client, streamName: 'windows' })([row({ user_id: `x${'😀'.repeat(200)}` })]);
    expect(taken[0]?.key).toBe(`x${'😀'.repeat(127)}`);
  });

  test('that the stream did not take are put again, and only these', async () => {
    const { client, calls, taken } = stream(({ row: { qtd_event } }, call) =>
      qtd_event % 3 === 0 && call < 3 ? 'ProvisionedThroughputExceededException' : undefined,
    );
    const rows = Array.from({ length: 9 }, (_, index) => row({ qtd_event: index + 1 }));
    await createRowPut({ client, streamName: 'windows', ...retries })(rows);
    expect(calls.map((call) => call.map((put) => put.row.qtd_event))).toEqual([
      [1, 2, 3, 4, 5, 6, 7, 8, 9],
      [3, 6, 9],
      [3, 6, 9],
    ]);
    expect(taken).toHaveLength(9);
  });

  test('that the stream never takes fail after the last try, with the reason', async () => {
    const { client, calls } = stream(() => 'ProvisionedThroughputExceededException');
    const failure = createRowPut({ client, streamName: 'windows', maxAttempts: 4, ...retries })([row(), row()]);
    await expect(failure).rejects.toMatchObject({
      message: "2 rows of counts could not be put on the stream 'windows' (tries: 4)",
      cause: { message: 'ProvisionedThroughputExceededException: slow down' },
    });
    expect(calls).toHaveLength(4);
  });

  test.each([
    ['TimeoutError', 3],
    ['ResourceNotFoundException', 1],
  ])('are tried again when the call fails in a way that may pass: %s', async (name, tries) => {
    let calls = 0;
    const client = {
      async send() {
        calls += 1;
        throw Object.assign(new Error(name), { name });
      },
    } as unknown as KinesisClient;
    await expect(
      createRowPut({ client, streamName: 'windows', maxAttempts: 3, ...retries })([row()]),
    ).rejects.toMatchObject({ cause: { name } });
    expect(calls).toBe(tries);
  });

  test('need the name of a stream', () => {
    const { client } = stream(() => undefined);
    expect(() => createRowPut({ client, streamName: '' })).toThrow(
      new TypeError('streamName must be a text that is not empty, got ""'),
    );
  });
});
