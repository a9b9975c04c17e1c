import type { Expect, ExpectMatcherState, MatcherReturnType } from '@playwright/test';
import type { EventType } from './events.js';
import type { Rejection } from './ledger.js';
import { type Expectation, type ExpectedFields, isMatch } from './match.js';
import { checkFields, checkRejection, checkType, type RejectionCode } from './names.js';
import { internalsOf, type Rastro, until, untilTracked } from './rastro.js';
import {
  coloured,
  type Expected,
  type Misuse,
  misuseText,
  notMisused,
  notOnly,
  notRejected,
  notTracked,
  type Paint,
  plain,
  rejectedText,
  tracked,
} from './report.js';

export interface TrackedOptions {
  /** How many events shall match, no more and no fewer; an order is one. @default 1 or more */
  times?: number;
  /** Unit: ms. @default that of `expect` */
  timeout?: number;
}
export interface OnlyOptions {
  /** Types that are not looked at. @default ['web_vitals'], unless one is expected */
  ignore?: readonly EventType[];
  /** Unit: ms. @default that of `expect` */
  timeout?: number;
}

type Answer = Promise<MatcherReturnType>;

/** Matchers of `expect(rastro)`. */
export type RastroMatchers = {
  /**
   * An event of this type has these fields. Waits for it; with `not` and with `times`, waits until nothing can be on its way
   * any more, and fails when that cannot be told.
   */
  toHaveTracked(
    this: ExpectMatcherState,
    rastro: Rastro,
    ...expectation: Expectation<[options: TrackedOptions]>
  ): Answer;
  /** These events, in this order, and no others. Waits until nothing can be on its way any more. */
  toHaveTrackedOnly(
    this: ExpectMatcherState,
    rastro: Rastro,
    expected: readonly (EventType | Readonly<Expectation>)[],
    options?: OnlyOptions,
  ): Answer;
  /** The collector rejected an event with this code, at this JSON Pointer; the test does not fail at its end for it. */
  toHaveRejected(
    this: ExpectMatcherState,
    rastro: Rastro,
    code?: RejectionCode,
    options?: { path?: string; timeout?: number },
  ): Answer;
  /**
   * A page gave its tracker what can be no event, or an adapter has left something out, in these words or some that match;
   * the test does not fail at its end for it.
   */
  toHaveMisused(
    this: ExpectMatcherState,
    rastro: Rastro,
    message?: string | RegExp,
    options?: { timeout?: number },
  ): Answer;
};

/** What `expect(rastro)` has beside Playwright's own; written out, for messages of the compiler that one can read. */
export interface RastroAssertions {
  /** See `RastroMatchers`; as all of these. */
  toHaveTracked<Type extends EventType>(
    type: Type,
    fields?: ExpectedFields<Type>,
    options?: TrackedOptions,
  ): Promise<void>;
  toHaveTrackedOnly(expected: readonly (EventType | Readonly<Expectation>)[], options?: OnlyOptions): Promise<void>;
  toHaveRejected(code?: RejectionCode, options?: { path?: string; timeout?: number }): Promise<void>;
  toHaveMisused(message?: string | RegExp, options?: { timeout?: number }): Promise<void>;
}

type Assertions = RastroAssertions & Omit<ReturnType<Expect>, 'not' | keyof RastroAssertions>;

/** `expect` of the fixture. What is `any` may be something else: that stays Playwright's. */
export type ExpectRastro = <T extends Rastro>(
  actual: T & (0 extends 1 & T ? never : unknown),
  messageOrOptions?: string | { message?: string },
) => Assertions & { not: Assertions };

const implementations: RastroMatchers = {
  async toHaveTracked(rastro, type, fields = {}, { times, timeout: limit } = {}) {
    checkType(type);
    checkFields(type, fields);
    const timeout = limit ?? this.timeout;
    const internals = internalsOf(rastro);
    const { ledger, watch } = internals;
    const expected: Expected = { type, fields };
    const paint = paintOf(this);
    const count = (): number => ledger.events().filter((event) => isMatch(type, fields, event)).length;
    const deadline = performance.now() + timeout;
    const left = (): number => Math.max(0, deadline - performance.now());
    const name = 'toHaveTracked';

    if (this.isNot) {
      const few = (found: number): boolean => (times === undefined ? found === 0 : found !== times);
      let unsettled = few(count()) ? await watch.settle(timeout) : undefined;
      const pass = !few(count());
      if (pass) unsettled = undefined;
      const evidence = await internals.evidence();
      // What cannot be told is no success, whichever way round it was asked.
      return {
        name,
        pass: pass || unsettled !== undefined,
        message: () => tracked(expected, evidence, paint, unsettled),
      };
    }
    const wanted = times ?? 1;
    if (wanted > 0) await untilTracked(internals, expected, wanted, timeout);
    const unsettled = times !== undefined && count() === times ? await watch.settle(left()) : undefined;
    const found = count();
    const pass = unsettled === undefined && (times === undefined ? found > 0 : found === times);
    if (pass) return { name, pass, message: () => '' };
    const evidence = await internals.evidence();
    return { name, pass, message: () => notTracked(expected, times, found, evidence, paint, unsettled) };
  },

  async toHaveTrackedOnly(rastro, list, { ignore, timeout: limit } = {}) {
    const timeout = limit ?? this.timeout;
    const internals = internalsOf(rastro);
    const { ledger, watch } = internals;
    const paint = paintOf(this);
    const name = 'toHaveTrackedOnly';
    const expected = list.map((each): Expected => {
      const [type, fields = {}] = typeof each === 'string' ? [each] : each;
      checkType(type);
      checkFields(type, fields);
      return { type, fields };
    });
    for (const type of ignore ?? []) checkType(type);
    const ignored = ignore ?? (expected.some(({ type }) => type === 'web_vitals') ? [] : ['web_vitals']);
    const read = () => ledger.events().filter(({ event_type }) => !ignored.includes(event_type));
    const same = (events: ReturnType<typeof read>): boolean =>
      events.length === expected.length &&
      expected.every(({ type, fields }, at) => {
        const event = events[at];
        return event !== undefined && isMatch(type, fields, event);
      });
    // One too many stays one too many.
    const isOver = (events: ReturnType<typeof read>): boolean => same(events) || events.length > expected.length;
    const deadline = performance.now() + timeout;
    if (!this.isNot) await until(ledger, watch, read, isOver, timeout);
    const unsettled =
      isOver(read()) || this.isNot ? await watch.settle(Math.max(0, deadline - performance.now())) : undefined;
    const events = read();
    const pass = unsettled ? this.isNot : same(events);
    const evidence = await internals.evidence();
    return {
      name,
      pass,
      message: () =>
        this.isNot
          ? (unsettled ?? 'Expected other events than these, and got these.')
          : notOnly(expected, events, evidence, paint, unsettled),
    };
  },

  async toHaveRejected(rastro, code, { path, timeout: limit } = {}) {
    checkRejection(code, path);
    const timeout = limit ?? this.timeout;
    const internals = internalsOf(rastro);
    const { ledger, watch } = internals;
    const paint = paintOf(this);
    const isExpected = (each: Rejection): boolean =>
      each.errors.some(
        (reason) => (code === undefined || reason.code === code) && (path === undefined || reason.path === path),
      );
    const read = (): Rejection[] => ledger.rejections().filter(isExpected);
    const unsettled = this.isNot && read().length === 0 ? await watch.settle(timeout) : undefined;
    const found = this.isNot ? read() : await until(ledger, watch, read, (some) => some.length > 0, timeout);
    if (!this.isNot) internals.allow(isExpected);
    const evidence = await internals.evidence();
    return {
      name: 'toHaveRejected',
      pass: found.length > 0 || unsettled !== undefined,
      message: () => {
        if (!this.isNot) return notRejected(code, path, evidence, paint);
        return unsettled
          ? `Whether nothing is rejected cannot be told: ${unsettled}.`
          : `Expected no such event to be rejected:\n${rejectedText(found, paint)}`;
      },
    };
  },

  async toHaveMisused(rastro, message, { timeout: limit } = {}) {
    const timeout = limit ?? this.timeout;
    const internals = internalsOf(rastro);
    const { ledger, watch } = internals;
    const paint = paintOf(this);
    const isExpected = (each: Misuse): boolean =>
      message instanceof RegExp ? each.message.search(message) >= 0 : each.message.includes(message ?? '');
    const read = (): Misuse[] => watch.observed.misuses.filter(isExpected);
    const unsettled = this.isNot && read().length === 0 ? await watch.settle(timeout) : undefined;
    const found = this.isNot ? read() : await until(ledger, watch, read, (some) => some.length > 0, timeout);
    if (!this.isNot) internals.allowMisuse(isExpected);
    const evidence = await internals.evidence();
    return {
      name: 'toHaveMisused',
      pass: found.length > 0 || unsettled !== undefined,
      message: () => {
        if (!this.isNot) return notMisused(message, evidence, paint);
        return unsettled
          ? `Whether nothing is misused cannot be told: ${unsettled}.`
          : `Expected no such misuse:\n${misuseText(found, paint)}`;
      },
    };
  },
};

/** Each is one that a test has to wait for. */
export const matchers = Object.fromEntries(
  Object.entries(implementations).map(([name, match]) => [
    name,
    async function (this: ExpectMatcherState, rastro: Rastro, ...args: readonly unknown[]): Answer {
      const { calls } = internalsOf(rastro);
      const { isNot } = this;
      const text = `expect(rastro)${isNot ? '.not' : ''}.${name}(${typeof args[0] === 'string' ? `'${args[0]}'` : args.length > 0 ? '…' : ''})`;
      return calls.run(
        text,
        () =>
          (match as (this: ExpectMatcherState, rastro: Rastro, ...args: readonly unknown[]) => Answer).call(
            this,
            rastro,
            ...args,
          ),
        () => ({ name, pass: !isNot, message: () => '' }),
      );
    },
  ]),
) as unknown as RastroMatchers;

/** As Playwright does it here: it knows whether the output has colours. */
const paintOf = ({ utils }: ExpectMatcherState): Paint =>
  utils.printExpected('').includes('\u001b[') ? coloured : plain;
