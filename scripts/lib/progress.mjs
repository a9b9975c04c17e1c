// @ts-check
import { stderr } from 'node:process';

/** Where nobody watches, a line now and then is enough. */
const quietMs = 15_000;

/** A line on stderr that says how far it is: rewritten at a terminal, else written now and then. */
export function createProgress() {
  let writtenAt = Date.now();
  return {
    /** @param {string} line */
    show(line) {
      if (stderr.isTTY) stderr.write(`\r\u001b[K${line}`);
      else if (Date.now() - writtenAt > quietMs) {
        writtenAt = Date.now();
        stderr.write(`${line}\n`);
      }
    },
    end() {
      if (stderr.isTTY) stderr.write('\r\u001b[K');
    },
  };
}
