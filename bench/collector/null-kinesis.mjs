// @ts-check
// A Kinesis that keeps nothing: benchmarks of the collector measure the collector, not an emulator.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { createAnswers, createRecordCounter, evenShards } from './lib/put-records.mjs';

const help = `Usage: node bench/collector/null-kinesis.mjs [--port N] [--latency-ms N] [--shards N]

A null endpoint: it answers PutRecords of the Kinesis protocol (JSON 1.1) as if each record had been written, and keeps
none. For benchmarks only. ListShards and DescribeStreamSummary are answered for any stream.

Prints {"port":N,"null":true} when it listens on 127.0.0.1. GET / tells what came: {"null":true,"calls":N,"records":N}.

  --port N         default: a free one
  --latency-ms N   wait so long before each answer (default: 0)
  --shards N       shards of every stream (default: 4)
`;

function parse() {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: '0' },
        'latency-ms': { type: 'string', default: '0' },
        shards: { type: 'string', default: '4' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const number = (/** @type {'port' | 'latency-ms' | 'shards'} */ name, /** @type {number} */ least) => {
      const value = Number(values[name]);
      if (!Number.isInteger(value) || value < least)
        throw new Error(`--${name} must be a whole number from ${least}, got ${values[name]}`);
      return value;
    };
    if (values.help) return undefined;
    return { port: number('port', 0), latencyMs: number('latency-ms', 0), shards: number('shards', 1) };
  } catch (error) {
    process.stderr.write(`null endpoint: ${/** @type {Error} */ (error).message}\n${help.split('\n', 1)[0]}\n`);
    process.exit(2);
  }
}

const options = parse();
if (options) await serve(options);
else process.stdout.write(help);

/** @param {{ port: number, latencyMs: number, shards: number }} options */
async function serve({ port, latencyMs, shards }) {
  const answerOf = createAnswers(shards);
  const came = { null: true, calls: 0, records: 0 };
  /** @type {Record<string, object>} */
  const others = {
    ListShards: { Shards: evenShards(shards) },
    DescribeStreamSummary: {
      StreamDescriptionSummary: {
        StreamName: 'null',
        StreamARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/null',
        StreamStatus: 'ACTIVE',
        StreamModeDetails: { StreamMode: 'PROVISIONED' },
        RetentionPeriodHours: 24,
        StreamCreationTimestamp: 1_795_000_000,
        EnhancedMonitoring: [],
        EncryptionType: 'NONE',
        OpenShardCount: shards,
        ConsumerCount: 0,
      },
    },
  };

  const server = createServer((request, response) => {
    /** @param {Buffer} body @param {number} [status] */
    const answer = (body, status = 200) => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'content-length': body.byteLength });
      response.end(body);
    };
    const json = (/** @type {object} */ value, /** @type {number} */ status = 200) =>
      answer(Buffer.from(JSON.stringify(value)), status);
    if (request.method === 'GET') return json(came);
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const counter = createRecordCounter();
    request.on('data', counter.add);
    request.on('end', () => {
      const other = others[operation];
      if (other) return json(other);
      if (operation !== 'PutRecords')
        return json({ __type: 'UnknownOperationException', message: 'The null endpoint knows PutRecords.' }, 400);
      const records = counter.count();
      came.calls++;
      came.records += records;
      if (latencyMs > 0) setTimeout(answer, latencyMs, answerOf(records));
      else answer(answerOf(records));
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: taken } = /** @type {import('node:net').AddressInfo} */ (server.address());
  process.stdout.write(`${JSON.stringify({ port: taken, null: true })}\n`);
  process.on('SIGTERM', () => process.exit(0));
}
