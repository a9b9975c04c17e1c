import type { DayRange } from './filters.js';

/**
 * `empty`: there is no event at all. `robots`: only robots came in these days, and they are left out. `filters`: there may be
 * some of another site, category or currency. `days`: there may be some on other days. `none`: nothing is left out.
 */
export type Absence = 'empty' | 'robots' | 'filters' | 'days' | 'none';

/** What cards know beside their rows. */
export interface Scene {
  readonly days: DayRange;
  /** Currency that is asked for, or `''`. */
  readonly currency: string;
  /** Most frequent first. */
  readonly currencies: readonly string[];
  /** Why a card may have nothing to show. Known some time after the cards' own answers. */
  absence(): Absence;
  /** Leaves nothing out for this reason. */
  widen(absence: Absence): void;
  /** Asks for another currency. */
  chooseCurrency(code: string): void;
}
