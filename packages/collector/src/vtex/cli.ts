import { createRequire } from 'node:module';
import { createServerLog } from '../adapters/server-log.js';
import { SettingsError } from '../adapters/settings.js';
import { explain } from '../adapters/start.js';
import { createVtexApi } from './api.js';
import { reportFeed } from './check.js';
import { VtexSetupError, VtexUnavailableError } from './errors.js';
import { parseVtexSettings, type VtexSettings, vtexHelp } from './settings.js';

/** Runs the command `rastro-vtex`. Sets the exit code; ends at SIGINT or SIGTERM with the orders under way finished. */
export async function main(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  try {
    const parsed = parseVtexSettings(argv, env);
    if (parsed.command === 'help') return void process.stdout.write(vtexHelp());
    if (parsed.command === 'version') {
      const { version } = createRequire(import.meta.url)('../package.json') as { version: string };
      return void process.stdout.write(`${version}\n`);
    }
    if (!('settings' in parsed)) return;
    const { command, settings } = parsed;
    process.exitCode =
      command === 'check' ? await check(settings) : await run(settings, command === 'once', parsed.warnings);
  } catch (error) {
    const problems = error instanceof SettingsError ? error.problems : [explain(error as Error)];
    const hint = error instanceof SettingsError ? 'See rastro-vtex --help.\n' : '';
    process.stderr.write(`${problems.map((problem) => `rastro-vtex: ${problem}\n`).join('')}${hint}`);
    process.exitCode = 1;
  }
}

async function check({ vtex }: VtexSettings): Promise<number> {
  const { lines, warnings } = reportFeed(await createVtexApi(vtex).feedConfig(), vtex.statuses);
  process.stdout.write(
    [...lines, ...warnings.map((warning) => `warning: ${warning}`)].map((line) => `${line}\n`).join(''),
  );
  return warnings.length > 0 ? 1 : 0;
}

async function run(settings: VtexSettings, untilEmpty: boolean, warnings: readonly string[]): Promise<number> {
  const log = createServerLog({ level: settings.logLevel });
  for (const warning of warnings) log.warn({}, warning);
  const { assembleVtex } = await import('./assemble.js');
  const { orders, close } = assembleVtex(settings, log);
  const stop = new AbortController();
  const end = (signal: NodeJS.Signals): void => {
    // A second signal ends the process at once.
    process.off('SIGINT', end).off('SIGTERM', end);
    log.info({ signal }, 'closing');
    stop.abort();
  };
  process.on('SIGINT', end).on('SIGTERM', end);
  const { stream, deadLetterStream, region, site } = settings;
  log.info({ stream, deadLetterStream, region, site }, 'reading orders');
  let code = 0;
  try {
    await orders.run(stop.signal, { untilEmpty, onPoll: (result) => log.info(result, 'orders') });
  } catch (error) {
    if (!(error instanceof VtexSetupError || error instanceof VtexUnavailableError)) throw error;
    // In full: it says what to do, and holds nothing of an order.
    process.stderr.write(`rastro-vtex: ${error.message}\n`);
    log.error(
      { status: 'status' in error ? error.status : undefined },
      error instanceof VtexSetupError ? 'VTEX refuses' : 'VTEX does not answer',
    );
    code = 1;
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
    await close();
    log.info(orders.totals(), 'closed');
    log.flush();
  }
  return code;
}
