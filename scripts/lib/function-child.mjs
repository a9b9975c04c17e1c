// @ts-check
// Loads a function's bundle and invokes it twice, as an instance of it begins. Prints how long that took, in ms.
import { randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';

const invocation = () => {
  const now = Date.now();
  const event = { event_id: randomUUID(), event_type: 'view', event_time: now, product_id: '1', category_id: '2' };
  return {
    version: '2.0',
    rawPath: '/e',
    headers: { 'content-type': 'text/plain', 'user-agent': 'Mozilla/5.0' },
    requestContext: { http: { method: 'POST', sourceIp: '203.0.113.77' } },
    body: JSON.stringify({ v: 1, key: 'demo', sent_at: now, device_id: 'd', session_id: 's', events: [event] }),
    isBase64Encoded: false,
  };
};

const times = [performance.now()];
/** @type {{ handler(event: object): Promise<{ statusCode: number, body: string }> }} */
const { handler } = await import(pathToFileURL(process.argv[2] ?? '').href);
times.push(performance.now());
for (let count = 0; count < 2; count++) {
  const { statusCode, body } = await handler(invocation());
  if (statusCode !== 200) throw new Error(`${statusCode} ${body}`);
  times.push(performance.now());
}
const [load, first, second] = times.slice(1).map((at, index) => at - (times[index] ?? 0));
console.log(JSON.stringify({ load, first, second }));
process.exit(0);
