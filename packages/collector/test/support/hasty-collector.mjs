// @ts-check
// A collector as one must not be: it answers first and writes later. The kill harness has to see what it loses.
import { parseArgs } from 'node:util';
import { createCollector } from '@rastro/collector';
import { fastifyCollector } from '@rastro/collector/fastify';
import { createKinesisClient, createKinesisSink } from '@rastro/collector/kinesis';
import Fastify from 'fastify';

const flag = /** @type {const} */ ({ type: 'string', default: '' });
const { values } = parseArgs({
  options: {
    stream: flag,
    'dead-letter-stream': flag,
    region: flag,
    'kinesis-endpoint': flag,
    key: flag,
    port: flag,
    host: flag,
  },
});
const client = createKinesisClient({ region: values.region, endpoint: values['kinesis-endpoint'] });

/** @param {string} streamName @returns {import('@rastro/collector').Sink} */
function hasty(streamName) {
  const sink = createKinesisSink({ client, streamName });
  return {
    async put(records) {
      setTimeout(() => sink.put(records), 1_000);
      return [];
    },
  };
}

const app = Fastify();
const collector = createCollector({
  sites: { [values.key]: {} },
  sink: hasty(values.stream),
  deadLetters: hasty(values['dead-letter-stream']),
});
await app.register(fastifyCollector, { collector });
await app.listen({ port: Number(values.port), host: values.host });
process.on('SIGTERM', () => process.exit(0));
