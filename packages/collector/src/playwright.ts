import {
  test as base,
  expect as baseExpect,
  type Expect,
  type PlaywrightTestArgs,
  type PlaywrightTestOptions,
  type PlaywrightWorkerArgs,
  type PlaywrightWorkerOptions,
  type TestInfo,
  type TestType,
} from '@playwright/test';
import { forgottenText } from './playwright/calls.js';
import { type ExpectRastro, matchers, type RastroMatchers } from './playwright/matchers.js';
import { createRastro, internalsOf, type Rastro, type RastroOptions } from './playwright/rastro.js';
import { misuseText, plain, rejectedText } from './playwright/report.js';
import { type KitServer, startServer } from './playwright/server.js';

export type { EventType, OrderLine, PurchaseEvent, TrackedEvent, TrackedEvents } from './playwright/events.js';
export type { Reason, Rejection } from './playwright/ledger.js';
export type { Expectation, ExpectedFields } from './playwright/match.js';
export type {
  ExpectRastro,
  OnlyOptions,
  RastroAssertions,
  RastroMatchers,
  TrackedOptions,
} from './playwright/matchers.js';
export type { RejectionCode } from './playwright/names.js';
export type { Rastro, RastroOptions } from './playwright/rastro.js';
export type { Misuse } from './playwright/report.js';

export interface RastroFixtures {
  /** The collector of this test: what the pages send comes here, and nowhere else. */
  rastro: Rastro;
  rastroOptions: RastroOptions;
}
export interface RastroWorkerFixtures {
  /** @internal */
  rastroServer: KitServer;
}

/** Playwright's `test`, with `rastro`. Pages of `page` and `context` send there also in tests that do not ask for it. */
export const test: TestType<
  PlaywrightTestArgs & PlaywrightTestOptions & RastroFixtures,
  PlaywrightWorkerArgs & PlaywrightWorkerOptions & RastroWorkerFixtures
> = base.extend<RastroFixtures, RastroWorkerFixtures>({
  rastroOptions: [{}, { option: true }],
  rastroServer: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the pattern.
    async ({}, use) => {
      const server = await startServer();
      await use(server);
      await server.close();
    },
    { scope: 'worker', box: true },
  ],
  rastro: async ({ rastroOptions, rastroServer }, use, testInfo) => {
    const rastro = await createRastro(rastroOptions, rastroServer.url);
    rastroServer.serve(internalsOf(rastro).ledger);
    await use(rastro);
    rastroServer.serve(undefined);
    await end(rastro, rastroOptions, testInfo);
  },
  context: async ({ context, rastro }, use) => {
    await rastro.attach(context);
    await use(context);
    // What is not over now is not waited for; another test must not hear of it.
    internalsOf(rastro).calls.end();
    await internalsOf(rastro).watch.finish();
  },
});

/** Playwright's `expect`, with `toHaveTracked`, `toHaveTrackedOnly`, `toHaveRejected` and `toHaveMisused`. */
export const expect: ExpectRastro & Expect<RastroMatchers> = baseExpect.extend(matchers) as ExpectRastro &
  Expect<RastroMatchers>;

async function end(
  rastro: Rastro,
  { failOnRejected = true, failOnMisuse = true }: RastroOptions,
  testInfo: TestInfo,
): Promise<void> {
  const attach = async (name: string, list: readonly unknown[]): Promise<void> => {
    if (list.length === 0) return;
    await testInfo.attach(name, { body: JSON.stringify(list, null, 2), contentType: 'application/json' });
  };
  await attach('rastro-events.json', rastro.events());
  await attach('rastro-rejected.json', rastro.rejected());
  await attach('rastro-misuse.json', rastro.misuse());
  const { calls, unexpected, unexpectedMisuse } = internalsOf(rastro);
  const forgotten = calls.end();
  const rejected = failOnRejected ? unexpected() : [];
  const misuse = failOnMisuse ? unexpectedMisuse() : [];
  // A test that has failed has said so already, rejected events included.
  if (testInfo.errors.length > 0) return;
  if (forgotten.length > 0) throw endError(forgottenText(forgotten), forgotten[0]?.place);
  const said: string[] = [];
  if (misuse.length > 0)
    said.push(
      `What the pages gave their trackers was left out:\n${misuseText(misuse, plain)}\n\nIn production this would be lost. Expect it with expect(rastro).toHaveMisused(/…/), or set rastroOptions.failOnMisuse to false.`,
    );
  if (rejected.length > 0)
    said.push(
      `The collector rejected what this test did not expect it to:\n${rejectedText(rejected, plain)}\n\nIn production these would be on the dead-letter stream. Expect one with expect(rastro).toHaveRejected('${rejected[0]?.code}'), or set rastroOptions.failOnRejected to false.`,
    );
  if (said.length > 0) throw endError(said.join('\n\n'));
}

/** Where the kit says so is of no interest; where the test has called it is. */
function endError(message: string, place?: string): Error {
  const error = new Error(message);
  error.stack = place ? `Error: ${message}\n    at ${place}` : message;
  return error;
}
