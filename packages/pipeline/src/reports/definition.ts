import type { Report } from './report.js';

/** Days of the table that a report reads beside `from`..`to`. */
export type Reach =
  /** None. */
  | 'range'
  /** The equally long range just before. */
  | 'previous'
  /** What a session did before and after, and the hours in which a purchase counts. */
  | 'purchases';

/** A report and what it takes to render it. */
export interface Definition extends Report {
  readonly reach: Reach;
  /** Most rows when none are asked for; reports without a limit have none. */
  readonly limit?: number;
}
