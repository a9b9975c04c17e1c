/** Something is wrong with the command line; the message names it. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What was asked cannot be done here: exit code 1, with this message alone. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/**
 * Reads a number of the command line.
 *
 * @throws {UsageError} Naming the option, its bounds and what it got.
 */
export function numberOf(
  name: string,
  text: string | undefined,
  { least, most }: { least: number; most: number },
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(`--${name} must be a whole number from ${least} to ${most}, got ${JSON.stringify(text)}`);
}
