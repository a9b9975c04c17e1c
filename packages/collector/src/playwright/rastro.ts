import type { BrowserContext } from '@playwright/test';
import type { StreamRecord } from '@rastro/schema';
import type { SiteOptions } from '../core/collector.js';
import { type Calls, createCalls } from './calls.js';
import type { UrlPattern } from './envelope.js';
import type { EventType, TrackedEvent, TrackedEvents } from './events.js';
import { createLedger, type Ledger, type Rejection } from './ledger.js';
import { type Expectation, isMatch } from './match.js';
import { checkFields, checkType } from './names.js';
import {
  coloured,
  type Evidence,
  type Expected,
  type Misuse,
  notTracked,
  paragraphs,
  plain,
  surroundings,
} from './report.js';
import { createWatch, type Watch } from './watch.js';

/** `use: { rastroOptions: { … } }` of the configuration, or `test.use`. Each `use` replaces the whole object. */
export interface RastroOptions {
  /**
   * Where the shop's tags send: a glob as of `page.route`, where one that begins with `/` means that path on any origin; a
   * regular expression; or a function of the URL. Every POST to it goes to the kit's collector, and nothing else.
   * @default every POST whose body is a request of Rastro's
   */
  endpoint?: UrlPattern | undefined;
  /**
   * Where the shop's pages get `rastro.js`, when that is a server that a test has not: it and the plugins in `rastro/` beside
   * it are answered with the files of this package. @default none: the shop serves them
   */
  script?: UrlPattern | undefined;
  /** Site keys and their origins, as the collector in production has them. @default every key, from every origin */
  sites?: Readonly<Record<string, SiteOptions>> | undefined;
  /** Whether a test fails at its end when events were rejected that no `toHaveRejected` asked for. @default true */
  failOnRejected?: boolean | undefined;
  /**
   * Whether a test fails at its end when a page gave its tracker what can be no event, or an adapter left something out, and
   * no `toHaveMisused` asked for it. @default true
   */
  failOnMisuse?: boolean | undefined;
  /**
   * How long no request must have come before it is said that none will, where a page has no tracker that could be asked
   * (see `settled`). More than the tracker's `flushIntervalMs`. Unit: ms. @default 1_500
   */
  quietMs?: number | undefined;
}

/** The collector of a test. */
export interface Rastro {
  /** URL of the collector as a server on 127.0.0.1, for shops that are told where to send. The tracker's script is beside it. */
  readonly endpoint: string;
  /**
   * Has the pages of another context send here too; that of `page` and `context` does. Call it before a page is opened, and,
   * where several tests use one context, in each of them.
   */
  attach(context: BrowserContext): Promise<void>;

  /** Events that have arrived, in the order in which they happened; an order is one. It does not wait: see `settled`. */
  events(): TrackedEvent[];
  events<Type extends EventType>(type: Type): TrackedEvents[Type][];
  /** Records as the stream would have them, as they arrived: an order is one for each line, a repeat is there again. */
  records(): StreamRecord[];
  /** What the collector rejected, with the reason. */
  rejected(): Rejection[];
  /** What pages gave their trackers and can be no event, and what adapters left out of theirs; where a page has `window.rastro`. */
  misuse(): Misuse[];
  /** Waits for an event, and gives it. @throws {Error} After `timeout` ms, 5,000 where that is not given; the message is that of `toHaveTracked`. */
  waitFor<Type extends EventType>(...expectation: WaitFor<Type>): Promise<TrackedEvents[Type]>;
  /**
   * Waits until nothing can be on its way: the pages' own requests have ended, and those they lead to (2 s at most); each page's tracker
   * has said that nothing waits, or has no consent, or its storage holds no event; and no request has come for a moment. Where
   * a page has no tracker that can be asked, that moment is `quietMs`.
   *
   * @throws {Error} When that cannot be told after `timeout` ms, 5,000 where that is not given.
   */
  settled(options?: { timeout?: number }): Promise<void>;
  /** Forgets what has arrived, rejected events and misuse included. */
  clear(): void;

  /** Answers every request with this status, without looking at it; the trackers keep their events. `undefined` ends it. */
  fail(status: number | undefined): void;
  /** Requests with events fail as if there were no network. */
  offline(): void;
  /** Each answer takes this long. */
  slow(delayMs: number): void;
  /**
   * Waits until a request has met the fault that is on: before that, a page has not tried.
   *
   * @throws {Error} After `timeout` ms, 5,000 where that is not given, and where no fault is on.
   */
  faulted(options?: { timeout?: number }): Promise<void>;
  /** Ends `fail`, `offline` and `slow`. */
  recover(): void;
  /** The same. */
  online(): void;
}

type WaitFor<Type extends EventType> = Extract<
  Expectation<[options: { timeout?: number }]>,
  [type: Type, ...unknown[]]
>;

/** What the matchers and fixtures know of a `Rastro`. */
export interface Internals {
  readonly ledger: Ledger;
  readonly watch: Watch;
  readonly calls: Calls;
  /** Says that such rejections were asked for. */
  allow(isExpected: (rejection: Rejection) => boolean): void;
  /** Rejections that nobody asked for. */
  unexpected(): Rejection[];
  allowMisuse(isExpected: (misuse: Misuse) => boolean): void;
  unexpectedMisuse(): Misuse[];
  evidence(): Promise<Evidence>;
}

const all = new WeakMap<Rastro, Internals>();
/** How long the pages are asked how they stand when an assertion has failed. Unit: ms. */
const lookLimitMs = 1_000;
const defaultTimeoutMs = 5_000;

/** @throws {TypeError} If it is something else. */
export function internalsOf(rastro: Rastro): Internals {
  const internals = all.get(rastro);
  if (!internals) throw new TypeError(`expect(rastro) needs the fixture rastro of this kit, and got ${kindOf(rastro)}`);
  return internals;
}

const kindOf = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? `a ${value.constructor?.name.replace(/^_/, '') ?? 'object'}`
    : String(value);

export async function createRastro(options: RastroOptions, url: string): Promise<Rastro> {
  const { endpoint, script, sites, quietMs = 1_500 } = options;
  const ledger = await createLedger(sites);
  const watch = createWatch(ledger, { endpoint, script, quietMs, serverUrl: url });
  const calls = createCalls();
  const allowed: ((rejection: Rejection) => boolean)[] = [];
  const allowedMisuse: ((misuse: Misuse) => boolean)[] = [];
  const recover = (): void => {
    ledger.fault = undefined;
  };
  const rastro: Rastro = {
    endpoint: `${url}/e`,
    attach: (context) => watch.attach(context),
    events(type?: EventType) {
      if (type !== undefined) checkType(type);
      return ledger.events().filter(({ event_type }) => type === undefined || event_type === type) as never;
    },
    records: () => [...ledger.records()],
    rejected: () => [...ledger.rejections()],
    misuse: () => [...watch.observed.misuses],
    waitFor: (type: EventType, fields: object = {}, { timeout = defaultTimeoutMs }: { timeout?: number } = {}) =>
      calls.run(`rastro.waitFor('${type}')`, async () => {
        checkType(type);
        checkFields(type, fields);
        const found = await untilTracked(internals, { type, fields }, 1, timeout);
        if (found[0]) return found[0] as never;
        const evidence = await internals.evidence();
        throw new Error(
          notTracked({ type, fields }, undefined, 0, evidence, colours(), undefined, 'rastro.waitFor(expected)'),
        );
      }),
    settled: ({ timeout = defaultTimeoutMs } = {}) =>
      calls.run('rastro.settled()', async () => {
        const why = await watch.settle(timeout);
        if (why) throw new Error(`rastro.settled(): ${why}`);
      }),
    clear() {
      ledger.clear();
      watch.clear();
    },
    fail(status) {
      ledger.fault = status === undefined ? undefined : { kind: 'status', status };
    },
    offline() {
      ledger.fault = { kind: 'offline' };
    },
    slow(delayMs) {
      ledger.fault = { kind: 'slow', delayMs };
    },
    faulted: ({ timeout = defaultTimeoutMs } = {}) =>
      calls.run('rastro.faulted()', async () => {
        const met =
          ledger.fault &&
          (await until(
            ledger,
            watch,
            () => ledger.faulted,
            (count) => count > 0,
            timeout,
          ));
        if (met) return;
        const why = ledger.fault ? 'no request with events has come' : 'no fault is on';
        throw new Error(paragraphs(`rastro.faulted(): ${why}.`, surroundings(await internals.evidence(), colours())));
      }),
    recover,
    online: recover,
  };
  const internals: Internals = {
    ledger,
    watch,
    calls,
    allow: (isExpected) => void allowed.push(isExpected),
    allowMisuse: (isExpected) => void allowedMisuse.push(isExpected),
    unexpectedMisuse: () =>
      watch.observed.misuses.filter((each) => !allowedMisuse.some((isExpected) => isExpected(each))),
    unexpected: () => ledger.rejections().filter((each) => !allowed.some((isExpected) => isExpected(each))),
    evidence: async () => ({
      events: ledger.events(),
      rejections: ledger.rejections(),
      requests: ledger.requests,
      fault: ledger.fault,
      observed: watch.observed,
      pages: await watch.looks(lookLimitMs),
    }),
  };
  all.set(rastro, internals);
  return rastro;
}

/** Waits until so many events match, and has the trackers send what they hold meanwhile. @returns Those that do. */
export function untilTracked(
  { ledger, watch }: Internals,
  { type, fields }: Expected,
  count: number,
  limitMs: number,
): Promise<TrackedEvent[]> {
  return until(
    ledger,
    watch,
    () => ledger.events().filter((event) => isMatch(type, fields, event)),
    (found) => found.length >= count,
    limitMs,
  );
}

/** Trackers are asked to send this often: one that is loaded meanwhile, or had no consent, as well. Unit: ms. */
const prodMs = 300;

/** Reads again whenever something has arrived, until it is enough or the time is over. */
export async function until<T>(
  ledger: Ledger,
  watch: Watch,
  read: () => T,
  enough: (value: T) => boolean,
  limitMs: number,
): Promise<T> {
  const deadline = performance.now() + limitMs;
  let value = read();
  while (!enough(value)) {
    const left = deadline - performance.now();
    if (left <= 0) break;
    watch.prod();
    await new Promise<void>((done) => {
      const end = (): void => {
        clearTimeout(timer);
        off();
        done();
      };
      const timer = setTimeout(end, Math.min(prodMs, left));
      const off = ledger.onChange(end);
    });
    value = read();
  }
  return value;
}

const colours = (): typeof plain =>
  process.env['FORCE_COLOR'] && process.env['FORCE_COLOR'] !== '0' ? coloured : plain;
