import type { PipelinePart } from '../run/pipeline.js';
import { createSeldom } from '../run/seldom.js';
import { isOfNetwork, messageOf } from './message.js';

export interface RunLogOptions {
  readonly write: (text: string) => void;
  /** Each line begins with its instant: for files. */
  readonly dated: boolean;
  /** What a part calls, for errors of the network, which do not say. */
  readonly called: (part: PipelinePart) => string | undefined;
  /** Where records lie that are no rows. */
  readonly errorsDirectory: string;
  /** @default Date.now */
  readonly now?: (() => number) | undefined;
  /** How often the same is said at most. Unit: ms. @default 60_000 */
  readonly everyMs?: number | undefined;
}

/** What `run` tells people while it runs: what fails at once, and then not with each try. */
export interface RunLog {
  say(text: string): void;
  failed(error: unknown, part: PipelinePart): void;
  /** Records that the lake put aside, by their reasons. */
  putAside(reasons: Readonly<Partial<Record<string, number>>>): void;
  /** To be called now and then. @param isWell Whether a part has got further since an instant. */
  look(isWell: (part: PipelinePart, since: number) => boolean): void;
  /** It is being closed: that connections end with it is no news. */
  closing(): void;
  /** Says what waits. */
  close(): void;
}

interface Failure {
  readonly since: number;
  times: number;
  untold: number;
  toldAt: number;
  lastAt: number;
  text: string;
}

/** Kinds of failures of one part that are told apart: messages may have names in them without end. */
const mostKinds = 8;

export function createRunLog(options: RunLogOptions): RunLog {
  const { write, dated, called, errorsDirectory, now = Date.now, everyMs = 60_000 } = options;
  const failures = new Map<PipelinePart, Map<string, Failure>>();
  let isClosing = false;
  let reasons = new Map<string, number>();

  const say = (text: string): void => {
    const prefix = dated ? `${new Date(now()).toISOString()} ` : '';
    write(
      `${text
        .split('\n')
        .map((line) => prefix + line)
        .join('\n')}\n`,
    );
  };
  const seconds = (since: number): string => `${Math.round((now() - since) / 1_000)} s`;
  const aside = createSeldom<undefined>(() => {
    const counts = [...reasons].sort(([, a], [, b]) => b - a);
    const sum = counts.reduce((all, [, count]) => all + count, 0);
    const what = sum === 1 ? '1 record was no row' : `${sum} records were no rows`;
    say(`lake: ${what} (${counts.map((one) => one.join(' ')).join(', ')}): kept below ${errorsDirectory}`);
    reasons = new Map();
  }, everyMs);

  return {
    say,
    failed(error, part) {
      const ofNetwork = isOfNetwork(error);
      if (isClosing && ofNetwork) return;
      const whom = ofNetwork ? called(part) : undefined;
      const text = messageOf(error) + (whom === undefined ? '' : ` (${whom})`);
      const kinds = failures.get(part) ?? new Map<string, Failure>();
      failures.set(part, kinds);
      const shape = text.replace(/\d+/g, '#');
      const kind = kinds.has(shape) || kinds.size < mostKinds ? shape : '';
      const known = kinds.get(kind);
      if (known) {
        known.times++;
        known.untold++;
        known.lastAt = now();
        known.text = text;
        return;
      }
      kinds.set(kind, { since: now(), times: 1, untold: 0, toldAt: now(), lastAt: now(), text });
      say(`${part}: ${text}`);
    },
    putAside(given) {
      const counts = Object.entries(given).filter(([, count = 0]) => count > 0);
      if (counts.length === 0) return;
      for (const [reason, count = 0] of counts) reasons.set(reason, (reasons.get(reason) ?? 0) + count);
      aside.add(undefined);
    },
    look(isWell) {
      for (const [part, kinds] of failures) {
        const all = [...kinds.values()];
        if (isWell(part, Math.max(...all.map(({ lastAt }) => lastAt)))) {
          // Something that was said once may have been a remark.
          if (all.some(({ times }) => times > 1))
            say(`${part}: works again after ${seconds(Math.min(...all.map(({ since }) => since)))}`);
          failures.delete(part);
          continue;
        }
        for (const failure of all) {
          if (failure.untold === 0 || now() - failure.toldAt < everyMs) continue;
          say(
            `${part}: has failed ${failure.times} times in ${seconds(failure.since)}, the last time: ${failure.text}`,
          );
          failure.untold = 0;
          failure.toldAt = now();
        }
      }
    },
    closing() {
      isClosing = true;
    },
    close: () => aside.close(),
  };
}
