import type { Command, CommandIo } from '../../src/commands/command.js';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command, and keeps what it writes. */
export async function run(command: Command, argv: readonly string[], isTerminal = false): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  const io: CommandIo = {
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
    isTerminal,
    env: {},
  };
  const code = await command.run(argv, io);
  return { code, stdout, stderr };
}
