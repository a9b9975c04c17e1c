// @ts-check
// Remote control of any browser: its first page asks the test for orders, and keeps hold of the tabs that it opens.
// So all that an engine has to know is how to be started, and nothing drives the page that is tested.
import { createServer } from 'node:http';

/** An order that no page carries out by then has failed. Unit: ms. */
const orderLimitMs = 20_000;

/** @param {number} port Of the remote. */
const page = (port) => `<!doctype html><title>Remote</title><script>
  const tabs = {};
  const ask = async () => {
    const remote = 'http://127.0.0.1:${port}';
    for (;;) {
      const { id, code } = await (await fetch(remote + '/next' + location.search)).json();
      const answer = { id };
      try {
        answer.value = await new Function('tabs', 'return (async () => {' + code + '})()')(tabs);
      } catch (error) {
        answer.error = String(error);
      }
      await fetch(remote + '/done', { method: 'POST', body: JSON.stringify(answer) });
    }
  };
  ask();
</script>`;

/** @typedef {{ id: number, code: string, resolve: (value: any) => void, reject: (error: Error) => void }} Order */

export async function startRemote() {
  /** @type {Map<string, import('node:http').ServerResponse>} Pages that wait for an order, by launch. */
  const idle = new Map();
  /** @type {Map<string, Order[]>} */
  const queues = new Map();
  /** @type {Map<number, Order>} */
  const given = new Map();
  let count = 0;

  /** @param {string} launch */
  const give = (launch) => {
    const response = idle.get(launch);
    const order = response && queues.get(launch)?.shift();
    if (!response || !order) return;
    idle.delete(launch);
    given.set(order.id, order);
    response.end(JSON.stringify({ id: order.id, code: order.code }));
  };
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://any');
    response.setHeader('access-control-allow-origin', '*');
    if (pathname === '/next') {
      const launch = searchParams.get('launch') ?? '';
      idle.set(launch, response);
      give(launch);
    } else if (pathname === '/done') {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        response.end();
        const { id, value, error } = JSON.parse(body);
        const order = given.get(id);
        given.delete(id);
        if (error) order?.reject(new Error(error));
        else order?.resolve(value);
      });
    } else response.writeHead(204).end();
  });
  await new Promise((/** @type {(value?: unknown) => void} */ resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());

  return {
    port,
    page: page(port),
    /**
     * Runs code in the first page of a browser.
     *
     * @param {string} launch Which one.
     * @param {string} code Body of an asynchronous function; `tabs` are the windows that it opened.
     * @returns {Promise<any>}
     */
    order(launch, code) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`the browser did not carry out: ${code}`)), orderLimitMs);
        const end = (/** @type {(value: any) => void} */ settle) => (/** @type {any} */ value) => {
          clearTimeout(timer);
          settle(value);
        };
        const order = { id: ++count, code, resolve: end(resolve), reject: end(reject) };
        queues.set(launch, [...(queues.get(launch) ?? []), order]);
        give(launch);
      });
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** @typedef {Awaited<ReturnType<typeof startRemote>>} Remote */
