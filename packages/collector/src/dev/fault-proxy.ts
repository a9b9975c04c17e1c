import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createKinesisClient } from '../sinks/kinesis/client.js';
import { createFaultCounts, type FaultCounts } from './fault-counts.js';
import { callErrors, callFaults, checkFaults, draw, type Faults, noFaults } from './faults.js';
import { type Answer, createHop, give, readBody, toJson } from './http-hop.js';
import {
  entryBytes,
  mergeResults,
  type PutRecordsInput,
  type PutRecordsOutput,
  type PutRecordsResult,
  readPutRecords,
  streamNameOf,
} from './put-records.js';
import { createRandom, type Random } from './random.js';
import { createShardBuckets, openShards, type ShardRange, shardOf } from './shard-limits.js';

export interface FaultProxyOptions {
  /** URL of a Kinesis that does not check signatures, as emulators do not: calls are changed on the way. */
  target: string;
  /** Port on 127.0.0.1; 0 takes a free one. @default 0 */
  port?: number | undefined;
  /** The same calls in the same order meet the same faults. Any integer. @default 1 */
  seed?: number | undefined;
  /** @default none, everything passes untouched */
  faults?: Partial<Faults> | undefined;
}

export interface FaultProxy {
  /** `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  /** Changes some chances from now on; calls under way keep theirs. @throws {TypeError} If one is none. */
  set(faults: Partial<Faults>): void;
  /**
   * Cuts every connection, and takes no new one until `up`.
   *
   * @param how `refuse`: nobody listens. `reset`: connections are taken and reset at once. @default 'refuse'
   */
  down(how?: 'refuse' | 'reset'): Promise<void>;
  /** Takes connections again, on the same port. */
  up(): Promise<void>;
  counts(): FaultCounts;
  /** Ends it and every connection to it, at once. Harmless when repeated. */
  stop(): Promise<void>;
}

/** Shards can be split meanwhile. */
const shardsKeptMs = 10_000;

/**
 * Starts an HTTP proxy in front of a Kinesis that fails as the service can: calls, records, connections, answers.
 * Single records fail in JSON calls (`application/x-amz-json-1.1`) only; whatever it does not know passes untouched.
 *
 * @throws If the port is taken, or {TypeError} if a fault is none.
 */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const { target, seed = 1 } = options;
  let current = checkFaults({ ...noFaults, ...options.faults });
  const hop = createHop(target);
  const client = createKinesisClient({ endpoint: target, region: 'us-east-1' });
  const buckets = createShardBuckets(Date.now);
  const counts = createFaultCounts();
  const sockets = new Set<Socket>();
  let resets = false;

  const shardsByStream = new Map<string, { at: number; shards: Promise<readonly ShardRange[]> }>();
  const shardsOf = (streamName: string): Promise<readonly ShardRange[]> => {
    const known = shardsByStream.get(streamName);
    if (known && Date.now() - known.at < shardsKeptMs) return known.shards;
    // A stream that is not there is for the target to refuse.
    const shards = openShards(client, streamName).catch(() => []);
    shardsByStream.set(streamName, { at: Date.now(), shards });
    return shards;
  };

  /** The records that are to fail; nothing for the others. */
  const judge = async (
    input: PutRecordsInput,
    faults: Faults,
    random: Random,
  ): Promise<(PutRecordsResult | undefined)[]> => {
    const { recordThrottled, recordFailed, shardLimitScale: scale } = faults;
    if (recordThrottled + recordFailed + scale === 0) return input.Records.map(() => undefined);
    const streamName = streamNameOf(input);
    const shards = recordThrottled > 0 || scale > 0 ? await shardsOf(streamName) : [];
    return input.Records.map((entry) => {
      const fault = draw(faults, ['recordThrottled', 'recordFailed'], random);
      if (fault === 'recordFailed') {
        counts.recordFailed++;
        return { ErrorCode: 'InternalFailure', ErrorMessage: 'Internal service failure.' };
      }
      const shard = shardOf(shards, entry.PartitionKey, entry.ExplicitHashKey) ?? 'shardId-000000000000';
      if (fault) counts.recordThrottled++;
      else if (scale === 0 || buckets.take(`${streamName}/${shard}`, entryBytes(entry), scale)) return undefined;
      else counts.shardThrottled++;
      return {
        ErrorCode: 'ProvisionedThroughputExceededException',
        ErrorMessage: `Rate exceeded for shard ${shard} in stream ${streamName} under account 000000000000.`,
      };
    });
  };

  /** Forwards what of a call is to succeed. */
  const carryOut = async (request: IncomingMessage, body: Buffer, faults: Faults, random: Random): Promise<Answer> => {
    const input = operationOf(request) === 'PutRecords' ? readPutRecords(body) : undefined;
    const failures = input ? await judge(input, faults, random) : [];
    const Records = input?.Records.filter((_, at) => failures[at] === undefined) ?? [];
    counts.records += failures.length;
    counts.recordsForwarded += Records.length;
    if (input && Records.length === 0) return toJson(200, mergeResults(failures, { Records: [] }));
    counts.forwarded++;
    if (Records.length === failures.length) return hop.forward(request, body);
    const answer = await hop.forward(request, Buffer.from(JSON.stringify({ ...input, Records })));
    if (answer.status !== 200) return answer;
    const output = JSON.parse(answer.body.toString()) as PutRecordsOutput;
    return { ...answer, body: Buffer.from(JSON.stringify(mergeResults(failures, output))) };
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { socket } = request;
    const body = await readBody(request);
    const faults = current;
    if (!faults.operations.includes(operationOf(request))) return give(response, await hop.forward(request, body));
    // Chance is each call's own: what others do at the same time does not change what befalls it.
    const random = createRandom(seed, counts.calls++);
    const fault = draw(faults, callFaults, random);
    const [least, most] = faults.slowMs;
    const slowMs = random() < faults.slow ? least + random() * (most - least) : 0;
    if (fault) counts[fault]++;
    if (slowMs > 0) counts.slow++;

    if (fault === 'hangBefore') return;
    if (fault === 'resetBefore') return void socket.resetAndDestroy();
    const error = fault && callErrors[fault];
    const answer = error
      ? toJson(error[0], { __type: error[1], message: error[2] }, { 'x-amzn-errortype': error[1] })
      : await carryOut(request, body, faults, random);
    if (fault === 'hangAfter') return;
    if (fault === 'resetAfter') return void socket.resetAndDestroy();
    if (slowMs > 0) await sleep(slowMs, undefined, { ref: false });
    give(response, answer);
  };

  const server = createServer((request, response) => {
    handle(request, response).catch(() => {
      // The caller went away, or the target did: either way nobody answers.
      if (!request.socket.destroyed) counts.targetFailed++;
      request.socket.resetAndDestroy();
    });
  });
  // Long enough that no client meets a connection that ends for any other reason than a fault.
  server.keepAliveTimeout = 60_000;
  server.on('connection', (socket) => {
    if (resets) return void socket.resetAndDestroy();
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });

  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const hangUp = async (): Promise<void> => {
    const closed = server.listening ? new Promise<void>((resolve) => server.close(() => resolve())) : undefined;
    cut();
    await closed;
  };
  const port = await listen(options.port ?? 0);
  const listenAgain = async (): Promise<void> => {
    if (!server.listening) await listen(port);
  };

  return {
    endpoint: `http://127.0.0.1:${port}`,
    set(some) {
      current = checkFaults({ ...current, ...some });
    },
    async down(how = 'refuse') {
      resets = how === 'reset';
      if (how === 'refuse') return hangUp();
      cut();
      return listenAgain();
    },
    async up() {
      resets = false;
      return listenAgain();
    },
    counts: () => ({ ...counts }),
    async stop() {
      await hangUp();
      hop.close();
      client.destroy();
    },
  };
}

/** `PutRecords` of `Kinesis_20131202.PutRecords`. */
function operationOf({ headers }: IncomingMessage): string {
  return String(headers['x-amz-target'] ?? '').split('.')[1] ?? '';
}
