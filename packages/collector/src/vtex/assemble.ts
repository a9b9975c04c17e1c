import { createCollector } from '../core/collector.js';
import { silentObserver } from '../core/observer.js';
import type { Logger } from '../core/types.js';
import { createKinesisClient } from '../sinks/kinesis/client.js';
import { createKinesisSink } from '../sinks/kinesis/sink.js';
import { once } from '../sinks/once.js';
import { createVtexOrders, type VtexOrders } from './orders.js';
import type { VtexSettings } from './settings.js';

export interface RunningVtex {
  readonly orders: VtexOrders;
  /** Ends the sinks: what is on its way to the stream is settled first. */
  close(): Promise<void>;
}

/** Orders to Kinesis, as settings say: a collector without a server, which VTEX's orders are handed to. */
export function assembleVtex(settings: VtexSettings, log: Logger, lingerMs?: number): RunningVtex {
  const { key, site, orderChanges, producer } = settings;
  const client = createKinesisClient({ region: settings.region, endpoint: settings.kinesisEndpoint });
  const observer = silentObserver;
  const sinkOf = (role: 'events' | 'dead_letters', streamName: string) =>
    once(
      createKinesisSink({
        ...producer,
        ...(lingerMs === undefined ? {} : { lingerMs, trackShards: false }),
        ...(role === 'dead_letters' ? { aggregate: false } : {}),
        client,
        streamName,
        observer,
        role,
      }),
      { onRepeats: (records) => observer.repeated(role, records) },
    );
  const deadLetters = sinkOf('dead_letters', settings.deadLetterStream);
  const collector = createCollector({
    sites: { [key]: { name: site, orderChanges } },
    sink: sinkOf('events', settings.stream),
    deadLetters,
    salt: settings.salt,
    log,
  });
  return {
    orders: createVtexOrders({ ...settings.vtex, key, site, orderChanges, collector, deadLetters, log }),
    async close() {
      await collector.close();
      client.destroy();
    },
  };
}
