import { createRequire } from 'node:module';
import { closeOnSignal } from './close.js';
import { createLog } from './log.js';
import type { RunningServer } from './server.js';
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
    process.stderr.write(`rastro-collector: ${explain(error as Error)}\nSee rastro-collector --help.\n`);
    process.exitCode = 1;
  }
}

// Imported when needed: --help works, and a missing package is named, without the packages that a way of running needs.
async function run(settings: Settings): Promise<RunningServer> {
  const { port, host, sites, stream, deadLetterStream = '', region, kinesisEndpoint: endpoint, dev } = settings;
  const log = createLog((line) => process.stdout.write(`${line}\n`));
  if (dev) {
    const streams = stream
      ? { streamName: stream, deadLetterStreamName: deadLetterStream, region, endpoint }
      : undefined;
    const { startDevServer } = await import('../dev/dev-server.js');
    const server = await startDevServer({ port, host, sites, streams, log });
    const { streamName, deadLetterStreamName, region: where, endpoint: emulator } = server.streams;
    process.stdout.write(`Events:  ${server.url}/e, site key ${Object.keys(sites).join(', ')}
Script:  ${server.url}/rastro.js
Live:    ${server.url}/live
Kinesis: ${emulator ? `${emulator}, any credentials` : 'AWS'}, region ${where}, streams ${streamName} and ${deadLetterStreamName}
`);
    return server;
  }
  const [{ assemble }, { createKinesisClient }, { serve }] = await Promise.all([
    import('./assemble.js'),
    import('../sinks/kinesis-client.js'),
    import('./server.js'),
  ]);
  const client = createKinesisClient({ region, endpoint });
  const names = { streamName: stream ?? '', deadLetterStreamName: deadLetterStream };
  const server = await serve({ collector: await assemble({ client, ...names, sites, log }), port, host });
  log.info({ url: server.url, region, ...names }, 'listening');
  return server;
}

/** What is missing is one of the optional peers: says which, and how to get it. */
function explain(error: Error & { code?: string }): string {
  const missing = error.code === 'ERR_MODULE_NOT_FOUND' && /Cannot find package '([^']+)'/.exec(error.message)?.[1];
  return missing ? `the package ${missing} is needed for this. Run: npm install ${missing}` : error.message;
}
