// @ts-check
import { Failure } from './run.mjs';

/**
 * The command line of a script that takes flags only.
 *
 * @template {string} Name
 * @param {string} help Printed for --help; its first line also stands below an error.
 * @param {readonly Name[]} [names] Without the dashes.
 * @returns {Record<Name, boolean> | undefined} `undefined` when help was asked for, and printed.
 * @throws {Failure} Naming what is unknown.
 */
export function flags(help, names = []) {
  const words = process.argv.slice(2);
  if (words.includes('--help') || words.includes('-h')) {
    process.stdout.write(help);
    return undefined;
  }
  const known = names.map((name) => `--${name}`);
  const unknown = words.filter((word) => !known.includes(word));
  if (unknown.length > 0) throw new Failure(`Unknown: ${unknown.join(' ')}\n${help.split('\n', 1)[0]}`, 2);
  return /** @type {Record<Name, boolean>} */ (
    Object.fromEntries(names.map((name) => [name, words.includes(`--${name}`)]))
  );
}
