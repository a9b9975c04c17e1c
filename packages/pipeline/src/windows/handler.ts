import { disaggregate } from '@rastro/collector/aggregates';
import { defaultThreshold } from '../alerts/threshold.js';
import type { TumblingWindowEvent, WindowHandler } from '../lambda-event.js';
import { checkFunction, checkInteger, wrongOption } from '../options.js';
import { eventIdFrom } from '../reader/seen.js';
import { readEvent } from './event.js';
import { interactionOf } from './interactions.js';
import type { WindowRow, WindowTime } from './row.js';
import { openCounts } from './state.js';

export interface WindowHandlerOptions {
  /** Puts rows on the second stream, see `createRowPut`. What it throws makes the whole invocation be tried again. */
  put(rows: readonly WindowRow[]): Promise<void>;
  /**
   * Which minute an event counts in. `event`: that of its `event_time`, whenever it arrives. `arrival`: that in which the
   * stream took it. @default 'event'
   */
  time?: WindowTime | undefined;
  /** Length of a window, from the epoch. In mode `arrival` that of the event source. 1–900. Unit: seconds. @default 60 */
  windowSeconds?: number | undefined;
  /** A larger state is emitted at once. Lambda takes 1 MB. 4,096–1,000,000. Unit: bytes of JSON. @default 900_000 */
  maxStateBytes?: number | undefined;
  /**
   * Most keys of interactions in one row. Above the threshold of the alerts, or these miss what one row knows.
   * 1–10,000. @default 256, or the default threshold of the window and one more
   */
  maxInteractions?: number | undefined;
  /** Told of each record that is not counted, and why: `no JSON`, `no event_time`. The lake keeps such records. */
  onSkip?: ((reason: string, sequenceNumber: string) => void) | undefined;
}

export const windowDefaults: {
  readonly time: WindowTime;
  readonly windowSeconds: number;
  readonly maxStateBytes: number;
  readonly maxInteractions: number;
} = { time: 'event', windowSeconds: 60, maxStateBytes: 900_000, maxInteractions: 256 };

/**
 * Counts events by site, user, type and window: the handler of an event source with a tumbling window, on AWS Lambda or
 * of the embedded reader. At the end of the window, or before the state is too large, it emits what it has counted. It
 * remembers nothing itself: the same invocation always gives the same rows under the same ids.
 *
 * @throws {TypeError} If an option is out of its bounds.
 */
export function createWindowHandler(options: WindowHandlerOptions): WindowHandler {
  const { put, onSkip = () => {} } = options;
  const time = options.time ?? windowDefaults.time;
  const windowSeconds = options.windowSeconds ?? windowDefaults.windowSeconds;
  const maxBytes = options.maxStateBytes ?? windowDefaults.maxStateBytes;
  checkFunction('put', put);
  if (time !== 'event' && time !== 'arrival') throw wrongOption('time', "'event' or 'arrival'", time);
  // https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html
  checkInteger('windowSeconds', windowSeconds, 1, 900);
  checkInteger('maxStateBytes', maxBytes, 4096, 1_000_000);
  const maxInteractions =
    options.maxInteractions ?? Math.max(windowDefaults.maxInteractions, defaultThreshold(windowSeconds) + 1);
  checkInteger('maxInteractions', maxInteractions, 1, 10_000);
  const windowMs = windowSeconds * 1000;

  return async (event) => {
    const arrival = arrivalWindow(event, windowMs, time);
    const counts = openCounts(event.state, { windowMs, maxBytes, maxInteractions });
    const seen = new Set<string>();
    let before = '';
    let part = 0;

    for (const { kinesis } of event.Records) {
      const { sequenceNumber } = kinesis;
      const bytes = Buffer.from(kinesis.data, 'base64');
      for (const { data } of disaggregate(bytes) ?? [{ data: bytes }]) {
        part = sequenceNumber === before ? part + 1 : 0;
        before = sequenceNumber;
        const counted = readEvent(data);
        if (typeof counted === 'string') {
          onSkip(counted, sequenceNumber);
          continue;
        }
        const id = eventIdFrom(counted.site, counted.type, counted.id);
        if (seen.has(id)) continue;
        seen.add(id);
        const { site, user, type } = counted;
        const window = arrival ?? Math.floor(counted.at / windowMs);
        const count = { site, user, type, window, interaction: interactionOf(counted) };
        if (!counts.fits(count) && !counts.empty) await put(counts.take(event.shardId));
        // Records of an aggregate share a number: an emission may end between them, and the next needs an id of its own.
        counts.add(count, part === 0 ? sequenceNumber : `${sequenceNumber}.${part}`);
      }
    }
    if ((event.isFinalInvokeForWindow || event.isWindowTerminatedEarly) && !counts.empty)
      await put(counts.take(event.shardId));
    return { state: counts.toState() };
  };
}

/** @returns The number of the window in mode `arrival`. */
function arrivalWindow(event: TumblingWindowEvent, windowMs: number, time: WindowTime): number | undefined {
  if (event.window === undefined || event.shardId === undefined)
    throw new Error(
      'The event source has no tumbling window, without which nothing is ever emitted: set TumblingWindowInSeconds',
    );
  if (time === 'event') return undefined;
  const start = Date.parse(event.window.start);
  const lengthMs = Date.parse(event.window.end) - start;
  if (lengthMs !== windowMs)
    throw new Error(
      `windowSeconds is ${windowMs / 1000}, but the event source's window has ${lengthMs / 1000} s: both must be the same to count by arrival`,
    );
  return Math.floor(start / windowMs);
}
