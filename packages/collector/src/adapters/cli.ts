import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Logger } from '../core/types.js';
import { closeOnSignal } from './close.js';
import { type Reload, watchConfig } from './reload.js';
import type { RunningServer } from './server.js';
import { createServerLog } from './server-log.js';
import { help, parseSettings, printConfig, type Settings, SettingsError } from './settings.js';
import { toProcesses } from './spool-folders.js';
import { explain, start } from './start.js';
import { isWorker, runWorker } from './worker.js';

/** Runs the command `rastro-collector`. Sets the exit code; ends at SIGINT or SIGTERM with what is in flight finished. */
export async function main(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  try {
    if (isWorker(env)) return runWorker(logAt);
    if (argv[0] === 'spool') {
      const { runSpoolCommand } = await import('./spool-cli.js');
      process.exitCode = await runSpoolCommand(
        argv.slice(1),
        (text) => void process.stdout.write(text),
        (text) => void process.stderr.write(text),
      );
      return;
    }
    let content = '';
    const readFile = (path: string): string => {
      content = readFileSync(path, 'utf8');
      return content;
    };
    const parsed = parseSettings(argv, env, { readFile });
    if (parsed.action === 'help') return void process.stdout.write(help());
    if (parsed.action === 'version') {
      const { version } = createRequire(import.meta.url)('../package.json') as { version: string };
      return void process.stdout.write(`${version}\n`);
    }
    const { settings, warnings } = parsed;
    if (parsed.action === 'print-config') {
      for (const warning of warnings) process.stderr.write(`rastro-collector: ${warning}\n`);
      return void process.stdout.write(printConfig(parsed));
    }
    const log = logAt(settings.logLevel);
    for (const warning of warnings) log.warn({}, warning);
    let reload: Reload | undefined;
    // From the first moment: a signal that comes while the server starts must not end it. What has changed by then is seen
    // soon after. Without a file SIGHUP ends the process, as ever.
    if (settings.config !== undefined) process.on('SIGHUP', () => void reload?.now());
    const server = await run(settings, log);
    const { drainDelayMs, drainTimeoutMs, dev, workers } = settings;
    // Workers have the same time, and a moment to say how it went.
    const timeoutMs = drainDelayMs + drainTimeoutMs + (workers > 1 ? 1_000 : 0);
    // Whoever works at a terminal is not told that it closes.
    closeOnSignal(server, dev ? { timeoutMs } : { timeoutMs, log });
    if (settings.config === undefined) return;
    const parse = (text: string): Settings => {
      const again = parseSettings(argv, env, { readFile: () => text });
      return 'settings' in again ? again.settings : settings;
    };
    reload = watchConfig({ path: settings.config, content, settings, parse, setSites: server.setSites, log });
  } catch (error) {
    const problems = error instanceof SettingsError ? error.problems : [explain(error as Error)];
    const lines = problems.map((problem) => `rastro-collector: ${problem}\n`).join('');
    process.stderr.write(`${lines}See rastro-collector --help.\n`);
    process.exitCode = 1;
  }
}

const logAt = (level: Settings['logLevel']): Logger => createServerLog({ level });

async function run(settings: Settings, log: Logger): Promise<Omit<RunningServer, 'handle'>> {
  if (settings.dev) return startDev(settings, log);
  if (settings.workers > 1) return (await import('./workers.js')).runWorkers({ settings, log });
  const [only] = await toProcesses(settings);
  return start({ settings: only ?? { ...settings, spoolLeftovers: [] }, log });
}

async function startDev(settings: Settings, log: Logger): Promise<RunningServer> {
  const { port, host, sites, stream, deadLetterStream = '', region, kinesisEndpoint: endpoint } = settings;
  const streams = stream ? { streamName: stream, deadLetterStreamName: deadLetterStream, region, endpoint } : undefined;
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
