// @ts-check
// Load that does not wait for answers: a slow server meets as many requests as a quick one.
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';

/** As a tracker sends them after a while offline; a page at rest sends fewer. */
export const eventsPerRequest = 10;
const visitors = 1_000;
const categories = 300;
const answerLimitMs = 30_000;

/**
 * @param {object} options
 * @param {string} options.url
 * @param {number} options.rate Events a second.
 * @param {(answer: { ms: number, status: number }) => void} options.onAnswer `ms`: from when the request was due, so that
 *   waiting for a connection counts; status 0 when there was no answer.
 */
export function startOpenLoop({ url, rate, onAnswer }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const people = Array.from({ length: visitors }, () => ({ device: randomUUID(), session: randomUUID(), seq: 0 }));
  const gapMs = (eventsPerRequest * 1_000) / rate;
  const startedAt = performance.now();
  let sent = 0;
  let open = 0;
  /** @type {(() => void) | undefined} */
  let emptied;

  const fire = (/** @type {number} */ dueAt) => {
    const body = envelope(people[sent % visitors]);
    const headers = { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(body) };
    sent++;
    open++;
    let told = false;
    const tell = (/** @type {number} */ status) => {
      if (told) return;
      told = true;
      open--;
      onAnswer({ ms: performance.now() - dueAt, status });
      if (open === 0) emptied?.();
    };
    const sending = request(url, { method: 'POST', agent, headers, timeout: answerLimitMs }, (response) => {
      response.on('error', () => tell(0)).on('end', () => tell(response.statusCode ?? 0));
      response.resume();
    });
    sending.on('timeout', () => sending.destroy(new Error('no answer'))).on('error', () => tell(0));
    sending.end(body);
  };
  // Timers wake up late: what is due by then is sent at once, and its lateness counts.
  const timer = setInterval(() => {
    const due = Math.floor((performance.now() - startedAt) / gapMs);
    while (sent < due) fire(startedAt + (sent + 1) * gapMs);
  }, 1);

  return {
    /** Sends nothing more, and waits for the answers under way. */
    async stop() {
      clearInterval(timer);
      if (open > 0)
        await new Promise((resolve) => {
          emptied = () => resolve(undefined);
        });
      agent.destroy();
    },
  };
}

/** @param {{ device: string, session: string, seq: number } | undefined} person */
function envelope(person = { device: '', session: '', seq: 0 }) {
  const now = Date.now();
  const events = Array.from({ length: eventsPerRequest }, (_, at) => ({
    event_id: randomUUID(),
    event_type: at === 9 ? 'cart' : 'view',
    event_time: now - at,
    session_seq: ++person.seq,
    product_id: String(10_000_000 + Math.floor(Math.random() * 90_000_000)),
    category_id: `21038074595953${10_000 + Math.floor(Math.random() * categories)}`,
    category_code: 'appliances.kitchen.refrigerators',
    brand: 'shiseido',
    price: 35.79,
    currency: 'BRL',
  }));
  return JSON.stringify({
    v: 1,
    key: 'demo',
    sent_at: now,
    sdk: 'rastro-js/0.1.0',
    device_id: person.device,
    session_id: person.session,
    context: { page_url: 'https://shop.example/p/44600062?utm_source=news', language: 'pt-BR', viewport: '390x844' },
    events,
  });
}
