import { destination, pino } from 'pino';
import type { Logger } from '../core/types.js';
import { toDetails } from './log-details.js';
import { type QuietLog, type QuietOptions, quiet } from './quiet-log.js';

/** From the most to the least: `debug` says what `info` does, and is there for whoever sets it everywhere. */
export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface ServerLogOptions extends QuietOptions {
  /** The least that is written. @default 'info' */
  level?: LogLevel | undefined;
  /** Takes each line, with its line feed. @default standard output, without a buffer that an exit could lose */
  write?: ((line: string) => void) | undefined;
}

/** The log of a server: JSON lines through pino, of the shape of `createLog`, with repetitions counted instead of written. */
export function createServerLog(options: ServerLogOptions = {}): QuietLog {
  const { level = 'info', write, ...rest } = options;
  if (!logLevels.includes(level)) {
    throw new TypeError(`logLevel: one of ${logLevels.join(', ')} is needed, got ${JSON.stringify(level)}`);
  }
  const logger = pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    write ? { write } : destination({ dest: 1, sync: true }),
  );
  const lines: Logger = {
    info: (details, message) => logger.info(toDetails(details), message),
    warn: (details, message) => logger.warn(toDetails(details), message),
    error: (details, message) => logger.error(toDetails(details), message),
  };
  return quiet(lines, rest);
}
