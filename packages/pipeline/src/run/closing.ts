/**
 * Ends things whatever becomes of each of them.
 *
 * @throws What went wrong, after all have ended.
 */
export async function endAll(ends: readonly (() => Promise<unknown>)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const end of ends) {
    try {
      await end();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, errors.map((error) => (error as Error).message).join('; '));
}
