// Run by memory.integration.test.ts with --expose-gc: sends hostile bodies, and prints what stays in memory after each round.
import { setImmediate } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { createCollector } from '@rastro/collector';

const rounds = Number(process.argv[2]);
let put = 0;
const counting = {
  async put(records) {
    put += records.length;
    return [];
  },
};
const { handle } = createCollector({ sites: { demo: {} }, sink: counting, deadLetters: counting });

const id = (n) => `01936d2e-7c1a-7e3b-9f60-${n.toString(16).padStart(12, '0')}`;
const list = (count, make) => Array.from({ length: count }, (_, n) => make(n));
const envelope = (events, fields = {}) => JSON.stringify({ v: 1, key: 'demo', device_id: 'd', ...fields, events });
const view = (n, fields) => ({ event_id: id(n), event_type: 'view', event_time: 1, product_id: '1', ...fields });
const deep = (depth) => '['.repeat(depth) + ']'.repeat(depth);
const context = { page_url: `https://shop.example/?utm_source=${'x'.repeat(1900)}`, page_title: '例'.repeat(256) };

/** Names and texts of every round are new: a cache of what was sent would grow. */
const bodies = (round) => {
  const fresh = (n) => `${round.toString(36)}_${n.toString(36)}`;
  const zeros = gzipSync(Buffer.alloc(10_000_000));
  return [
    [Buffer.concat(list(20, () => zeros)), 'gzip'],
    [Buffer.concat([gzipSync('{'), zeros.subarray(0, -20)]), 'gzip'],
    [zeros.subarray(0, 5_000), 'gzip'],
    [Buffer.from('no gzip at all'), 'gzip'],
    [gzipSync(gzipSync(Buffer.alloc(1_000_000))), 'gzip'],
    [gzipSync(envelope(list(10_000, () => 0))), 'gzip'],
    [envelope(list(10_000, (n) => fresh(n)))],
    [
      envelope(
        list(500, (n) => ({ [fresh(n)]: n })),
        { context },
      ),
    ],
    [
      envelope(
        list(500, (n) => view(n, { properties: { [fresh(n)]: fresh(n) } })),
        { context },
      ),
    ],
    [envelope(list(500, (n) => view(n, { [fresh(n)]: 1 })))],
    [envelope([Object.fromEntries(list(30_000, (n) => [fresh(n), 0]))])],
    [envelope([], Object.fromEntries(list(30_000, (n) => [fresh(n), 0])))],
    [envelope([view(1)], { context: Object.fromEntries(list(30_000, (n) => [fresh(n), 0])) })],
    [
      envelope(
        list(100, (n) => ({
          event_id: id(n),
          event_type: 'purchase',
          event_time: 1,
          order_id: fresh(n),
          items: list(50, (line) => ({ product_id: fresh(line) })),
        })),
      ),
    ],
    [envelope([{ event_type: 'purchase', items: list(50_000, () => ({})) }])],
    [envelope([{ event_type: fresh(0).repeat(20_000) }])],
    [`{"v":1,"key":"demo","events":[${deep(200_000)}]}`],
    ['{"a":'.repeat(90_000)],
    [deep(240_000)],
    ['x'.repeat(600_000)],
    [Buffer.alloc(400_000, 0xff)],
  ];
};

async function used() {
  for (let pass = 0; pass < 3; pass++) {
    await setImmediate();
    globalThis.gc();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const statuses = {};
const kept = [];
for (let round = 0; round < rounds; round++) {
  const answers = await Promise.all(
    bodies(round).map(([body, encoding = '']) =>
      handle({
        method: 'POST',
        path: '/e',
        headers: { 'content-encoding': encoding, 'user-agent': `Mozilla/5.0 ${round}` },
        body: typeof body === 'string' ? Buffer.from(body) : body,
      }),
    ),
  );
  for (const { status } of answers) statuses[status] = (statuses[status] ?? 0) + 1;
  kept.push(await used());
}
process.stdout.write(JSON.stringify({ kept, statuses, put, peakBytes: process.resourceUsage().maxRSS * 1024 }));
