/**
 * Why records could not be spooled. All of these pass: `full` when records are drained, `disk` when the disk takes writes
 * again, `busy` when the disk has caught up. `closed` passes with the next process.
 */
export type SpoolErrorCode = 'full' | 'disk' | 'busy' | 'closed';

export class SpoolError extends Error {
  override readonly name = 'SpoolError';
  readonly code: SpoolErrorCode;

  constructor(code: SpoolErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
