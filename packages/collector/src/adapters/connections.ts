import type { Server } from 'node:http';
import type { FastifyHttpOptions } from 'fastify';
import type { Settings } from './settings-table.js';

/** How the server treats those who connect. */
export type ConnectionSettings = Partial<
  Pick<Settings, 'trustedProxies' | 'maxConnections' | 'requestTimeoutMs' | 'keepAliveTimeoutMs'>
>;

export const connectionDefaults: Required<ConnectionSettings> = {
  trustedProxies: [],
  maxConnections: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 75_000,
};

/**
 * Connections that wait to be accepted, at most; the kernel has a bound of its own, `net.core.somaxconn`, 4,096 since
 * Linux 5.4. With Node's 511 a burst is lost in the kernel first: measured, it made the slowest answers.
 */
export const backlog = 4_096;
/** Headers are a few KB and come at once. Who sends them byte by byte holds connections (Slowloris). */
const headersTimeoutMs = 10_000;
/**
 * All headers of a request. First-party cookies come with it; what an AWS ALB lets through is taken:
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html#http-headers-quotas
 */
const maxHeaderBytes = 65_536;
/** How often the two times are looked at; Node's own 30 s would make 60 of 30. */
const checkEveryMs = 1_000;

/** Fastify's options for these settings. */
export function serverOptions(settings: Required<ConnectionSettings>): FastifyHttpOptions<Server> {
  const { trustedProxies, requestTimeoutMs, keepAliveTimeoutMs } = settings;
  return {
    // A number is no option of Fastify's any more: whoever comes around the proxies can claim any address. Here it is
    // the operator's word that nobody can.
    trustProxy:
      typeof trustedProxies === 'number'
        ? (_address: string, hop: number) => hop < trustedProxies
        : trustedProxies.length > 0 && [...trustedProxies],
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    http: {
      headersTimeout: Math.min(headersTimeoutMs, requestTimeoutMs),
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: checkEveryMs,
      maxHeaderSize: maxHeaderBytes,
    },
    // A request that comes on an open connection while the server closes is answered like any other.
    return503OnClosing: false,
  };
}
