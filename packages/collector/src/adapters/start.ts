import type { Logger } from '../core/types.js';
import type { ClusterMetrics } from './cluster-metrics.js';
import type { RunningServer } from './server.js';
import type { ProcessSettings } from './spool-folders.js';

export interface StartOptions {
  settings: ProcessSettings;
  log: Logger;
  /** Given by one of several workers. */
  clusterMetrics?: ClusterMetrics | undefined;
}

// Imported when needed: --help works, and a missing package is named, without the packages that a way of running needs.
/** Starts the server of one process. */
export async function start({ settings, log, clusterMetrics }: StartOptions): Promise<RunningServer> {
  const { port, host, stream, deadLetterStream, region, spoolDirectory } = settings;
  const [{ assembleServer }, { serve }] = await Promise.all([import('./assemble-server.js'), import('./server.js')]);
  const collector = await assembleServer({ settings, log, clusterMetrics });
  const { maxConnections, requestTimeoutMs, keepAliveTimeoutMs, trustedProxies, drainDelayMs, metricsPort } = settings;
  const connections = { maxConnections, requestTimeoutMs, keepAliveTimeoutMs, trustedProxies };
  // Of several workers, the process that started them has that port.
  const operations = clusterMetrics ? { metricsElsewhere: metricsPort !== undefined } : { metricsPort };
  const server = await serve({ collector, port, host, drainDelayMs, ...connections, ...operations });
  const where = { url: server.url, metricsUrl: server.metricsUrl, region, stream, deadLetterStream, spoolDirectory };
  log.info(where, 'listening');
  return server;
}

/** A log whose lines say which worker they are of. */
export function numberLog(log: Logger, worker: number): Logger {
  const at =
    (own: 'info' | 'warn' | 'error'): Logger['info'] =>
    (details, message) =>
      log[own]({ worker, ...details }, message);
  return { info: at('info'), warn: at('warn'), error: at('error') };
}

/** What is missing is one of the optional peers: says which, and how to get it. */
export function explain(error: Error & { code?: string }): string {
  const missing = error.code === 'ERR_MODULE_NOT_FOUND' && /Cannot find package '([^']+)'/.exec(error.message)?.[1];
  return missing ? `the package ${missing} is needed for this. Run: npm install ${missing}` : error.message;
}
