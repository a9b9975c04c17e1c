/** What the replay needs of its surroundings. Tests bring their own. */
export interface Io {
  readonly stdout: NodeJS.WritableStream;
  /** Progress and messages; a bar is drawn when it is a terminal. */
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Clock. Unit: ms. */
  now(): number;
  /** Resolves after `ms`, or as soon as the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** From 0 up to, not including, 1. */
  random(): number;
}
