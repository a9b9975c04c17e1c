import type { Logger } from '../core/types.js';

/** Structured log: one JSON object per line, as CloudWatch and log shippers read it. */
export function createLog(write: (line: string) => void): Logger {
  const at =
    (level: string) =>
    (details: object, message: string): void => {
      const { err, ...rest } = details as { err?: unknown };
      const error = err instanceof Error ? { error: `${err.name}: ${err.message}` } : {};
      write(JSON.stringify({ time: new Date().toISOString(), level, message, ...rest, ...error }));
    };
  return { info: at('info'), warn: at('warn'), error: at('error') };
}
