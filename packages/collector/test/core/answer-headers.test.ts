import {
  type CollectorOptions,
  type CollectResponse,
  createCollector,
  createMemorySink,
  type Observer,
} from '@rastro/collector';
import { describe, expect, test } from 'vitest';
import { silentObserver } from '../../src/core/observer.js';
import { envelope, event, now } from '../support/collect.js';

const ask = (
  method: string,
  path: string,
  headers: Record<string, string> = {},
  options: Partial<CollectorOptions> = {},
): Promise<CollectResponse> =>
  createCollector({
    sites: { demo: { origins: ['https://shop.example'] } },
    sink: createMemorySink(),
    deadLetters: createMemorySink(),
    now: () => now,
    metrics: async () => ({ contentType: 'text/plain', body: 'n 1' }),
    ...options,
  }).handle({ method, path, headers, body: new TextEncoder().encode(JSON.stringify(envelope([event(1)]))) });

describe('headers', () => {
  test('of an answer to events are as few as can be', async () => {
    const { headers } = await ask('POST', '/e', { origin: 'https://shop.example' });
    expect(Object.keys(headers).sort()).toEqual([
      'access-control-allow-credentials',
      'access-control-allow-origin',
      'cache-control',
      'content-type',
      'vary',
      'x-content-type-options',
    ]);
    expect(Object.keys((await ask('POST', '/e')).headers).sort()).toEqual([
      'cache-control',
      'content-type',
      'vary',
      'x-content-type-options',
    ]);
  });

  test.each([
    ['/e', 405],
    ['/none', 404],
    ['/healthz', 200],
    ['/readyz', 200],
    ['/metrics', 200],
  ])('of %s, which a person may open, let a browser load and frame nothing', async (path, status) => {
    const response = await ask('GET', path);
    expect(response.status).toBe(status);
    expect(response.headers).toMatchObject({
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
    });
  });

  test.each(['/healthz', '/readyz', '/metrics'])('of %s let no page of any origin read it', async (path) => {
    const { headers } = await ask('GET', path, { origin: 'https://shop.example' });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    expect(headers['cross-origin-resource-policy']).toBe('same-origin');
  });

  test.each(['POST', 'GET', 'OPTIONS'])('never decide on encryption for the whole host (%s)', async (method) => {
    expect((await ask(method, '/e')).headers).not.toHaveProperty('strict-transport-security');
  });
});

test('the observer is told of every answer and of every refusal', async () => {
  const told: unknown[] = [];
  const observer: Observer = {
    ...silentObserver,
    answered: (route, status, durationMs) => void told.push([route, status, durationMs >= 0]),
    refused: (code) => void told.push(code),
  };
  await ask('POST', '/e', {}, { observer });
  await ask('POST', '/e', { origin: 'https://evil.example' }, { observer });
  await ask('GET', '/healthz', {}, { observer });
  await ask('GET', '/rastro.js', {}, { observer, script: { body: new Uint8Array(), etag: '"e"' } });
  await ask('GET', '/none', {}, { observer });
  createCollector({
    sites: { demo: {} },
    sink: createMemorySink(),
    deadLetters: createMemorySink(),
    observer,
  }).refuse('body_too_large', {});
  expect(told).toEqual([
    ['events', 200, true],
    'origin_not_allowed',
    ['events', 403, true],
    ['operations', 200, true],
    ['script', 200, true],
    'not_found',
    ['other', 404, true],
    'body_too_large',
    ['events', 413, true],
  ]);
});
