import { createRequire } from 'node:module';
import type { Command, CommandIo } from './commands/command.js';

/** Loaded when asked for: `--help` must not wait for DuckDB. */
const commands: Readonly<Record<string, { summary: string; load: () => Promise<Command> }>> = {
  report: {
    summary: 'answers a question: visitors, funnel, carts not bought, brands …',
    load: async () => (await import('./commands/report.js')).reportCommand,
  },
  query: {
    summary: 'SQL over the lake',
    load: async () => (await import('./commands/query.js')).queryCommand,
  },
  run: {
    summary: 'reads a stream into a lake, counts, warns, and serves the dashboard',
    load: async () => (await import('./commands/run.js')).runCommand,
  },
  compact: {
    summary: 'makes one file of the many of a day',
    load: async () => (await import('./commands/compact.js')).compactCommand,
  },
};

const help = `Usage: rastro-pipeline COMMAND [options]

What becomes of the records on the shop's Kinesis stream.

Commands:
${Object.entries(commands)
  .map(([name, { summary }]) => `  ${name.padEnd(8)} ${summary}`)
  .join('\n')}

  rastro-pipeline COMMAND --help says more. --version prints the version.

Examples:
  rastro-pipeline report --list
  rastro-pipeline report funnel --from 2026-11-01 --to 2026-11-20
  rastro-pipeline query "SELECT event_type, count(*) AS events FROM events GROUP BY 1"
`;

/**
 * Runs the command `rastro-pipeline`.
 *
 * @returns The exit code: 0 done, 1 failed, 2 wrong arguments.
 */
export async function main(argv: readonly string[], given?: CommandIo): Promise<number> {
  const io: CommandIo = given ?? {
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    isTerminal: process.stderr.isTTY === true,
    env: process.env,
  };
  const [name = '--help', ...rest] = argv;
  if (name === '--help' || name === '-h') {
    io.stdout(help);
    return 0;
  }
  if (name === '--version') {
    const { version } = createRequire(import.meta.url)('../package.json') as { version: string };
    io.stdout(`${version}\n`);
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    io.stderr(
      `rastro-pipeline: there is no command ${JSON.stringify(name)}. Commands are ${Object.keys(commands).join(', ')}; --help says more.\n`,
    );
    return 2;
  }
  // The SDK announces on every start which Node.js its future versions need; the one used here is pinned.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  return (await command.load()).run(rest, io);
}
