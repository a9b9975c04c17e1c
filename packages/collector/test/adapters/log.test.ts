import { describe, expect, test } from 'vitest';
import { createLog } from '../../src/adapters/log.js';
import { scrub, toDetails } from '../../src/adapters/log-details.js';
import { quiet } from '../../src/adapters/quiet-log.js';
import { createServerLog, type ServerLogOptions } from '../../src/adapters/server-log.js';
import type { Logger } from '../../src/core/types.js';

const collect = (options: ServerLogOptions = {}): { log: ReturnType<typeof createServerLog>; lines: () => Line[] } => {
  const text: string[] = [];
  return {
    log: createServerLog({ write: (line) => void text.push(line), ...options }),
    lines: () => text.map((line) => JSON.parse(line)),
  };
};
type Line = Record<string, unknown>;

describe('a line', () => {
  test('is the same from the server and from a function', () => {
    const small: Line[] = [];
    const { log, lines } = collect();
    for (const one of [createLog((line) => void small.push(JSON.parse(line))), log]) {
      one.info({ url: 'http://127.0.0.1:8080', streamName: 'shop' }, 'listening');
      one.error({ failed: 2, of: 5, reason: 'InternalFailure: x', err: new TypeError('no') }, 'not durable');
    }
    const bare = (all: Line[]): Line[] => all.map(({ time: _time, stack: _stack, ...rest }) => rest);
    expect(bare(lines())).toEqual(bare(small));
    expect(bare(small)).toEqual([
      { level: 'info', message: 'listening', url: 'http://127.0.0.1:8080', streamName: 'shop' },
      {
        level: 'error',
        message: 'not durable',
        failed: 2,
        of: 5,
        reason: 'InternalFailure: x',
        error: 'TypeError: no',
      },
    ]);
    for (const { time } of [...small, ...lines()]) expect(new Date(String(time)).toISOString()).toBe(time);
  });

  test('below the level is not written', () => {
    const { log, lines } = collect({ level: 'error' });
    log.info({}, 'a');
    log.warn({}, 'b');
    log.error({}, 'c');
    expect(lines()).toMatchObject([{ message: 'c' }]);
  });

  test('of a level that does not exist is a mistake at the start', () => {
    expect(() => createServerLog({ level: 'loud' as 'info' })).toThrow('logLevel');
  });

  test('says where a mistake of ours is, and the id that AWS support asks for', () => {
    expect(toDetails({ err: new TypeError('x') })).toMatchObject({
      error: 'TypeError: x',
      stack: expect.arrayContaining([expect.stringContaining('log.test.ts')]),
    });
    const aws = Object.assign(new Error('slow down'), {
      name: 'LimitExceededException',
      $fault: 'client',
      $metadata: { requestId: 'c2f0-1', httpStatusCode: 400 },
    });
    expect(toDetails({ err: aws })).toEqual({ error: 'LimitExceededException: slow down', requestId: 'c2f0-1' });
    const network = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:4567'), { code: 'ECONNREFUSED' });
    expect(toDetails({ err: network })).toEqual({
      error: 'Error: connect ECONNREFUSED 127.0.0.1:4567',
      code: 'ECONNREFUSED',
    });
  });

  test.each([
    ["Value 'c:ana@shop.example' at 'records.1.member.partitionKey' failed to satisfy constraint", /shop|c:/],
    ["1 error detected: Value 'it's me' at 'partitionKey'", /me|it's/],
    ['Unexpected token \'a\', "{"customer_id"... is not valid JSON', /customer/],
    ["Value 'cut before its en", /cut/],
    ['token \'x\', "{"note": "a", "mail": cut', /note|mail|cut/],
    ['no route for 203.0.113.77, nor 2001:db8:1:2::7, nor ::ffff:203.0.113.77', /203|2001|db8|ffff/],
    ['mail ana.silva+x@shop.example bounced', /ana|silva/],
    ['event 01936d2e-7c1a-7e3b-9f60-3a1f0c5d7e21 of d:01936d2e and 5511987654321', /0193|5511/],
    ['two\nlines\u2028three', /\n|\u2028/],
  ])('%s: is written without what is quoted or names somebody', (text, gone) => {
    expect(scrub(text)).not.toMatch(gone);
  });

  test.each([
    'PutRecords on shop-events: TimeoutError: Connection timed out after 3000 ms',
    'User: arn:aws:sts::[number]:assumed-role/x is not authorized to perform: kinesis:PutRecords on resource: arn:aws:kinesis:eu-west-1',
    'Rate exceeded for shard shardId-000000000012 in stream shop-events',
    'connect ECONNREFUSED 127.0.0.1:4567',
    "the stream can't be reached since 12:30:05",
    'EROFS: read-only file system, open /var/lib/rastro/0001.log',
  ])('%s: stays', (text) => {
    expect(scrub(text)).toBe(text);
  });

  test('has no field in which something of a visitor would stand', () => {
    const details = {
      ip: '203.0.113.7',
      remoteAddress: 'x',
      headers: { cookie: 'sid=1' },
      userAgent: 'Mozilla',
      customer_id: 42,
      body: new Uint8Array(3),
      nested: { event_id: 'e', deep: { cookies: ['a'] } },
      list: ['plain', { email: 'a@b.c' }],
    };
    expect(JSON.stringify(toDetails(details))).not.toMatch(/203|sid|Mozilla|42|a@b|"e"/);
    expect(toDetails({ maxBodyBytes: 5, pid: 7, ok: true, none: null, nothing: undefined })).toEqual({
      maxBodyBytes: 5,
      pid: 7,
      ok: true,
      none: null,
    });
  });

  test('is written whatever the details are', () => {
    const circle: Record<string, unknown> = { n: 1 };
    circle['self'] = circle;
    const throwing = {
      get trap(): never {
        throw new Error('no');
      },
    };
    const { log, lines } = collect();
    for (const [at, details] of [circle, throwing, { time: 'x', level: 'y', message: 'z' }, { n: 1n }].entries())
      log.error(details, `line ${at}`);
    expect(lines().map(({ level, message }) => [level, message])).toEqual(
      [0, 1, 2, 3].map((at) => ['error', `line ${at}`]),
    );
  });
});

describe('a line that repeats', () => {
  const record = (now = () => 0) => {
    const lines: [string, object, string][] = [];
    const at = (level: string) => (details: object, message: string) => void lines.push([level, details, message]);
    const inner: Logger = { info: at('info'), warn: at('warn'), error: at('error') };
    return { lines, log: quiet(inner, { now, repeatAfterMs: 1_000 }) };
  };

  test('is written once, and at the end how often it came', () => {
    const { lines, log } = record();
    for (let n = 0; n < 10_000; n++) log.error({ failed: n }, 'not durable');
    expect(lines).toEqual([['error', { failed: 0 }, 'not durable']]);
    log.flush();
    expect(lines[1]).toEqual(['error', { failed: 9_999, suppressed: 9_999 }, 'not durable']);
    log.flush();
    expect(lines).toHaveLength(2);
  });

  test('is written again when the time is over, after the number of those between', () => {
    let now = 0;
    const { lines, log } = record(() => now);
    log.warn({ n: 1 }, 'a');
    log.warn({ n: 2 }, 'a');
    now = 1_000;
    log.warn({ n: 3 }, 'a');
    expect(lines.map(([, details]) => details)).toEqual([{ n: 1 }, { n: 2, suppressed: 1 }, { n: 3 }]);
  });

  test('hides no line of another kind: level, message, or name of the error', () => {
    const { lines, log } = record();
    log.error({}, 'a');
    log.warn({}, 'a');
    log.error({}, 'b');
    log.error({ err: new TypeError('x') }, 'a');
    log.info({}, 'a');
    log.info({}, 'a');
    expect(lines).toHaveLength(6);
  });

  test('is bounded in memory when each is another', () => {
    const { lines, log } = record();
    for (let n = 0; n < 10_000; n++) log.error({}, `message ${n}`);
    expect(lines.length).toBeLessThan(110);
  });
});
