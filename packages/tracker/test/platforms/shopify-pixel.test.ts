import { readFile } from 'node:fs/promises';
import { setImmediate as tick } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import type { PixelOptions, rastroPixel } from '@rastro/tracker/shopify';
import { expect, test } from 'vitest';
import { added, bought, event, money, variant, viewed } from './shopify-events.js';

const file = await readFile(new URL('../../dist/plugins/shopify.js', import.meta.url), 'utf8');
// A module's exports, as values of a script.
const script = file.replace(
  /export\s*\{(.*)\};?\s*$/,
  (_, names) => `({${names.replace(/([\w$]+) as (\w+)/g, '$2:$1')}})`,
);

interface Envelope {
  readonly device_id: string;
  readonly customer_id?: string;
  readonly session_id: string;
  readonly context: object;
  readonly events: readonly Record<string, unknown>[];
  readonly dropped: number;
}
type Storage = Map<string, string>;
interface Sandbox {
  /** Lets all that is under way come to rest, timers aside. */
  rest(): Promise<void>;
  /** Runs the timers that were set. */
  elapse(): Promise<void>;
  readonly delays: readonly number[];
  readonly sent: Envelope[];
  readonly errors: unknown[];
  readonly log: string[];
  give(event: unknown): void;
  consent(analyticsProcessingAllowed: boolean): void;
}

/** A sandbox with nothing of a page: what is not named here is not there. */
function sandbox({
  storage = new Map(),
  allowed = true,
  answer = () => ({ status: 200, body: { accepted: 1, rejected: [] } }),
  customer = null,
  broken,
  options,
}: {
  storage?: Storage;
  /** `null`: Shopify does not tell. */
  allowed?: boolean | null;
  answer?: (body: Envelope) => { status: number; body: unknown; retryAfter?: string };
  customer?: { id: string } | null;
  /** `full`: it can be read, and not written. */
  broken?: 'throws' | 'rejects' | 'hangs' | 'full';
  options?: Partial<PixelOptions>;
} = {}): Sandbox {
  const sent: Envelope[] = [];
  const errors: unknown[] = [];
  const log: string[] = [];
  const delays: number[] = [];
  let timers: (() => void)[] = [];
  const listeners: ((event: unknown) => void)[] = [];
  const consents: ((event: { customerPrivacy: { analyticsProcessingAllowed: boolean } }) => void)[] = [];
  const call = async (what: string, act: () => unknown): Promise<never> => {
    log.push(what);
    if (broken === 'rejects') throw Error('blocked');
    if (broken === 'hangs') await new Promise(() => {});
    if (broken === 'full' && what.startsWith('set')) throw Error('quota');
    await tick();
    return act() as never;
  };
  const proxied = {
    getItem: (key: string) => call(`get ${key}`, () => storage.get(key) ?? null),
    setItem: (key: string, value: string) => call(`set ${key}`, () => void storage.set(key, value)),
    removeItem: (key: string) => call(`remove ${key}`, () => void storage.delete(key)),
  };
  const globals = {
    crypto: globalThis.crypto,
    URL,
    setTimeout: (act: (...args: unknown[]) => void, delayMs: number, ...args: unknown[]) => {
      // That of the storage is there for when it hangs.
      if (broken === 'hangs') queueMicrotask(() => act(...args));
      if (broken === 'hangs') return;
      timers.push(() => act(...args));
      delays.push(delayMs);
    },
    fetch: async (url: string, init: { body: string; keepalive: boolean }) => {
      log.push(`fetch ${url}${init.keepalive ? ' keepalive' : ''}`);
      const envelope = JSON.parse(init.body);
      sent.push(envelope);
      await tick();
      const { status, body, retryAfter } = answer(envelope);
      return { status, headers: new Headers(retryAfter ? { 'retry-after': retryAfter } : {}), json: async () => body };
    },
  };
  const pixel: { rastroPixel: typeof rastroPixel } = runInNewContext(script, globals);
  pixel.rastroPixel(
    {
      analytics: { subscribe: (_, callback) => listeners.push(callback) },
      browser: broken === 'throws' ? (undefined as never) : { localStorage: proxied },
      init: {
        data: { customer },
        ...(allowed !== null && { customerPrivacy: { analyticsProcessingAllowed: allowed } }),
      },
      customerPrivacy: { subscribe: (_, callback) => consents.push(callback) },
    },
    { endpoint: 'https://collect.example/e', key: 'demo', onError: (error) => errors.push(error), ...options },
  );
  const rest = async (): Promise<void> => {
    for (let at = 0; at < 200; at++) await tick();
  };
  return {
    rest,
    async elapse() {
      const due = timers;
      timers = [];
      for (const act of due) act();
      await rest();
    },
    delays,
    sent,
    errors,
    log,
    give: (value) => {
      for (const listener of listeners) listener(value);
    },
    consent: (analyticsProcessingAllowed) => {
      for (const listener of consents) listener({ customerPrivacy: { analyticsProcessingAllowed } });
    },
  };
}

const store = 'rastro_pixel/demo';
const stored = (storage: Storage): unknown[] => JSON.parse(storage.get(store) ?? '[[],[]]')[1];
const events = (sent: readonly Envelope[]) => sent.flatMap((envelope) => envelope.events);
const unavailable = () => ({ status: 503, body: { accepted: undefined, error: { code: 'sink_unavailable' } } });

test('an event is sent with who, where and when, once it is stored', async () => {
  const storage: Storage = new Map();
  const pixel = sandbox({ storage, customer: { id: 'gid://shopify/Customer/77' } });
  pixel.give(viewed({ id: 'sh-F6C07B5A-D20A-4E5F-C12E-337299B56C34' }));
  await pixel.rest();
  expect(pixel.sent).toMatchObject([
    {
      v: 1,
      key: 'demo',
      sdk: expect.stringMatching(/^rastro-shopify\/\d/),
      device_id: 'c7b3f99b-4d34-463b-835f-c879482a7750',
      customer_id: '77',
      session_id: expect.stringMatching(/^[\da-f-]{36}$/),
      context: {
        page_url: 'https://shop.example/products/board?utm_source=mail',
        page_referrer: 'https://search.example/',
        page_title: 'Board',
        language: 'pt-BR',
        viewport: '390x844',
      },
      events: [
        {
          event_id: 'f6c07b5a-d20a-8e5f-812e-337299b56c34',
          event_type: 'view',
          event_time: Date.parse('2026-11-20T09:30:00.123Z'),
          session_seq: 1,
          product_id: '7234590736497',
          price: 629.95,
          currency: 'USD',
        },
      ],
    },
  ]);
  expect(pixel.log).toEqual([
    `get ${store}`,
    `set ${store}`,
    'fetch https://collect.example/e keepalive',
    `get ${store}`,
    `set ${store}`,
  ]);
  expect(stored(storage)).toEqual([]);
  expect(pixel.errors).toEqual([]);
});

test('a session counts its events, whatever comes while the storage answers, and over pages', async () => {
  const storage: Storage = new Map();
  const at = (minutes: number) => ({ timestamp: new Date(Date.UTC(2026, 0, 1, 0, minutes)).toISOString() });
  const first = sandbox({ storage });
  for (let minute = 0; minute < 5; minute++) first.give(viewed(at(minute)));
  await first.rest();
  first.give(added(at(5)));
  await first.rest();
  const second = sandbox({ storage });
  second.give(bought({}, at(34)));
  await second.rest();
  const sent = [...first.sent, ...second.sent];
  expect(events(sent).map(({ session_seq }) => session_seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(new Set(sent.map(({ session_id }) => session_id)).size).toBe(1);

  second.give(viewed(at(65)));
  await second.rest();
  expect(second.sent.at(-1)).toMatchObject({ events: [{ session_seq: 1 }] });
  expect(second.sent.at(-1)?.session_id).not.toBe(sent[0]?.session_id);
});

test('an event that is replayed counts once, on this page and on the next', async () => {
  const storage: Storage = new Map();
  const again = viewed();
  const pixel = sandbox({ storage });
  for (let times = 0; times < 3; times++) pixel.give(again);
  await pixel.rest();
  pixel.give(again);
  await pixel.rest();
  expect(events(pixel.sent)).toHaveLength(1);
  const next = sandbox({ storage });
  next.give(again);
  await next.rest();
  expect(events(next.sent)[0]?.['event_id']).toBe(events(pixel.sent)[0]?.['event_id']);
});

test('events whose ids are of another form, or missing, are each an event', async () => {
  const pixel = sandbox();
  for (const id of ['1', '1', undefined, 5]) pixel.give(viewed({ id }));
  await pixel.rest();
  const ids = events(pixel.sent).map(({ event_id }) => event_id);
  expect(new Set(ids).size).toBe(4);
  for (const id of ids) expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
});

test('what is not tracked touches neither storage nor network', async () => {
  const pixel = sandbox();
  await pixel.rest();
  const before = pixel.log.length;
  pixel.give(event('page_viewed', {}));
  pixel.give(event('cart_viewed', { cart: null }));
  pixel.give(null);
  await pixel.rest();
  expect(pixel.log.slice(before)).toEqual([]);
});

test('the customer of the order is that of what follows', async () => {
  const pixel = sandbox();
  pixel.give(viewed());
  await pixel.rest();
  pixel.give(bought());
  await pixel.rest();
  pixel.give(viewed());
  await pixel.rest();
  expect(pixel.sent.map(({ customer_id }) => customer_id)).toEqual([undefined, '6940095332401', '6940095332401']);
});

test('an address does not tell the token of a checkout or an order', async () => {
  const pixel = sandbox();
  const document = (href: string, referrer: string) => ({ context: { document: { location: { href }, referrer } } });
  pixel.give(
    viewed(
      document(
        'https://shop.example/checkouts/cn/secret/thank-you?utm_term=a&key=b',
        'https://shop.example/7/orders/secret',
      ),
    ),
  );
  pixel.give(viewed(document('https://[', 'about:blank')));
  pixel.give(viewed({ context: null }));
  await pixel.rest();
  expect(pixel.errors).toEqual([]);
  expect(events(pixel.sent).map(({ page_url, page_referrer }) => [page_url, page_referrer])).toEqual([
    ['https://shop.example/checkouts?utm_term=a', 'https://shop.example/7/orders'],
    [undefined, undefined],
    [undefined, undefined],
  ]);
});

test('without a visitor of Shopify a device is as long as its session', async () => {
  const pixel = sandbox();
  pixel.give(viewed({ clientId: '' }));
  await pixel.rest();
  expect(pixel.sent[0]?.device_id).toBe(pixel.sent[0]?.session_id);
});

test('the currency of the options is for events that name none', async () => {
  const pixel = sandbox({ options: { currency: 'BRL' } });
  pixel.give(event('product_viewed', { productVariant: variant({ price: { amount: 5 } }) }));
  pixel.give(event('product_viewed', { productVariant: variant({ price: money(5, 'EUR') }) }));
  await pixel.rest();
  expect(events(pixel.sent).map(({ currency }) => currency)).toEqual(['BRL', 'EUR']);
});

test('what cannot be read is told, and the rest is sent', async () => {
  const pixel = sandbox();
  pixel.give(event('product_viewed', { productVariant: variant({ price: money(-1) }) }));
  await pixel.rest();
  expect(pixel.errors).toEqual([
    { code: 'misuse', message: 'shopify: product_viewed: price: -1 is not a decimal number ≥ 0' },
  ]);
  expect(events(pixel.sent)).toHaveLength(1);
});

test('nothing is thrown, by the pixel or through it', async () => {
  const thrower = () => {
    throw Error('theirs');
  };
  const pixel = sandbox({ answer: unavailable, options: { onError: thrower } });
  for (const value of [undefined, {}, viewed(), new Proxy({}, { get: thrower })]) pixel.give(value);
  await pixel.rest();
  expect(events(pixel.sent)).toHaveLength(1);
  const { rastroPixel: start } = runInNewContext(script, {}) as { rastroPixel: typeof rastroPixel };
  for (const api of [undefined, null, {}, { init: {} }]) {
    const errors: unknown[] = [];
    start(api as never, { endpoint: '', key: '', onError: (error) => errors.push(error) });
    expect(errors).toMatchObject([{ code: 'misuse' }]);
  }
});

test.each(['throws', 'rejects', 'hangs'] as const)('events are sent where the storage %s', async (broken) => {
  const pixel = sandbox({ broken });
  pixel.give(viewed());
  await pixel.rest();
  pixel.give(bought());
  await pixel.rest();
  expect(events(pixel.sent).map(({ event_type, session_seq }) => [event_type, session_seq])).toEqual([
    ['view', 1],
    ['purchase', 2],
  ]);
});

test.each(['broken', 'null', '7', '{"a":1}', '[1,2]', '[["x","y"],[null,7,[],[1,2],{"2":{}}]]'])(
  'events are sent where %s is stored',
  async (text) => {
    const pixel = sandbox({ storage: new Map([[store, text]]) });
    pixel.give(viewed());
    await pixel.rest();
    await pixel.elapse();
    expect(events(pixel.sent)).toHaveLength(1);
  },
);

test('an event that cannot be written down loses only itself', async () => {
  const pixel = sandbox();
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  pixel.give(viewed({ context: { document: { title: cycle } } }));
  pixel.give(viewed({ clientId: 1n }));
  pixel.give(bought());
  await pixel.rest();
  expect(events(pixel.sent).map(({ event_type }) => event_type)).toEqual(['purchase']);
  expect(pixel.errors).toMatchObject([{ code: 'misuse' }, { code: 'misuse' }]);
});

test('a storage that is full does not take back what is in memory', async () => {
  const storage: Storage = new Map();
  const before = sandbox({ storage });
  before.give(viewed());
  await before.rest();

  const answers = [unavailable()];
  const pixel = sandbox({
    storage,
    broken: 'full',
    answer: () => answers.shift() ?? { status: 200, body: { accepted: 1 } },
  });
  pixel.give(added());
  await pixel.rest();
  pixel.give(bought());
  await pixel.rest();
  await pixel.elapse();
  expect(pixel.sent.map((envelope) => envelope.events.map(({ session_seq }) => session_seq))).toEqual([[2], [2, 3]]);
});

test('what has no answer of the collector is kept, and sent again after a while', async () => {
  const storage: Storage = new Map();
  const answers = [unavailable(), { status: 502, body: 'a proxy' }, { status: 200, body: { ok: true } }];
  const pixel = sandbox({ storage, answer: () => answers.shift() ?? { status: 200, body: { accepted: 1 } } });
  pixel.give(viewed());
  await pixel.rest();
  // What comes meanwhile waits, too.
  pixel.give(bought());
  await pixel.rest();
  expect(events(pixel.sent)).toHaveLength(1);
  expect(stored(storage)).toHaveLength(2);
  await pixel.elapse();
  await pixel.elapse();
  expect(stored(storage)).toHaveLength(2);
  await pixel.elapse();
  expect(stored(storage)).toEqual([]);
  expect(pixel.sent.map((envelope) => envelope.events.length)).toEqual([1, 2, 2, 2]);
  expect(pixel.errors.map((error) => Object(error).code)).toEqual(['sink_unavailable', 'http', 'http', 'http']);
});

test('it waits as long as the collector asks for, up to an hour', async () => {
  for (const [retryAfter, atLeast, atMost] of [
    ['7', 7000, 7000],
    ['99999', 3_600_000, 3_600_000],
    ['Wed, 21 Oct 2015 07:28:00 GMT', 0, 1000],
  ] as const) {
    const pixel = sandbox({ answer: () => ({ ...unavailable(), retryAfter }) });
    pixel.give(viewed());
    await pixel.rest();
    expect(pixel.delays.at(-1)).toBeGreaterThanOrEqual(atLeast);
    expect(pixel.delays.at(-1)).toBeLessThanOrEqual(atMost);
  }
});

test('a rejected event is told, and forgotten', async () => {
  const storage: Storage = new Map();
  const rejected = [{ index: 0, code: 'id_missing' }];
  const pixel = sandbox({ storage, answer: () => ({ status: 200, body: { accepted: 0, rejected } }) });
  pixel.give(viewed());
  await pixel.rest();
  expect(pixel.errors).toEqual(rejected);
  expect(stored(storage)).toEqual([]);
});

test('the next page sends what the one before could not', async () => {
  const storage: Storage = new Map();
  const first = sandbox({ storage, answer: unavailable });
  for (const each of [viewed(), added(), bought()]) first.give(each);
  await first.rest();
  const left = first.sent[0] as Envelope;
  expect(stored(storage)).toHaveLength(3);
  const next = sandbox({ storage });
  await next.rest();
  // Not at once: the request of the page before may still be on its way.
  expect(next.sent).toEqual([]);
  await next.elapse();
  expect(events(next.sent)).toEqual(left.events);
  expect(stored(storage)).toEqual([]);
});

test('what waits is bounded: the oldest go first, orders last, and how many is told', async () => {
  const storage: Storage = new Map();
  let down = true;
  const pixel = sandbox({
    storage,
    answer: () => (down ? unavailable() : { status: 200, body: { accepted: 1, rejected: [] } }),
  });
  pixel.give(bought());
  for (let count = 0; count < 250; count++) pixel.give(viewed());
  await pixel.rest();
  expect(stored(storage)).toHaveLength(200);
  down = false;
  await pixel.elapse();
  const sent = events(pixel.sent.slice(1));
  expect(sent.map(({ session_seq }) => session_seq)).toEqual([1, ...Array.from({ length: 199 }, (_, at) => at + 53)]);
  expect(pixel.sent.find(({ dropped }) => dropped)?.dropped).toBe(51);
  expect(pixel.sent.at(-1)?.dropped).toBe(0);
});

test('requests carry 20 events at most, and a long order does not count on outliving the page', async () => {
  const pixel = sandbox();
  for (let count = 0; count < 45; count++) pixel.give(viewed());
  await pixel.rest();
  expect(pixel.sent.map((envelope) => envelope.events.length)).toEqual([20, 20, 5]);
  expect(pixel.log).not.toContain('fetch https://collect.example/e');
  const lineItems = Array(400).fill({ variant: variant(), quantity: 1 });
  pixel.give(bought({ lineItems }));
  await pixel.rest();
  expect(pixel.log).toContain('fetch https://collect.example/e');
});

test('before the visitor has chosen, events wait in memory: nothing is read, stored or sent', async () => {
  for (const allowed of [false, null]) {
    const pixel = sandbox({ allowed });
    for (const each of [viewed(), added(), bought()]) pixel.give(each);
    await pixel.rest();
    await pixel.elapse();
    expect(pixel.log).toEqual([]);
    pixel.consent(true);
    await pixel.rest();
    expect(events(pixel.sent).map(({ event_type, session_seq }) => [event_type, session_seq])).toEqual([
      ['view', 1],
      ['cart', 2],
      ['purchase', 3],
    ]);
  }
});

test('what is refused is dropped, and what was stored is erased', async () => {
  const storage: Storage = new Map([['theirs', '1']]);
  let down = true;
  const pixel = sandbox({
    storage,
    answer: () => (down ? unavailable() : { status: 200, body: { accepted: 1, rejected: [] } }),
  });
  pixel.give(viewed());
  await pixel.rest();
  expect(storage.size).toBe(2);
  pixel.give(added());
  pixel.consent(false);
  pixel.give(bought());
  await pixel.rest();
  await pixel.elapse();
  expect([...storage]).toEqual([['theirs', '1']]);
  expect(events(pixel.sent)).toHaveLength(1);

  // And it can be changed again.
  down = false;
  pixel.consent(true);
  pixel.give(viewed());
  await pixel.rest();
  await pixel.elapse();
  expect(events(pixel.sent).slice(1)).toMatchObject([{ event_type: 'view', session_seq: 1 }]);
});

test('with consent: false Shopify alone decides whether the pixel runs', async () => {
  const pixel = sandbox({ allowed: false, options: { consent: false } });
  pixel.give(viewed());
  await pixel.rest();
  expect(events(pixel.sent)).toHaveLength(1);
});
