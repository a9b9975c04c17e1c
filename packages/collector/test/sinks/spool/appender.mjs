// Appends for as long as it lives, and says what is durable. Started by tests, which kill it.
import { openSpool } from '../../../dist/modules/spool.js';

const [directory, first = '0'] = process.argv.slice(2);
const spool = await openSpool({ directory, maxBytes: 1 << 26, segmentBytes: 1 << 16, checkpointMs: 20 });
process.send({ opened: spool.status().records });
let next = Number(first);

async function appendForever() {
  for (;;) {
    const records = Array.from({ length: 1 + (next % 5) }, () => {
      const n = next++;
      return { id: `id-${n}`, partitionKey: `key-${n % 7}`, data: JSON.stringify({ n, text: 'x'.repeat(n % 700) }) };
    });
    await spool.append(records);
    process.send({ durable: records.map(({ data }) => JSON.parse(data).n) });
  }
}
/** Half of what is there is drained meanwhile, so that files are deleted and checkpoints written. */
async function drainSome() {
  for (let turn = 0; ; turn++) {
    const batch = turn % 20 < 10 ? await spool.take(2_000) : undefined;
    if (batch) {
      // Told before it is settled: what is told must not be missed by anybody.
      process.send({ drained: batch.records.map(({ data }) => JSON.parse(data).n) }, () => spool.settle(batch));
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
if (process.argv[4] === 'append') {
  for (let client = 0; client < 8; client++) void appendForever();
  void drainSome();
} else setInterval(() => {}, 1_000);
