import { createCollector } from '../core/collector.js';
import { createKinesisSink } from '../sinks/kinesis.js';
import { once } from '../sinks/once.js';
import { loadScript } from './script-file.js';
/** The collector as it is run everywhere: Kinesis behind it, repeats dropped, the tracker's script served. */
export async function assemble(options) {
  const { client, streamName, deadLetterStreamName, ...rest } = options;
  const collector = createCollector({
    ...rest,
    script: await loadScript(),
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
