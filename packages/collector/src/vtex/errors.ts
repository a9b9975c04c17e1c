/** VTEX refuses in a way that no retry mends: keys, roles or configuration have to change. */
export class VtexSetupError extends Error {
  override readonly name = 'VtexSetupError';
  /** Answer of VTEX. */
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** A call that may succeed later: 5xx, a time-out, no connection, an answer that was cut off. */
export class VtexUnavailableError extends Error {
  override readonly name = 'VtexUnavailableError';
}

/** What is asked for is not there, or is nothing that can be read: asking again does not help for long. */
export class VtexUnreadableError extends Error {
  override readonly name = 'VtexUnreadableError';
}

/** A call that was given up because it was to stop. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
}
