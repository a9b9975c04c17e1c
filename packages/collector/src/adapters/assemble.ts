import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { type Collector, type CollectorOptions, createCollector } from '../core/collector.js';
import { createKinesisSink } from '../sinks/kinesis.js';
import { once } from '../sinks/once.js';
import { createLog } from './log.js';
import { loadPlugins, loadScript } from './script-file.js';

export interface AssembleOptions extends Pick<CollectorOptions, 'sites' | 'now'> {
  client: KinesisClient;
  /** Where to write what fails. @default JSON lines on stderr */
  log?: CollectorOptions['log'];
  streamName: string;
  deadLetterStreamName: string;
}

/** The collector as it is run everywhere: Kinesis behind it, repeats dropped, the tracker's script served. */
export async function assemble(options: AssembleOptions): Promise<Collector> {
  const { client, streamName, deadLetterStreamName, ...rest } = options;
  const log = options.log ?? createLog((line) => process.stderr.write(`${line}\n`));
  const collector = createCollector({
    ...rest,
    log,
    script: await loadScript(),
    plugins: await loadPlugins(),
    sink: once(createKinesisSink({ client, streamName })),
    deadLetters: once(createKinesisSink({ client, streamName: deadLetterStreamName })),
  });
  return {
    ...collector,
    async close() {
      await collector.close();
      client.destroy();
    },
  };
}
