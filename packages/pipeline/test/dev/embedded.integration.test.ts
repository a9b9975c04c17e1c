import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { describe, expect, test } from 'vitest';
import { startEmbeddedDynamo } from '../../src/dev/embedded-dynamo.js';
import { startEmbeddedSns } from '../../src/dev/embedded-sns.js';
import { load } from '../../src/dev/load.js';
import { createDynamoClient, createTable } from '../../src/windows/table.js';

async function takenPort(): Promise<{ port: number; free(): void }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as { port: number }).port, free: () => void server.close() };
}

function refuses(endpoint: string): Promise<boolean> {
  const socket = connect(Number(new URL(endpoint).port), '127.0.0.1');
  return new Promise((resolve) => {
    socket.on('connect', () => resolve(!socket.destroy())).on('error', () => resolve(true));
  });
}

describe('the embedded DynamoDB', () => {
  test('starts on 127.0.0.1, takes tables, and ends with every connection', async () => {
    const dynamo = await startEmbeddedDynamo();
    expect(dynamo.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const client = createDynamoClient(dynamo);
    await createTable(client, 'counts');
    expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual(['counts']);
    await dynamo.stop();
    await dynamo.stop();
    client.destroy();
    expect(await refuses(dynamo.endpoint)).toBe(true);
  });

  test('survives a client that hangs up in mid-request', async () => {
    const dynamo = await startEmbeddedDynamo();
    const socket = connect(Number(new URL(dynamo.endpoint).port), '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{');
    await once(socket, 'connect');
    socket.resetAndDestroy();
    await once(socket, 'close');
    const client = createDynamoClient(dynamo);
    expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual([]);
    client.destroy();
    await dynamo.stop();
  });

  test('says that its port is in use', async () => {
    const { port, free } = await takenPort();
    await expect(startEmbeddedDynamo({ port })).rejects.toThrow(
      `The embedded DynamoDB cannot listen on 127.0.0.1:${port}: the port is in use`,
    );
    free();
  });
});

describe('the embedded SNS', () => {
  test('delivers publications to those whose filter they pass', async () => {
    const sns = await startEmbeddedSns();
    expect(sns.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const topic = await sns.createTopic('alerts');
    expect(await sns.createTopic('alerts')).toBe(topic);
    const everything = await sns.subscribe(topic);
    const other = await sns.subscribe(topic, { site: ['other'] });
    const client = new SNSClient(sns);
    for (const site of ['shop', 'other'])
      await client.send(
        new PublishCommand({
          TopicArn: topic,
          Subject: 'Subject',
          Message: site,
          MessageAttributes: { site: { DataType: 'String', StringValue: site } },
        }),
      );
    expect((await everything.read(1000)).map(({ message }) => message)).toEqual(['shop', 'other']);
    expect(await everything.read()).toEqual([]);
    expect(await other.read(1000)).toEqual([{ subject: 'Subject', message: 'other', attributes: { site: 'other' } }]);
    client.destroy();
    await sns.stop();
    await sns.stop();
    expect(await refuses(sns.endpoint)).toBe(true);
  });

  test('says that its port is in use', async () => {
    const { port, free } = await takenPort();
    await expect(startEmbeddedSns({ port })).rejects.toThrow(
      `The embedded SNS cannot listen on 127.0.0.1:${port}: the port is in use`,
    );
    free();
  });
});

test('a missing package is named with the command that installs it', async () => {
  const missing = Object.assign(new Error('gone'), { code: 'ERR_MODULE_NOT_FOUND' });
  await expect(load('The embedded SNS', 'fauxqs', () => Promise.reject(missing))).rejects.toThrow(
    'The embedded SNS needs the package fauxqs, which is not installed. Run: npm install --save-dev fauxqs',
  );
  await expect(load('x', 'y', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
});
