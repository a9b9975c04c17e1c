import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { createTable } from '../../src/windows/table.js';

const denied = Object.assign(new Error('not authorized to perform: dynamodb:UpdateTimeToLive'), {
  name: 'AccessDeniedException',
});

/** A service that lets tables be made, and nothing else be changed. */
function service(isThere: boolean) {
  const calls: string[] = [];
  let made = isThere;
  const client = {
    async send({ constructor: { name } }: object) {
      calls.push(name);
      if (name === 'UpdateTimeToLiveCommand') throw denied;
      if (name === 'CreateTableCommand') made = true;
      if (!made) throw Object.assign(new Error('not found'), { name: 'ResourceNotFoundException' });
      return { Table: { TableStatus: 'ACTIVE' } };
    },
  };
  return { client: client as unknown as DynamoDBClient, calls };
}

test('a table that is there is described and not made', async () => {
  const { client, calls } = service(true);
  await createTable(client, 'counts');
  expect(calls).not.toContain('CreateTableCommand');
  expect(calls[0]).toBe('DescribeTableCommand');
});

test.each([true, false])(
  'whether it was there (%s): that old rows may not be removed is told, and no end',
  async (isThere) => {
    const told: unknown[] = [];
    await createTable(service(isThere).client, 'counts', { onDenied: (error) => told.push(error) });
    expect(told).toEqual([denied]);
  },
);

test('for a table made here it is an error where nobody is told', async () => {
  await expect(createTable(service(false).client, 'counts')).rejects.toBe(denied);
});
