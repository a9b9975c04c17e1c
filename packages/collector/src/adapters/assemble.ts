import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { type Collector, type CollectorOptions, createCollector } from '../core/collector.js';
import { type Observer, type StreamRole, silentObserver } from '../core/observer.js';
import type { Sink } from '../core/types.js';
import { createKinesisSink, type KinesisSink, type KinesisSinkOptions } from '../sinks/kinesis/sink.js';
import { once } from '../sinks/once.js';
import { createLog } from './log.js';
import { quiet } from './quiet-log.js';
import { loadPlugins, loadScript } from './script-file.js';

/** How records are put on a stream; `KinesisSinkOptions` says what each means. */
export type ProducerOptions = Pick<
  KinesisSinkOptions,
  | 'lingerMs'
  | 'maxInFlight'
  | 'maxQueueBytes'
  | 'deadlineMs'
  | 'aggregate'
  | 'strictOrder'
  | 'trackShards'
  | 'maxRecordBytes'
>;

export interface AssembleOptions extends Omit<CollectorOptions, 'sink' | 'deadLetters' | 'script' | 'plugins'> {
  client: KinesisClient;
  streamName: string;
  deadLetterStreamName: string;
  /** How records are put. Dead letters are never aggregated. @default those of `createKinesisSink` */
  producer?: ProducerOptions | undefined;
  /** Puts something around the sink of a stream, such as a spool. @default nothing */
  around?: ((sink: KinesisSink, role: StreamRole) => Sink) | undefined;
  /** Where to write what fails. @default JSON lines on stderr, repeats counted */
  log?: CollectorOptions['log'];
}

/** The collector as it is run everywhere: Kinesis behind it, repeats dropped, the tracker's script served. */
export async function assemble(options: AssembleOptions): Promise<Collector> {
  const { client, streamName, deadLetterStreamName, producer = {}, around = (sink) => sink, ...rest } = options;
  const log = options.log ?? quiet(createLog((line) => process.stderr.write(`${line}\n`)));
  const observer: Observer = options.observer ?? silentObserver;
  const sinkOf = (role: StreamRole, name: string, more: Partial<KinesisSinkOptions>): Sink =>
    once(around(createKinesisSink({ client, streamName: name, observer, role, ...producer, ...more }), role), {
      onRepeats: (records) => observer.repeated(role, records),
      ...(options.now ? { now: options.now } : {}),
    });
  const collector = createCollector({
    ...rest,
    log,
    script: await loadScript(),
    plugins: await loadPlugins(),
    sink: sinkOf('events', streamName, {}),
    deadLetters: sinkOf('dead_letters', deadLetterStreamName, { aggregate: false }),
  });
  return {
    ...collector,
    async close() {
      await collector.close();
      client.destroy();
    },
  };
}
