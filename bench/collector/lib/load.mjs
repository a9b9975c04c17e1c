// @ts-check
// Sends envelopes over keep-alive connections and times the answers: closed loop (each connection sends when it has its
// answer) or open loop (so many requests a second, whatever the answers do). Started by bench.mjs as a process of its own.
import { connect } from 'node:net';
import { bodies } from '../bodies.mjs';

/** @typedef {{ port: number, connections: number, seconds: number, rate: number, events: number, seed: number, origin?: string }} Load */
/** @typedef {{ requests: number, events: number, errors: number, p50: number, p99: number, max: number, seconds: number }} Result */

const digits = Buffer.from('0123456789abcdef');
let serial = 0;

/** @param {Buffer} request @param {readonly number[]} places */
function renew(request, places) {
  for (const place of places) {
    let value = ++serial;
    for (let at = place + 11; at >= place + 2; at--) {
      request[at] = /** @type {number} */ (digits[value & 15]);
      value >>>= 4;
    }
  }
}

/** @param {Load} load */
function requests({ events, seed, origin = 'https://shop.example' }) {
  return bodies({ events, seed, count: 256 }).map((body) => {
    const request = Buffer.from(
      [
        'POST /e HTTP/1.1',
        'Host: 127.0.0.1',
        'Content-Type: text/plain;charset=UTF-8',
        `Content-Length: ${Buffer.byteLength(body)}`,
        `Origin: ${origin}`,
        'User-Agent: Mozilla/5.0 (Linux; Android 13; SM-A536B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
        'Accept: */*',
        'Accept-Encoding: gzip, deflate, br',
        '',
        body,
      ].join('\r\n'),
    );
    // The last twelve digits of each event id: every event is a new one.
    const places = [];
    const mark = Buffer.from('"event_id":"');
    for (let at = request.indexOf(mark); at >= 0; at = request.indexOf(mark, at + 1))
      places.push(at + mark.length + 24);
    return { request, places };
  });
}

/** @param {Load} load @returns {Promise<Result>} */
export async function run(load) {
  const all = requests(load);
  /** @type {number[]} */
  const times = [];
  let sent = 0;
  let errors = 0;
  let ended = false;
  /** Requests of the open loop that wait for a free connection, by the time at which they were due. @type {number[]} */
  const due = [];
  /** @type {(() => boolean)[]} */
  const idle = [];
  serial = (load.seed * 7_919_000) >>> 0;

  const open = () =>
    new Promise((resolve) => {
      const socket = connect({ port: load.port, host: '127.0.0.1', noDelay: true });
      let startedAt = 0;
      let pending = false;
      let head = '';
      let left = -1;
      const send = (/** @type {number} */ since) => {
        const { request, places } = /** @type {typeof all[number]} */ (all[sent++ % all.length]);
        renew(request, places);
        startedAt = since;
        pending = true;
        socket.write(request);
      };
      const next = () => {
        pending = false;
        if (ended) return socket.end();
        if (load.rate === 0) return send(performance.now());
        const since = due.shift();
        if (since === undefined) idle.push(start);
        else send(since);
      };
      const start = () => {
        if (socket.destroyed) return false;
        const since = due.shift();
        if (since !== undefined) send(since);
        else idle.push(start);
        return true;
      };
      socket.on('connect', next);
      socket.on('data', (chunk) => {
        let length = chunk.byteLength;
        if (left < 0) {
          head += chunk.toString('latin1');
          const end = head.indexOf('\r\n\r\n');
          if (end < 0) return;
          const status = head.slice(9, 12);
          if (status[0] !== '2') errors++;
          left = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
          length = head.length - end - 4;
          head = '';
        }
        left -= length;
        if (left > 0) return;
        left = -1;
        times.push(performance.now() - startedAt);
        next();
      });
      socket.on('error', () => {});
      socket.on('close', () => {
        if (pending && !ended) errors++;
        resolve(undefined);
      });
    });

  const startedAt = performance.now();
  const closed = Array.from({ length: load.connections }, open);
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let pace;
  if (load.rate > 0) {
    let planned = 0;
    pace = setInterval(() => {
      const until = ((performance.now() - startedAt) / 1_000) * load.rate;
      while (planned < until) {
        due.push(startedAt + (planned++ / load.rate) * 1_000);
        while (idle.length > 0 && due.length > 0) if (/** @type {() => boolean} */ (idle.pop())()) break;
      }
    }, 1);
  }
  await new Promise((resolve) => setTimeout(resolve, load.seconds * 1_000));
  ended = true;
  clearInterval(pace);
  const requestsDone = times.length;
  const seconds = (performance.now() - startedAt) / 1_000;
  await Promise.race([Promise.all(closed), new Promise((resolve) => setTimeout(resolve, 3_000))]);
  times.sort((a, b) => a - b);
  const at = (/** @type {number} */ share) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return {
    requests: requestsDone,
    events: requestsDone * load.events,
    errors,
    p50: at(0.5),
    p99: at(0.99),
    max: at(1),
    seconds,
  };
}

// A process of its own: told what to do by its parent, as often as it likes.
process.on('message', async (/** @type {Load} */ load) => {
  process.send?.(await run(load));
});
