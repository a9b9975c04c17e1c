import type { Logger } from '../core/types.js';

export interface QuietOptions {
  /** How long repetitions of a line are only counted. Unit: ms. @default 60_000 */
  repeatAfterMs?: number | undefined;
  /** Clock, ms. @default Date.now */
  now?: (() => number) | undefined;
}
export interface QuietLog extends Logger {
  /** Writes how often lines were repeated that wait to be written, now. For the end of a process. */
  flush(): void;
}

/** Kinds of lines that are told apart; what comes beyond shares one. */
const mostKinds = 100;

/**
 * Keeps an outage from filling the disk: the first warning or error of a kind is written at once, what repeats it within a
 * minute is counted, and the last of them is written at the end of that minute with their number, `suppressed`. A kind is
 * the level, the message and the name of the error. Lines of level info are few, and pass.
 */
export function quiet(log: Logger, options: QuietOptions = {}): QuietLog {
  const { repeatAfterMs = 60_000, now = Date.now } = options;
  const kinds = new Map<string, Kind>();

  const settle = (name: string, kind: Kind): void => {
    clearTimeout(kind.timer);
    kinds.delete(name);
    if (kind.suppressed > 0) kind.write({ ...kind.last, suppressed: kind.suppressed });
  };

  const limited =
    (level: 'warn' | 'error') =>
    (details: object, message: string): void => {
      let name = `${level} ${message} ${((details as { err?: unknown }).err as Error | undefined)?.name ?? ''}`;
      if (kinds.size >= mostKinds && !kinds.has(name)) name = `${level} …`;
      const known = kinds.get(name);
      // A function that sleeps between requests wakes with timers that are late: the clock decides.
      if (known && now() - known.since < repeatAfterMs) {
        known.suppressed++;
        known.last = details;
        known.write = (last) => log[level](last, message);
        return;
      }
      if (known) settle(name, known);
      log[level](details, message);
      const kind: Kind = { since: now(), suppressed: 0, last: details, write: () => {}, timer: undefined };
      kind.timer = setTimeout(() => settle(name, kind), repeatAfterMs);
      kind.timer.unref();
      kinds.set(name, kind);
    };

  return {
    info: (details, message) => log.info(details, message),
    warn: limited('warn'),
    error: limited('error'),
    flush() {
      for (const [name, kind] of [...kinds]) settle(name, kind);
    },
  };
}

interface Kind {
  readonly since: number;
  suppressed: number;
  last: object;
  write: (last: object) => void;
  timer: NodeJS.Timeout | undefined;
}
