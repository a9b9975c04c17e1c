import { createRequire } from 'node:module';
import { startDevServer } from '../dev/dev-server.js';
import { createKinesisClient } from '../sinks/kinesis-client.js';
import { assemble } from './assemble.js';
import { type RunningServer, serve } from './server.js';
import { help, parseSettings, type Settings } from './settings.js';

/** Runs the command `rastro-collector`. Sets the exit code; ends at SIGINT or SIGTERM with what is in flight finished. */
export async function main(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  try {
    const parsed = parseSettings(argv, env);
    if (parsed.action === 'help') return void process.stdout.write(help());
    if (parsed.action === 'version') {
      const { version } = createRequire(import.meta.url)('../package.json') as { version: string };
      return void process.stdout.write(`${version}\n`);
    }
    const server = await run(parsed.settings);
    closeOnSignal(server);
  } catch (error) {
    process.stderr.write(`rastro-collector: ${(error as Error).message}\nSee rastro-collector --help.\n`);
    process.exitCode = 1;
  }
}

async function run(settings: Settings): Promise<RunningServer> {
  const { port, host, sites, stream, deadLetterStream = '', region, kinesisEndpoint: endpoint, dev } = settings;
  const streams = stream ? { streamName: stream, deadLetterStreamName: deadLetterStream, region, endpoint } : undefined;
  if (dev) {
    const server = await startDevServer({ port, host, sites, streams });
    process.stdout.write(`Events:  ${server.url}/e
Script:  ${server.url}/rastro.js
Live:    ${server.url}/live
Kinesis: ${server.streams.endpoint ?? `AWS ${server.streams.region}`}, stream ${server.streams.streamName}
`);
    return server;
  }
  const client = createKinesisClient({ region, endpoint });
  const collector = await assemble({ client, streamName: stream ?? '', deadLetterStreamName: deadLetterStream, sites });
  return serve({ collector, port, host, logger: true });
}

/** Closes a server once at the first SIGINT or SIGTERM; a second signal ends the process at once. */
export function closeOnSignal(server: { close(): Promise<void> }): void {
  const close = (): void => {
    process.off('SIGINT', close).off('SIGTERM', close);
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', close).on('SIGTERM', close);
}
