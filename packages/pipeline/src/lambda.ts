import type {
  BatchResponse,
  KinesisEvent,
  KinesisHandler,
  TumblingWindowEvent,
  WindowHandler,
  WindowResponse,
} from './lambda-event.js';
import { countsFromEnvironment, type Environment, windowsFromEnvironment } from './windows/environment.js';

export type * from './lambda-event.js';
export { countsFromEnvironment, type Environment, windowsFromEnvironment };

const log = (entry: object): void => console.log(JSON.stringify({ time: new Date().toISOString(), ...entry }));

// A function holds the variables of the one handler that it runs: each is set up at its first invocation, which fails with
// the name of the variable that is wrong. Nothing is kept of a set-up that failed.
let windowsReady: Promise<WindowHandler> | undefined;
let countsReady: Promise<KinesisHandler> | undefined;

/** Counts the event stream: for an event source with a tumbling window. Set up by the environment, see docs/windows.md. */
export async function windows(event: TumblingWindowEvent): Promise<WindowResponse> {
  windowsReady ??= windowsFromEnvironment(process.env, log).catch((error: unknown) => {
    windowsReady = undefined;
    throw error;
  });
  return (await windowsReady)(event);
}

/** Adds the second stream to the table: for an event source with ReportBatchItemFailures. Set up by the environment. */
export async function counts(event: KinesisEvent): Promise<BatchResponse | undefined> {
  countsReady ??= countsFromEnvironment(process.env, log).catch((error: unknown) => {
    countsReady = undefined;
    throw error;
  });
  return (await countsReady)(event);
}
