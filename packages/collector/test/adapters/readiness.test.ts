import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { type PutCall, type StreamRole, silentObserver } from '@rastro/collector';
import { describe, expect, test } from 'vitest';
import { createReadiness, type Readiness, type ReadinessOptions } from '../../src/adapters/readiness.js';
import type { SpoolStatus } from '../../src/adapters/status.js';
import type { Probed } from '../../src/sinks/stream-probe.js';

const ok: Probed = { ok: true, text: 'a dry run passed' };
const down: Probed = { ok: false, text: 'TimeoutError: no answer' };
const wrong: Probed = { ok: false, text: 'no such stream', misconfigured: true };

interface Scene {
  readiness: Readiness;
  /** What each stream answers when it is asked. */
  answers: { shop: Probed | Promise<Probed>; letters: Probed | Promise<Probed> };
  asked: string[];
  log: string[];
  /** Lets time pass. Unit: s. */
  pass(seconds: number): void;
  put(role: StreamRole, call: Partial<PutCall>): void;
  /** `ready` or `not ready`, with the texts. */
  look(): Promise<string>;
}

function scene(options: Partial<ReadinessOptions> = {}): Scene {
  let now = 1_000_000;
  const answers: Scene['answers'] = { shop: ok, letters: ok };
  const asked: string[] = [];
  const log: string[] = [];
  const readiness = createReadiness({
    client: {} as KinesisClient,
    streamName: 'shop',
    deadLetterStreamName: 'letters',
    now: () => now,
    probe: (_client, name) => async () => {
      asked.push(name);
      return answers[name as 'shop'];
    },
    log: {
      info: (_details, message) => void log.push(message),
      warn() {},
      error: (_details, message) => void log.push(message),
    },
    ...options,
  });
  const observer = readiness.listening(silentObserver);
  return {
    readiness,
    answers,
    asked,
    log,
    pass(seconds) {
      now += seconds * 1_000;
    },
    put: (role, call) =>
      observer.put(role, { records: 10, bytes: 1, durationMs: 1, failed: 0, outcome: 'ok', ...call }),
    async look() {
      const { ready, checks } = await readiness.check();
      return [ready ? 'ready' : 'not ready', ...Object.entries(checks).map(([name, text]) => `${name}: ${text}`)].join(
        '\n',
      );
    },
  };
}
const spool = (fields: Partial<SpoolStatus> = {}) => ({
  events: (): SpoolStatus => ({ records: 0, bytes: 0, maxBytes: 1_048_576, segments: 0, draining: false, ...fields }),
});

describe('readiness', () => {
  test('is there when both streams were proven by a call', async () => {
    const { look, asked, readiness } = scene();
    expect(readiness.ready()).toBe(false);
    expect(await look()).toBe(
      `ready
stream: ok: shop: a dry run passed, 0 s ago
dead-letter stream: ok: letters: a dry run passed, 0 s ago`,
    );
    expect(asked).toEqual(['shop', 'letters']);
    expect(readiness.ready()).toBe(true);
  });

  test.each(['shop', 'letters'] as const)('is not there before %s was proven', async (name) => {
    const { look, answers } = scene();
    answers[name] = down;
    expect(await look()).toMatch(
      /^not ready\n[\s\S]*not proven yet, 1 failure in 0 s, the last: TimeoutError: no answer/,
    );
  });

  test('comes by itself when the stream is there', async () => {
    const { look, answers, pass, log } = scene();
    answers.shop = wrong;
    expect(await look()).toMatch(/^not ready/);
    answers.shop = ok;
    pass(3);
    expect(await look()).toMatch(/^ready/);
    expect(log).toEqual(['ready']);
  });

  test('asks at most every 3 s, and not at all while records are put', async () => {
    const { look, asked, pass, put, answers } = scene();
    answers.shop = down;
    for (let n = 0; n < 50; n++) await look();
    expect(asked).toEqual(['shop', 'letters']);
    pass(3);
    await look();
    expect(asked).toEqual(['shop', 'letters', 'shop']);
    put('events', {});
    put('dead_letters', {});
    for (let second = 0; second < 60; second++) {
      pass(1);
      put('events', {});
      put('dead_letters', { outcome: 'partial', failed: 9 });
      expect(await look()).toMatch(/^ready\nstream: ok: shop: records were put, 0 s ago/);
    }
    expect(asked).toHaveLength(3);
    pass(10);
    await look();
    expect(asked).toHaveLength(5);
  });

  test('asks once for all who look at the same time', async () => {
    const { look, asked } = scene();
    await Promise.all(Array.from({ length: 20 }, look));
    expect(asked).toEqual(['shop', 'letters']);
  });

  test.each(['ProvisionedThroughputExceededException', 'LimitExceededException', 'partial'])(
    'stays while the service throttles everything (%s)',
    async (outcome) => {
      const { look, pass, put } = scene();
      await look();
      for (let second = 0; second < 120; second++) {
        pass(1);
        put('events', { failed: 10, outcome });
        expect(await look()).toMatch(/^ready\nstream: ok: shop: the service answers, and throttles/);
      }
    },
  );

  test('goes after 3 failures over 10 s, not before, and comes back with one success', async () => {
    const { look, pass, put, log } = scene();
    await look();
    for (let n = 0; n < 100; n++) put('events', { failed: 10, outcome: 'TimeoutError' });
    expect(await look()).toMatch(/^ready/);
    pass(9.9);
    expect(await look()).toMatch(/^ready/);
    pass(0.1);
    put('events', { failed: 10, outcome: 'TimeoutError' });
    expect(await look()).toMatch(
      /^not ready\nstream: not ok: shop: .*; since then 101 failures in 10 s, the last: PutRecords: TimeoutError/,
    );
    put('events', {});
    expect(await look()).toMatch(/^ready/);
    expect(log).toEqual(['ready', 'not ready', 'ready']);
  });

  test('does not go when every second put fails', async () => {
    const { look, pass, put } = scene();
    await look();
    for (let second = 0; second < 120; second++) {
      pass(1);
      put('events', { failed: 10, outcome: 'TimeoutError' });
      expect(await look()).toMatch(/^ready/);
      put('events', {});
    }
  });

  test('is not brought back by a dry run while real records are refused', async () => {
    const { look, pass, put } = scene();
    await look();
    for (let second = 0; second < 20; second++) {
      pass(1);
      put('events', { failed: 10, outcome: 'InternalFailure' });
      await look();
    }
    expect(await look()).toMatch(/^not ready/);
    // Nothing came for a while: a dry run is the best that can be had.
    pass(10);
    expect(await look()).toMatch(/^ready/);
  });

  test('is kept, degraded, by a spool with room while the stream is down', async () => {
    const { look, pass, answers } = scene({
      spools: spool({ records: 7, bytes: 524_288, oldestAt: 990_000, draining: true }),
    });
    answers.shop = down;
    expect(await look()).toMatch(
      /^ready\nstream: degraded, the spool takes its records: shop: .*\nstream spool: degraded: 7 records, 0.5 MiB of 1.0 MiB, the oldest 10 s old, draining/,
    );
    answers.shop = ok;
    pass(5);
    expect(await look()).toMatch(/^ready\nstream: ok/);
  });

  test.each([
    ['is full', spool({ records: 9, bytes: 1_048_576 }), /stream spool: not ok: full: 9 records/],
    [
      'cannot be written',
      spool({ error: new Error('EROFS: read-only file system') }),
      /stream spool: not ok: it cannot be written: EROFS/,
    ],
    [
      'does not say how it is',
      {
        events: (): SpoolStatus => {
          throw new Error('closed');
        },
      },
      /stream spool: not ok: Error: closed/,
    ],
  ])('is not kept by a spool that %s', async (_what, spools, text) => {
    const { look, answers } = scene({ spools });
    answers.shop = down;
    const said = await look();
    expect(said).toMatch(/^not ready/);
    expect(said).toMatch(text);
  });

  test('is not given by a spool when the stream never existed: that is a mistake, not an outage', async () => {
    const { look, answers, pass } = scene({ spools: spool() });
    answers.shop = wrong;
    expect(await look()).toMatch(/^not ready/);
    answers.shop = ok;
    pass(3);
    expect(await look()).toMatch(/^ready/);
    // Deleted later: what is sent in the meantime is worth keeping.
    answers.shop = wrong;
    for (let n = 0; n < 10; n++) {
      pass(11);
      expect(await look()).toMatch(/^ready/);
    }
  });

  test('is kept, degraded, while only the dead-letter stream is down', async () => {
    const { look, answers, pass } = scene();
    await look();
    answers.letters = down;
    for (let n = 0; n < 5; n++) {
      pass(11);
      await look();
    }
    expect(await look()).toMatch(/^ready\n[\s\S]*dead-letter stream: degraded: letters: .*5 failures/);
  });

  test('does not wait for a service that does not answer', async () => {
    const { look, answers, asked, pass } = scene({ waitMs: 1 });
    answers.shop = new Promise(() => {});
    expect(await look()).toMatch(/^not ready\nstream: not ok: shop: not proven yet\n/);
    pass(60);
    await look();
    expect(asked.filter((name) => name === 'shop')).toHaveLength(1);
  });

  test('ends before the server does', async () => {
    const { look, readiness, asked } = scene();
    await look();
    readiness.stop();
    expect(readiness.ready()).toBe(false);
    expect(await look()).toBe('not ready\nserver: closing');
    expect(asked).toHaveLength(2);
  });

  test('shows what the start found, without its notes', async () => {
    const finding = { stream: 'shop', code: 'auto_distribution', message: 'the stream ignores keys' } as const;
    const { look } = scene({
      findings: () => [
        { ...finding, severity: 'warning' },
        { ...finding, severity: 'note', message: 'a note' },
      ],
    });
    const said = await look();
    expect(said).toContain('\nwarning auto_distribution shop: the stream ignores keys');
    expect(said).not.toContain('a note');
  });

  test('leaves the other numbers to the observer that it listens beside', () => {
    const told: string[] = [];
    const { readiness } = scene();
    const observer = readiness.listening({
      ...silentObserver,
      answered: () => void told.push('a'),
      put: () => void told.push('p'),
    });
    observer.answered('events', 200, 1);
    observer.put('events', { records: 1, bytes: 1, durationMs: 1, failed: 0, outcome: 'ok' });
    expect(told).toEqual(['a', 'p']);
  });
});
