/** A session ends after 30 minutes without an event, as web analytics has it since Urchin. */
const idleMs = 1_800_000;

/**
 * The session of an event at `now`: the previous one, one event further, or a new one. A clock set far back starts a new one.
 *
 * @param previous Id, events so far, and instant of the last event; or nothing.
 * @returns Its id, and how many events it has.
 */
export const nextSession = (
  previous: readonly (string | undefined)[],
  now: number,
  newId: () => string,
): readonly [id: string, seq: number] =>
  Math.abs(now - +(previous[2] as string)) < idleMs
    ? [previous[0] as string, +(previous[1] as string) + 1]
    : [newId(), 1];
