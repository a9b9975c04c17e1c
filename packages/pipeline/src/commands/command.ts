/** Where a command writes and what it knows of its surroundings: tests give their own. */
export interface CommandIo {
  stdout(text: string): void;
  /** Progress and errors. */
  stderr(text: string): void;
  /** Whether stderr is a terminal: progress bars and colours only there. */
  readonly isTerminal: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A command of `rastro-pipeline`. */
export interface Command {
  /** All of `rastro-pipeline NAME --help`. */
  readonly help: string;
  /**
   * @param argv What stands behind the command's name.
   * @returns The exit code: 0 done, 1 failed, 2 wrong arguments.
   */
  run(argv: readonly string[], io: CommandIo): Promise<number>;
}

/** Where the lake of `npm start` lies, relative to the current folder. */
export const defaultLake = '.rastro/lake';
