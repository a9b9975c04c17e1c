import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

/** A shop that is not the project's own: pages, the tracker's files, and a `/e` that nobody should reach. */
export interface KitShop {
  readonly url: string;
  /** POST requests that reached the server: the kit let them through. */
  readonly reached: readonly string[];
  serve(path: string, html: string, headers?: Record<string, string>): void;
  close(): Promise<void>;
}

const file = (path: string): Promise<Buffer> =>
  readFile(fileURLToPath(new URL(`../../packages/tracker/dist/${path}`, import.meta.url)));

/** The script tag, without `async`: what follows can call the tracker. */
export const tag = '<script src="/rastro.js" data-key="shop" data-currency="BRL"></script>';
/** The npm build, without a global. */
export const module = (code: string, options = '{}'): string => `<script type="module">
  import { createTracker } from '/tracker.js';
  const tracker = createTracker({ endpoint: '/e', key: 'shop', currency: 'BRL', ...${options} });
  ${code}
</script>`;

export async function startKitShop(): Promise<KitShop> {
  const pages = new Map<string, [html: string, headers: Record<string, string>]>();
  const scripts = new Map([
    ['/rastro.js', await file('rastro.js')],
    ['/tracker.js', await file('tracker.js')],
  ]);
  const reached: string[] = [];
  const send = (response: ServerResponse, type: string, body: string | Buffer, headers = {}): void =>
    void response.writeHead(200, { 'content-type': type, ...headers }).end(body);
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      const path = (request.url ?? '').replace(/\?.*/, '');
      if (request.method === 'POST') reached.push(path);
      const script = scripts.get(path);
      const [html, headers] = pages.get(path) ?? [];
      if (script) send(response, 'text/javascript', script);
      else if (html !== undefined) send(response, 'text/html', `<!doctype html><title>Shop</title>${html}`, headers);
      else response.writeHead(404).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    reached,
    serve: (path, html, headers = {}) => void pages.set(path, [html, headers]),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
