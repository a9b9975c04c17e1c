// @ts-check
// The servers that are compared, from a reader that looks at nothing to the collector with everything switched on.
// Started by bench.mjs as a process of its own: node variants.mjs NAME ENDPOINT
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';

const collector = new URL('../../../packages/collector/dist/', import.meta.url);
const [, , name = '', endpoint = ''] = process.argv;
const load = (/** @type {string} */ file) => import(new URL(file, collector).href);
const backlog = 4_096;

/** @param {import('fastify').FastifyInstance} app */
async function listen(app) {
  await app.listen({ port: 0, host: '127.0.0.1', backlog });
  return /** @type {import('node:net').AddressInfo} */ (app.server.address()).port;
}

async function fastify() {
  const { default: Fastify } = await import('fastify');
  const app = Fastify();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: 500_000 }, (_request, body, done) => done(null, body));
  return app;
}

/** @param {import('@rastro/collector').Sink} sink */
async function withSink(sink) {
  const { createCollector } = await load('index.js');
  const { fastifyCollector } = await load('fastify.js');
  const { default: Fastify } = await import('fastify');
  const app = Fastify();
  const dead = { put: async () => [] };
  await app.register(fastifyCollector, {
    collector: createCollector({ sites: { demo: { origins: ['https://shop.example'] } }, sink, deadLetters: dead }),
  });
  return listen(app);
}

/** @type {Record<string, () => Promise<number>>} */
const variants = {
  async bare() {
    const server = createServer((request, response) => {
      /** @type {Buffer[]} */
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        Buffer.concat(chunks);
        response.writeHead(204).end();
      });
    });
    await new Promise((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog }, () => resolve(undefined)));
    return /** @type {import('node:net').AddressInfo} */ (server.address()).port;
  },
  async fastify() {
    const app = await fastify();
    app.post('/e', (_request, reply) => reply.code(204).send());
    return listen(app);
  },
  async validation() {
    const { Ajv2020 } = await import('ajv/dist/2020.js');
    const { eventSchemas, envelopeSchema } = await import(
      pathToFileURL(new URL('../../../packages/schema/dist/modules/index.js', import.meta.url).pathname).href
    );
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    const envelope = ajv.compile(envelopeSchema);
    const types = new Map(
      Object.entries(eventSchemas).map(([type, schema]) => [type, ajv.compile(/** @type {object} */ (schema))]),
    );
    const app = await fastify();
    app.post('/e', (request, reply) => {
      const body = JSON.parse(String(request.body));
      let good = envelope(body);
      for (const event of body.events) good = (types.get(event.event_type)?.(event) ?? false) && good;
      return reply.code(good ? 204 : 400).send();
    });
    return listen(app);
  },
  records: () => withSink({ put: async () => [] }),
  async 'stock-sdk'() {
    const { createKinesisClient, createKinesisSink } = await load('kinesis.js');
    const { PutRecordsCommand } = await import('@aws-sdk/client-kinesis');
    const client = createKinesisClient({ region: 'us-east-1', endpoint });
    return withSink(
      createKinesisSink({
        client,
        streamName: 'null',
        putRecords: async (
          /** @type {string} */ StreamName,
          /** @type {{ data: string, partitionKey: string }[]} */ entries,
        ) => {
          const encoder = new TextEncoder();
          const Records = entries.map(({ data, partitionKey }) => ({
            Data: encoder.encode(data),
            PartitionKey: partitionKey,
          }));
          const { Records: results = [] } = await client.send(new PutRecordsCommand({ StreamName, Records }));
          return results.map((/** @type {{ SequenceNumber?: string }} */ { SequenceNumber }) =>
            SequenceNumber ? undefined : { code: 'failed', message: '' },
          );
        },
      }),
    );
  },
  async put() {
    const { createKinesisClient, createKinesisSink } = await load('kinesis.js');
    const client = createKinesisClient({ region: 'us-east-1', endpoint });
    return withSink(createKinesisSink({ client, streamName: 'null' }));
  },
};

const start = variants[name];
if (!start) throw new Error(`no variant ${name}: ${Object.keys(variants).join(', ')}`);
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
const port = await start();
process.stdout.write(`${JSON.stringify({ port })}\n`);
process.on('SIGTERM', () => process.exit(0));
