import type { Storage } from './storage.js';
import { uuid7 } from './uuid.js';

export interface Session {
  readonly id: string;
  /** Events so far. */
  readonly seq: number;
  /** Instant of the last event. */
  readonly lastAt: number;
}

/** A session ends after 30 minutes without an event, as web analytics has it since Urchin. */
const idleMs = 1_800_000;

/** The session of an event at `now`: the previous one, one event further, or a new one. A clock set far back starts a new one. */
export function nextSession(previous: Session | undefined, now: number, newId: () => string): Session {
  return previous && Math.abs(now - previous.lastAt) < idleMs
    ? { id: previous.id, seq: previous.seq + 1, lastAt: now }
    : { id: newId(), seq: 1, lastAt: now };
}

/** Takes the next step of the session that all tabs of the shop share. */
export function advanceSession(storage: Storage, now: number): Session {
  const [id, seq, lastAt] = (storage.get('rastro_session') ?? '').split(' ');
  const previous = id && Number(lastAt) ? { id, seq: Number(seq) || 0, lastAt: Number(lastAt) } : undefined;
  const session = nextSession(previous, now, () => uuid7(now, 0));
  storage.set('rastro_session', `${session.id} ${session.seq} ${session.lastAt}`);
  return session;
}
