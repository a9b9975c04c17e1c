import { type AlertChannel, named } from './alert.js';
import { alertLine } from './line.js';

/** Writes each alert as one line. @param write Takes the line with its end. */
export function terminalChannel(write: (line: string) => void): AlertChannel {
  return named('terminal', async (alert) => write(`ALERT ${alertLine(alert)}\n`));
}
