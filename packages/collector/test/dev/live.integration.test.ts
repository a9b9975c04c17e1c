import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type EmbeddedKinesis, startEmbeddedKinesis } from '../../src/dev/embedded-kinesis.js';
import { type LiveOptions, live } from '../../src/dev/live.js';
import { clientFor, put, until } from './support.js';

let kinesis: EmbeddedKinesis;
let client: KinesisClient;
const apps: FastifyInstance[] = [];

beforeAll(async () => {
  kinesis = await startEmbeddedKinesis({
    streams: [
      { name: 'events', shards: 2 },
      { name: 'dead', shards: 1 },
    ],
  });
});
beforeEach(() => {
  client = clientFor(kinesis);
});
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
  client.destroy();
});
afterAll(() => kinesis.stop());

async function start(options: Partial<LiveOptions> = {}): Promise<{ app: FastifyInstance; origin: string }> {
  const app = Fastify();
  apps.push(app);
  await app.register(live, { client, streamName: 'events', deadLetterStreamName: 'dead', ...options });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return { app, origin: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}` };
}

interface Seen {
  record?: unknown;
  dead_letter?: unknown;
  raw?: string;
  [field: string]: unknown;
}

/** Waits for so many, since a record shows up one poll after it was put. */
function seen(origin: string, good: number, bad: number): Promise<{ good: Seen[]; bad: Seen[] }> {
  return until(async () => {
    const lists = (await (await fetch(`${origin}/dev/events`)).json()) as { good: Seen[]; bad: Seen[] };
    return lists.good.length >= good && lists.bad.length >= bad && lists;
  });
}

interface Message {
  event: string;
  id: string;
  data: string;
}

async function openFeed(
  origin: string,
  lastEventId?: string,
): Promise<{ messages: Message[]; response: IncomingMessage }> {
  const headers = lastEventId ? { 'last-event-id': lastEventId } : {};
  const [response] = (await once(get(`${origin}/live/feed`, { headers }), 'response')) as [IncomingMessage];
  const messages: Message[] = [];
  let text = '';
  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
      if (field('event')) messages.push({ event: field('event'), id: field('id'), data: field('data') });
    }
  });
  return { messages, response };
}

const records = (messages: readonly Message[]): unknown[] =>
  messages.filter(({ event }) => event === 'good').map(({ data }) => (JSON.parse(data) as Seen).record);

test('lists the records of both streams, with their place', async () => {
  const { origin } = await start();
  await put(client, 'events', ['{"event_type":"view"}']);
  await put(client, 'dead', ['{"code":"decimal_comma"}']);
  const { good, bad } = await seen(origin, 1, 1);
  const place = {
    partition_key: 'key-0',
    shard_id: expect.stringMatching(/^shardId-\d{12}$/),
    sequence_number: expect.stringMatching(/^\d+$/),
    arrived_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
  };
  expect(good).toEqual([{ record: { event_type: 'view' }, ...place }]);
  expect(bad).toEqual([{ dead_letter: { code: 'decimal_comma' }, ...place }]);
});

test('shows data that is no JSON as what it is', async () => {
  const { origin } = await start();
  const deep = '['.repeat(50_000) + ']'.repeat(50_000);
  const texts = ['not <b>json</b>\n\nevent: bad', '{"half":', '', deep];
  await put(client, 'events', [...texts.filter(Boolean), Uint8Array.of(0xff, 0x00), '42', 'null', '"\u2028\u202e"']);
  const { good } = await seen(origin, 7, 0);
  const raws = good.filter(({ raw }) => raw !== undefined).map(({ raw, raw_encoding }) => [raw, raw_encoding]);
  expect(raws).toHaveLength(4);
  expect(raws).toEqual(
    expect.arrayContaining([
      [texts[0], 'utf8'],
      [texts[1], 'utf8'],
      [deep, 'utf8'],
      ['/wA=', 'base64'],
    ]),
  );
  const values = good.filter(({ raw }) => raw === undefined).map(({ record }) => record);
  expect(values).toEqual(expect.arrayContaining([42, null, '\u2028\u202e']));
});

test('the feed sends what is kept, then what comes', async () => {
  const { origin } = await start();
  await put(client, 'events', ['{"n":1}']);
  await seen(origin, 1, 0);
  const { messages } = await openFeed(origin);
  await until(() => records(messages).length === 1);
  expect(messages[0]?.event).toBe('state');
  await put(client, 'events', ['{"n":2}', '"line\\nbreak"', 'raw\nline\r\nbreaks']);
  await put(client, 'dead', ['{"code":"x"}']);
  await until(() => messages.filter(({ event }) => event !== 'state').length === 5);
  expect(records(messages)).toEqual(expect.arrayContaining([{ n: 1 }, { n: 2 }, 'line\nbreak']));
  const bad = messages.find(({ event }) => event === 'bad');
  expect(JSON.parse(bad?.data ?? '')).toMatchObject({ dead_letter: { code: 'x' } });
  expect(new Set(messages.map(({ id }) => id).filter(Boolean)).size).toBe(5);
});

test('the feed does not repeat what a reader says it has, unless it is of another start', async () => {
  const { origin } = await start();
  await put(client, 'events', ['{"n":1}']);
  await seen(origin, 1, 0);
  const first = await openFeed(origin);
  await until(() => records(first.messages).length === 1);
  const lastEventId = first.messages.find(({ event }) => event === 'good')?.id ?? '';
  first.response.destroy();
  await put(client, 'events', ['{"n":2}']);
  const second = await openFeed(origin, lastEventId);
  await until(() => records(second.messages).length === 1);
  expect(records(second.messages)).toEqual([{ n: 2 }]);
  const other = await openFeed(origin, lastEventId.replace(/^[^-]+/, 'other'));
  await until(() => records(other.messages).length === 2);
});

test('the feed says the counts and the shards', async () => {
  const { origin } = await start();
  const { messages } = await openFeed(origin);
  const event_time = new Date().toISOString();
  const lines = [1, 2].map((line) => JSON.stringify({ event_type: 'purchase', line, lines: 2, event_time }));
  await put(client, 'events', [...lines, '{"event_type":"view"}']);
  await put(client, 'dead', ['{}']);
  const last = (): { streams: { good: unknown }; stats: Record<string, unknown> } =>
    JSON.parse(messages.findLast(({ event }) => event === 'state')?.data ?? '{"stats":{}}');
  await until(() => last().stats['events'] === 3 && last().stats['dead_letters'] === 1);
  expect(last().stats).toMatchObject({ orders: 1, latency_p50: expect.any(Number) });
  expect(last().streams.good).toEqual({ name: 'events', shards: ['shardId-000000000000', 'shardId-000000000001'] });
});

test('forgets what it kept when told to, and tells the readers', async () => {
  const { origin } = await start();
  await put(client, 'events', ['{"n":1}']);
  await seen(origin, 1, 0);
  const { messages } = await openFeed(origin);
  await until(() => messages.length >= 2);
  const epochs = (): Set<string> =>
    new Set(messages.filter(({ event }) => event === 'state').map(({ data }) => JSON.parse(data).epoch));
  expect((await fetch(`${origin}/dev/reset`, { method: 'POST' })).status).toBe(204);
  expect(await (await fetch(`${origin}/dev/events`)).json()).toEqual({ good: [], bad: [] });
  await until(() => epochs().size === 2);
  await put(client, 'events', ['{"n":2}']);
  await until(() => records(messages).length === 2);
  expect((await seen(origin, 1, 0)).good).toMatchObject([{ record: { n: 2 } }]);
});

test('keeps no more than it is told', async () => {
  const { origin } = await start({ keep: 3 });
  await put(
    client,
    'events',
    Array.from({ length: 20 }, (_, n) => JSON.stringify({ n })),
  );
  await put(client, 'dead', ['{}']);
  const { good } = await seen(origin, 3, 1);
  expect(good).toHaveLength(3);
});

test('closes although a feed is open', async () => {
  const { app, origin } = await start();
  const { response } = await openFeed(origin);
  const ended = once(response, 'end');
  await app.close();
  await ended;
});

test('starts although a stream is not there, and says so', async () => {
  const { origin } = await start({ deadLetterStreamName: 'nowhere' });
  const { messages } = await openFeed(origin);
  await until(() => messages.length);
  expect(JSON.parse(messages[0]?.data ?? '').streams.bad.error).toContain('ResourceNotFoundException');
});

test('serves the page, which may run its own scripts only', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'live-'));
  for (const name of ['index.html', 'live.css', 'live.js', 'rows.js', 'notes.txt'])
    await writeFile(join(folder, name), name);
  const { origin } = await start({ assets: pathToFileURL(`${folder}/`) });
  const page = await fetch(`${origin}/live`);
  expect([page.status, await page.text()]).toEqual([200, 'index.html']);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
  const types = [];
  for (const name of ['live.css', 'live.js', 'rows.js']) {
    types.push((await fetch(`${origin}/live/${name}`)).headers.get('content-type'));
  }
  expect(types).toEqual(['text/css', 'text/javascript', 'text/javascript'].map((type) => `${type}; charset=utf-8`));
  expect((await fetch(`${origin}/live/notes.txt`)).status).toBe(404);
  expect((await fetch(`${origin}/live/`)).url).toBe(`${origin}/live`);
});

test('says which option is wrong', async () => {
  await expect(start({ keep: 0 })).rejects.toThrow('keep must be a positive integer, got 0');
  const assets = pathToFileURL(`${await mkdtemp(join(tmpdir(), 'live-'))}/`);
  await expect(start({ assets })).rejects.toThrow('assets: no live page');
});
