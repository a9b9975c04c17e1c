import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type WebhookOptions, webhookChannel } from '../../src/alerts/webhook.js';
import { alert } from './support.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function listen(handle: RequestListener): Promise<string> {
  const server = createServer(handle).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}

/** A receiver that answers with these statuses, the last one from then on. */
async function receiver(...statuses: number[]) {
  const got: { headers: IncomingHttpHeaders; body: string }[] = [];
  const url = await listen((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      got.push({ headers: request.headers, body });
      const status = statuses[Math.min(got.length, statuses.length) - 1] ?? 200;
      response.writeHead(status, status === 302 ? { location: '/other' } : {}).end('thanks');
    });
  });
  return { url, got };
}
const retries = { sleep: async () => {}, random: () => 1 };

describe('a webhook', () => {
  test('gets the alert as JSON, signed, with its id', async () => {
    const { url, got } = await receiver(204);
    const secret = 'a secret of some length';
    await webhookChannel({ url, secret, headers: { authorization: 'Bearer x' } })(alert({ user_id: 'José' }));
    expect(JSON.parse(got[0]?.body ?? '')).toEqual(alert({ user_id: 'José' }));
    expect(got[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      authorization: 'Bearer x',
      'idempotency-key': encodeURIComponent(alert().alert_id),
      'rastro-signature': `sha256=${createHmac('sha256', secret)
        .update(got[0]?.body ?? '')
        .digest('hex')}`,
    });
  });

  test('is not signed without a secret', async () => {
    const { url, got } = await receiver(200);
    await webhookChannel({ url })(alert({ alert_id: 'ü\ud800\n' }));
    expect(got[0]?.headers).not.toHaveProperty('rastro-signature');
    expect(got[0]?.headers['idempotency-key']).toBe('%C3%BC%3F%0A');
  });

  test.each([500, 503, 408, 429])('that answers %i is tried again, each time later', async (status) => {
    const { url, got } = await receiver(status, status, 200);
    const waits: number[] = [];
    await webhookChannel({ url, random: () => 1, sleep: async (ms) => waits.push(ms) })(alert());
    expect(got).toHaveLength(3);
    expect(new Set(got.map(({ body }) => body)).size).toBe(1);
    expect(waits).toEqual([500, 1000]);
  });

  test.each([400, 401, 404, 302])('that answers %i is not', async (status) => {
    const { url, got } = await receiver(status, 200);
    await expect(webhookChannel({ url: `${url}?token=t`, ...retries })(alert())).rejects.toThrow(
      `The webhook ${url} did not take an alert: status ${status} (tries: 1)`,
    );
    expect(got).toHaveLength(1);
  });

  test('that never answers, or is not there, fails after the last try', async () => {
    const silent = await listen(() => {});
    await expect(webhookChannel({ url: silent, timeoutMs: 20, maxAttempts: 2, ...retries })(alert())).rejects.toThrow(
      'no answer after 20 ms (tries: 2)',
    );
    servers.at(-1)?.close().closeAllConnections();
    await expect(webhookChannel({ url: silent, maxAttempts: 2, ...retries })(alert())).rejects.toThrow(
      'ECONNREFUSED (tries: 2)',
    );
  });

  test.each<[Partial<WebhookOptions>, string]>([
    [{ url: '/hook' }, 'url must be an absolute URL of http or https, got "/hook"'],
    [{ url: 'file:///etc' }, 'url must be an absolute URL of http or https, got "file:///etc"'],
    [{ timeoutMs: 0 }, 'timeoutMs must be a whole number from 1 to 60000, got 0'],
    [{ secret: 'short' }, 'secret must have at least 16 characters, got 5'],
  ])('is checked at start: %j', (options, message) => {
    expect(() => webhookChannel({ url: 'http://127.0.0.1', ...options })).toThrow(new TypeError(message));
  });
});
