import type { Logger } from '../core/types.js';

export interface CloseOptions {
  /** Longest time to close. Unit: ms. @default none */
  timeoutMs?: number | undefined;
  /** Told when the time is over. @default a line on stderr */
  log?: Pick<Logger, 'info' | 'error'> | undefined;
}

/**
 * Closes a server once, at the first SIGINT or SIGTERM, and ends the process: with 0 when all is finished, with 1 when
 * the time is over before, and the log says what was not. A second signal ends it at once.
 */
export function closeOnSignal(
  server: { close(): Promise<void>; unfinished?: () => string },
  options: CloseOptions = {},
): void {
  const close = (signal?: NodeJS.Signals): void => {
    process.off('SIGINT', close).off('SIGTERM', close);
    void closeInTime(server, options, signal).then((code) => process.exit(code));
  };
  process.on('SIGINT', close).on('SIGTERM', close);
}

/** Closes a server. @returns The exit code: 0 when all is finished, 1 when the time is over before or closing failed. */
export async function closeInTime(
  server: { close(): Promise<void>; unfinished?: () => string },
  { timeoutMs, log }: CloseOptions = {},
  signal?: string,
): Promise<0 | 1> {
  const say = (details: object, message: string, error?: unknown): void => {
    if (log) log.error(error === undefined ? details : { ...details, err: error }, message);
    else process.stderr.write(`${error === undefined ? message : String(error)}\n`);
  };
  log?.info({ signal }, 'closing');
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<1>((resolve) => {
    if (timeoutMs === undefined) return;
    timer = setTimeout(() => {
      say({ unfinished: server.unfinished?.() ?? 'unknown', timeoutMs }, 'ended before all was finished');
      resolve(1);
    }, timeoutMs);
  });
  const done = server.close().then(
    () => 0 as const,
    (error: unknown) => {
      say({}, 'closing failed', error);
      return 1 as const;
    },
  );
  const code = await Promise.race([done, late]);
  clearTimeout(timer);
  if (code === 0) log?.info({}, 'closed');
  return code;
}
