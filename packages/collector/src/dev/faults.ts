import type { Random } from './random.js';

/** What becomes of a whole call. */
export type CallFault =
  /** 400 `ProvisionedThroughputExceededException`. */
  | 'throttled'
  /** 400 `LimitExceededException`. */
  | 'limitExceeded'
  /** 500 `InternalFailure`. */
  | 'internalFailure'
  /** 503 `ServiceUnavailable`. */
  | 'unavailable'
  /** 400 `AccessDeniedException`. */
  | 'accessDenied'
  /** 400 `ExpiredTokenException`. */
  | 'expiredToken'
  /** The connection is reset, and nothing was written. */
  | 'resetBefore'
  /** The connection is reset after the records were written: the answer is lost. */
  | 'resetAfter'
  /** Nothing is written, and nothing is ever answered. */
  | 'hangBefore'
  /** The records are written, and nothing is ever answered. */
  | 'hangAfter';

/** How likely what is. At most one fault hits a call; its records fail, and its answer is slow, besides. */
export interface Faults extends Record<CallFault, number> {
  /** Chance of each record of PutRecords to fail with `ProvisionedThroughputExceededException`. */
  recordThrottled: number;
  /** Chance of each record of PutRecords to fail with `InternalFailure`. */
  recordFailed: number;
  /** Chance of an answer to be held back, after the call was carried out. */
  slow: number;
  /** How long: evenly between the two. Unit: ms. */
  slowMs: readonly [least: number, most: number];
  /**
   * Throttles each shard as the service does, by records and by bytes, at this share of the real limits: 0.01 is 10
   * records a second. 0 throttles nothing.
   */
  shardLimitScale: number;
  /** The operations that faults hit; all others pass untouched. */
  operations: readonly string[];
}

export const noFaults: Faults = {
  throttled: 0,
  limitExceeded: 0,
  internalFailure: 0,
  unavailable: 0,
  accessDenied: 0,
  expiredToken: 0,
  resetBefore: 0,
  resetAfter: 0,
  hangBefore: 0,
  hangAfter: 0,
  recordThrottled: 0,
  recordFailed: 0,
  slow: 0,
  slowMs: [100, 1_000],
  shardLimitScale: 0,
  operations: ['PutRecords', 'PutRecord'],
};

/**
 * Status, name and message as Kinesis gives them:
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html#API_PutRecords_Errors and its common errors.
 */
export const callErrors: Readonly<
  Partial<Record<CallFault, readonly [status: number, type: string, message: string]>>
> = {
  throttled: [400, 'ProvisionedThroughputExceededException', 'Rate exceeded for stream.'],
  limitExceeded: [400, 'LimitExceededException', 'Rate exceeded.'],
  internalFailure: [
    500,
    'InternalFailure',
    'The request processing has failed because of an unknown error, exception or failure.',
  ],
  unavailable: [503, 'ServiceUnavailable', 'The request has failed due to a temporary failure of the server.'],
  accessDenied: [
    400,
    'AccessDeniedException',
    'User is not authorized to perform: kinesis:PutRecords because no identity-based policy allows it.',
  ],
  expiredToken: [400, 'ExpiredTokenException', 'The security token included in the request is expired.'],
};

export const callFaults: readonly CallFault[] = [
  'throttled',
  'limitExceeded',
  'internalFailure',
  'unavailable',
  'accessDenied',
  'expiredToken',
  'resetBefore',
  'resetAfter',
  'hangBefore',
  'hangAfter',
];
const chances = [...callFaults, 'recordThrottled', 'recordFailed', 'slow'] as const;

/** @throws {TypeError} If a chance is none, those of the whole call are more than 1 together, or a number is negative. */
export function checkFaults(faults: Faults): Faults {
  for (const name of chances) {
    const chance = faults[name];
    if (!(chance >= 0 && chance <= 1)) throw new TypeError(`${name}: a chance from 0 to 1 is needed, got ${chance}`);
  }
  // Binary fractions: ten times 0.1 is a little less than 1.
  if (sum(faults, callFaults) > 1 + 1e-9) throw new TypeError('The chances of the faults of a call are more than 1.');
  if (sum(faults, ['recordThrottled', 'recordFailed']) > 1 + 1e-9)
    throw new TypeError('The chances of the faults of a record are more than 1.');
  const [least, most] = faults.slowMs;
  if (!(least >= 0 && most >= least))
    throw new TypeError(`slowMs: two rising numbers are needed, got ${least}, ${most}`);
  if (!(faults.shardLimitScale >= 0))
    throw new TypeError(`shardLimitScale: a number from 0 is needed, got ${faults.shardLimitScale}`);
  return faults;
}

function sum(faults: Faults, names: readonly (keyof Faults)[]): number {
  return names.reduce((total, name) => total + (faults[name] as number), 0);
}

/** Draws one of several things, each with its chance, or none. */
export function draw<Name extends CallFault | 'recordThrottled' | 'recordFailed'>(
  faults: Faults,
  names: readonly Name[],
  random: Random,
): Name | undefined {
  let at = random();
  for (const name of names) {
    at -= faults[name];
    if (at < 0) return name;
  }
  return undefined;
}
