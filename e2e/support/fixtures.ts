import { test as base, expect } from '@playwright/test';
import { startDevServer } from '@rastro/collector/dev';
import { storefront } from '@rastro/example-storefront';
import { type Found, readStream } from './read-stream.js';

export interface Shop {
  readonly url: string;
  /** What the stream holds now, oldest first by session, read by a process of its own. */
  records(): Promise<Found[]>;
  letters(): Promise<Found[]>;
  /** Makes the collector answer every request with this status; `undefined` ends it. */
  fail(status: number | undefined): void;
  /** Has the server give this page at a path; the rest of the address does not matter. */
  serve(path: string, body: string, headers?: Record<string, string>): void;
  /** Waits until so many records are there, and gives all that are. */
  settled(count: number): Promise<Found[]>;
}

/** Everything running, as `npm start` has it, on a port of its own: for one test. */
export const test = base.extend<{ shop: Shop }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the pattern.
  shop: async ({}, use) => {
    let failure: number | undefined;
    const pages = new Map<string, [body: string, headers: Record<string, string>]>();
    const server = await startDevServer({
      port: 0,
      register: async (app) => {
        app.addHook('onRequest', async (request, reply) => {
          if (failure !== undefined && request.url === '/e')
            await reply.code(failure).header('retry-after', '1').send({});
        });
        app.addHook('onRequest', async (request, reply) => {
          const [body, headers] = pages.get(request.url.replace(/[?#].*/, '')) ?? [];
          if (body !== undefined)
            await reply
              .headers(headers ?? {})
              .type('text/html')
              .send(body);
        });
        await app.register(storefront, {});
      },
    });
    const { endpoint = '', region = '', streamName, deadLetterStreamName } = server.streams;
    const read = (stream: string): Promise<Found[]> => readStream(endpoint, region, stream);
    await use({
      url: server.url,
      records: () => read(streamName),
      letters: () => read(deadLetterStreamName),
      fail(status) {
        failure = status;
      },
      serve: (path, body, headers = {}) => void pages.set(path, [body, headers]),
      async settled(count) {
        let found: Found[] = [];
        await expect
          .poll(async () => {
            found = await read(streamName);
            return found.length;
          })
          .toBeGreaterThanOrEqual(count);
        return found;
      },
    });
    await server.close();
  },
});
export { expect };
