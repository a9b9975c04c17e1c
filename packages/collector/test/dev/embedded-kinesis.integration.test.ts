import { once } from 'node:events';
import { Agent, get, request } from 'node:http';
import { connect, createServer, type Server } from 'node:net';
import { DescribeStreamSummaryCommand, ListStreamsCommand } from '@aws-sdk/client-kinesis';
import { afterEach, expect, test } from 'vitest';
import { type EmbeddedKinesis, loadKinesalite, startEmbeddedKinesis } from '../../src/dev/embedded-kinesis.js';
import { clientFor } from './support.js';

const running: EmbeddedKinesis[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((kinesis) => kinesis.stop()));
});

async function start(...options: Parameters<typeof startEmbeddedKinesis>): Promise<EmbeddedKinesis> {
  const kinesis = await startEmbeddedKinesis(...options);
  running.push(kinesis);
  return kinesis;
}

async function takePort(): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as { port: number }).port };
}

function refuses(endpoint: string): Promise<boolean> {
  const socket = connect(Number(new URL(endpoint).port), '127.0.0.1');
  return new Promise((resolve) => {
    socket.on('connect', () => resolve(false)).on('error', () => resolve(true));
  });
}

test('starts on 127.0.0.1 with its streams active', async () => {
  const kinesis = await start({
    streams: [
      { name: 'events', shards: 12 },
      { name: 'dead', shards: 1 },
    ],
  });
  expect(kinesis.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const client = clientFor(kinesis);
  for (const [StreamName, OpenShardCount] of [
    ['events', 12],
    ['dead', 1],
  ] as const) {
    const { StreamDescriptionSummary } = await client.send(new DescribeStreamSummaryCommand({ StreamName }));
    expect(StreamDescriptionSummary).toMatchObject({ StreamStatus: 'ACTIVE', OpenShardCount });
  }
});

test('listens on the port it is given', async () => {
  const { server, port } = await takePort();
  await new Promise((resolve) => server.close(resolve));
  expect((await start({ port })).endpoint).toBe(`http://127.0.0.1:${port}`);
});

test('says that its port is in use', async () => {
  const { server, port } = await takePort();
  await expect(startEmbeddedKinesis({ port })).rejects.toThrow(`127.0.0.1:${port}: the port is in use`);
  server.close();
});

test('says which stream cannot be created, and stops', async () => {
  const { server, port } = await takePort();
  await new Promise((resolve) => server.close(resolve));
  const started = startEmbeddedKinesis({ port, streams: [{ name: 'no spaces please', shards: 1 }] });
  await expect(started).rejects.toThrow("The stream 'no spaces please' with 1 shards cannot be created");
  expect(await refuses(`http://127.0.0.1:${port}`)).toBe(true);
});

test('stops although connections are kept alive, and again without complaint', async () => {
  const kinesis = await start({ streams: [{ name: 'events', shards: 1 }] });
  await clientFor(kinesis).send(new ListStreamsCommand({}));
  const agent = new Agent({ keepAlive: true });
  const [response] = await once(get(kinesis.endpoint, { agent }), 'response');
  response.resume();
  await kinesis.stop();
  await kinesis.stop();
  expect(await refuses(kinesis.endpoint)).toBe(true);
});

test('outlives a client that hangs up in mid-request', async () => {
  const kinesis = await start({ streams: [{ name: 'events', shards: 1 }] });
  const upload = request(kinesis.endpoint, { method: 'POST', headers: { 'content-length': '1000' } });
  const closed = new Promise((resolve) => upload.on('error', () => {}).on('close', resolve));
  await new Promise((resolve) => upload.write('half', resolve));
  upload.destroy();
  await closed;
  expect((await clientFor(kinesis).send(new ListStreamsCommand({}))).StreamNames).toEqual(['events']);
});

test('says how to install kinesalite where it is missing', async () => {
  const missing = Object.assign(new Error("Cannot find package 'kinesalite'"), { code: 'ERR_MODULE_NOT_FOUND' });
  await expect(loadKinesalite(() => Promise.reject(missing))).rejects.toThrow('npm install --save-dev kinesalite');
});
