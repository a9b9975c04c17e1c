// @ts-check
// Shoppers that send, and send again until they are answered, as a tracker does.
import { setMaxListeners } from 'node:events';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createShopper } from './envelopes.mjs';

/**
 * @typedef {object} LoadOptions
 * @property {string} url Where to post.
 * @property {string} key Site key.
 * @property {number} clients
 * @property {number} rate Events a second of all clients together, about.
 * @property {(part: number) => () => number} random Chance of each client's own.
 * @property {import('./ledger.mjs').Ledger} ledger
 */

/** An envelope has 5.5 events on average. */
const eventsPerRequest = 5.5;
/** Longer than the collector may take. */
const answerLimitMs = 30_000;

/** @param {LoadOptions} options */
export function startLoad({ url, key, clients, rate, random, ledger }) {
  /** Tries by their outcome: a status, or the code of an error. @type {Record<string, number>} */
  const outcomes = {};
  /** Answers that no collector should give. @type {string[]} */
  const wrong = [];
  const stopping = new AbortController();
  const givingUp = new AbortController();
  // Every client listens.
  setMaxListeners(0, stopping.signal, givingUp.signal);
  let inFlight = 0;
  let requests = 0;

  const note = (/** @type {string} */ outcome) => {
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  };

  /** @param {import('./envelopes.mjs').Envelope} envelope @param {Answer} answer */
  const judge = (envelope, answer) => {
    const complain = () => {
      wrong.push(`${answer.status} ${answer.body.slice(0, 300)}`);
    };
    const value = parse(answer.body);
    if (envelope.malformed) {
      if (answer.status !== 400 || value?.accepted !== 0) complain();
      else for (const { id } of envelope.sent) ledger.acknowledged(id, 'rejected');
      return;
    }
    const rejected = new Set((value?.rejected ?? []).map((/** @type {{ index: number }} */ { index }) => index));
    if (answer.status !== 200 || value?.accepted + rejected.size !== envelope.sent.length) return complain();
    for (const [index, { id, products }] of envelope.sent.entries()) {
      if ((products.length === 0) !== rejected.has(index)) complain();
      ledger.acknowledged(id, rejected.has(index) ? 'rejected' : 'accepted');
    }
  };

  /** @param {number} at */
  const shop = async (at) => {
    const chance = random(at);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const gapMs = (clients * eventsPerRequest * 1_000) / rate;
    let nextAt = performance.now() + chance() * gapMs;
    // A new visit now and then: what is kept per session must not grow with the run alone.
    while (!stopping.signal.aborted) {
      const shopper = createShopper(chance, key);
      for (let pages = 0; pages < 100 && !stopping.signal.aborted; pages++) {
        await sleep(Math.max(0, nextAt - performance.now()), undefined, { signal: stopping.signal }).catch(() => {});
        if (stopping.signal.aborted) break;
        // Who was held up does not make up for it: a collector that comes back is not met by all that was missed.
        nextAt = Math.max(nextAt, performance.now() - 1_000) - Math.log(1 - chance()) * gapMs;
        const envelope = shopper.next();
        requests++;
        for (const sent of envelope.sent) ledger.sent(sent);
        while (!givingUp.signal.aborted) {
          inFlight++;
          const answer = await post(url, envelope.body, agent, givingUp.signal);
          inFlight--;
          note('code' in answer ? answer.code : String(answer.status));
          if ('status' in answer && ![408, 429].includes(answer.status) && answer.status < 500) {
            judge(envelope, answer);
            break;
          }
          await sleep(20 + chance() * 80);
        }
      }
    }
    agent.destroy();
  };
  const running = Promise.all(Array.from({ length: clients }, (_, at) => shop(at)));

  return {
    outcomes,
    wrong,
    inFlight: () => inFlight,
    requests: () => requests,
    /**
     * Begins nothing new, and tries what is under way until it is answered.
     *
     * @param {number} limitMs After that it is given up.
     */
    async stop(limitMs) {
      stopping.abort();
      const timer = setTimeout(() => givingUp.abort(), limitMs);
      await running;
      clearTimeout(timer);
    },
  };
}

/** @typedef {ReturnType<typeof startLoad>} Load */
/** @typedef {{ status: number, body: string }} Answer */

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * @param {string} url
 * @param {string} body
 * @param {Agent} agent
 * @param {AbortSignal} signal
 * @returns {Promise<Answer | { code: string }>}
 */
function post(url, body, agent, signal) {
  return new Promise((resolve) => {
    const fail = (/** @type {NodeJS.ErrnoException} */ error) => resolve({ code: error.code ?? error.name });
    const headers = { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(body) };
    const sending = request(url, { method: 'POST', agent, headers, signal, timeout: answerLimitMs }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      // An answer that was cut short is none.
      response.on('error', fail).on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
    });
    sending.on('timeout', () => sending.destroy(Object.assign(new Error('no answer'), { code: 'no answer' })));
    sending.on('error', fail).end(body);
  });
}
