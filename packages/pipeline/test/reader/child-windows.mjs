// Counts events per key and window for as long as it lives, and appends what it emits to a file. Started by tests, which kill it.
import { appendFileSync } from 'node:fs';
import { createKinesisClient } from '@rastro/collector/kinesis';
import { decodeRecords, runHandler } from '../../dist/modules/reader.js';

const { endpoint, region, streamName, directory, output, dieAfter, dieFinishing } = JSON.parse(process.argv[2]);
let emissions = 0;
let finals = 0;
let finishing = false;

/** @type {import('@rastro/pipeline').WindowHandler<{ counts?: Record<string, number>, last?: string }>} */
const handler = async (event) => {
  const { counts = {}, last } = event.state;
  const state = { counts: { ...counts }, last };
  for (const { value, sequenceNumber } of decodeRecords(event)) {
    const key = value ? value.key : 'unreadable';
    state.counts[key] = (state.counts[key] ?? 0) + 1;
    state.last = sequenceNumber;
  }
  if (event.isFinalInvokeForWindow || event.isWindowTerminatedEarly) {
    finals++;
    for (const [key, count] of Object.entries(state.counts)) {
      const id = `${event.shardId}:${state.last}:${key}`;
      // Each line begins with a new one: what a kill tore apart is a line of its own.
      appendFileSync(output, `\n${JSON.stringify({ id, key, count })}\n`);
      // After some of what this window emits, and after all of it.
      if (++emissions === dieAfter || (finishing && dieFinishing)) process.kill(process.pid, 'SIGKILL');
    }
    return { state: {} };
  }
  return { state };
};

const client = createKinesisClient({ endpoint, region });
const running = await runHandler({
  name: 'windows',
  client,
  streamName,
  directory,
  handler,
  tumblingWindowSeconds: 2,
  windowGraceMs: 100,
  batchSize: 7,
  onError: (error) => process.send({ error: String(error) }),
});
running.ended.catch((error) => {
  console.error(error);
  process.exit(1);
});
await running.ready;
process.send({ ready: true });
process.on('message', async ({ finish }) => {
  if (!finish) return;
  finishing = true;
  const now = Date.now();
  while (!dieFinishing && !running.hasRead(now)) await new Promise((resolve) => setTimeout(resolve, 20));
  await running.close({ finishWindows: true });
  // No window was open.
  if (dieFinishing) process.kill(process.pid, 'SIGKILL');
  process.send({ finished: running.counts, finals }, () => process.exit(0));
});
