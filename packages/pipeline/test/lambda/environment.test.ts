import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { counts, windows } from '../../src/lambda.js';
import { countsFromEnvironment, type Environment, windowsFromEnvironment } from '../../src/windows/environment.js';
import { invocation, toEvent } from '../windows/support.js';

const log = (): void => {};
const topic = 'arn:aws:sns:eu-west-1:123456789012:alerts';

describe('the variables of the function with the window', () => {
  test.each<[Environment, string]>([
    [{}, 'WINDOW_STREAM is not set'],
    [{ WINDOW_TIME: 'ingest' }, `WINDOW_TIME must be 'event' or 'arrival', got "ingest"`],
    [{ WINDOW_SECONDS: '1m' }, 'WINDOW_SECONDS must be a whole number from 1 to 900, got "1m"'],
    [{ MAX_STATE_BYTES: '5000000' }, 'MAX_STATE_BYTES must be a whole number from 4096 to 1000000, got "5000000"'],
  ])('are checked: %j', async (environment, message) => {
    const stream = Object.keys(environment).length > 0 ? { WINDOW_STREAM: 'windows' } : {};
    await expect(windowsFromEnvironment({ ...stream, ...environment }, log)).rejects.toThrow(new TypeError(message));
  });

  test('may be empty where they have a default', async () => {
    expect(await windowsFromEnvironment({ WINDOW_STREAM: 'windows', WINDOW_TIME: '' }, log)).toBeTypeOf('function');
  });
});

describe('the variables of the function behind the second stream', () => {
  test.each<[Environment, string]>([
    [{}, 'COUNTS_TABLE is not set'],
    [{ TTL_DAYS: '0' }, 'TTL_DAYS must be a whole number from 1 to 36500, got "0"'],
    [{ ALERT_TOPIC_ARN: 'alerts' }, 'ALERT_TOPIC_ARN must be the ARN of a standard topic, got "alerts"'],
    [{ ALERT_TOPIC_ARN: `${topic}.fifo` }, `ALERT_TOPIC_ARN must be the ARN of a standard topic, got "${topic}.fifo"`],
    [
      { ALERT_TOPIC_ARN: topic, ALERT_THRESHOLD: '-1' },
      'ALERT_THRESHOLD must be a whole number from 1 to 1000000, got "-1"',
    ],
    [{ ALERT_WEBHOOK_URL: 'shop' }, 'ALERT_WEBHOOK_URL must be an absolute URL, got "shop"'],
    [
      { ALERT_THRESHOLD: '90' },
      'ALERT_THRESHOLD needs ALERT_TOPIC_ARN or ALERT_WEBHOOK_URL: there is nowhere to send an alert',
    ],
  ])('are checked: %j', async (environment, message) => {
    const table = Object.keys(environment).length > 0 ? { COUNTS_TABLE: 'counts' } : {};
    await expect(countsFromEnvironment({ ...table, ...environment }, log)).rejects.toThrow(new TypeError(message));
  });
});

test('a function without its variables fails at each invocation, with the name', async () => {
  for (let time = 0; time < 2; time++) {
    await expect(windows(invocation([]))).rejects.toThrow('WINDOW_STREAM is not set');
    await expect(counts(toEvent([]))).rejects.toThrow('COUNTS_TABLE is not set');
  }
});

test('the functions load nothing but the clients of AWS', () => {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const follow = (path: URL): void => {
    if (seen.has(path.href)) return;
    seen.add(path.href);
    const source = readFileSync(path, 'utf8').replaceAll(/^(import|export) type .*?;$/gms, '');
    for (const [, name = ''] of source.matchAll(/(?:from |import\()'([^']+)'/g)) {
      if (name.startsWith('.')) follow(new URL(name.replace(/\.js$/, '.ts'), path));
      else if (!name.startsWith('node:')) packages.add(name);
    }
  };
  follow(new URL('../../src/lambda.ts', import.meta.url));
  expect([...packages].sort()).toEqual([
    '@aws-sdk/client-dynamodb',
    '@aws-sdk/client-kinesis',
    '@aws-sdk/client-sns',
    // Of some 2 KB, that needs nothing further.
    '@rastro/collector/aggregates',
    '@smithy/node-http-handler',
  ]);
});
