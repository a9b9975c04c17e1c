import type { Collector } from '../core/collector.js';

/** A collector that is about to end: says so at `/readyz`, counts what it still answers, and asks clients to leave. */
export interface Draining {
  readonly collector: Collector;
  /** From now on `/readyz` is 503. */
  begin(): void;
  /** From now on each answer closes its connection. */
  leave(): void;
  readonly inFlight: number;
}

export function createDraining(collector: Collector): Draining {
  let draining = false;
  let leaving = false;
  let inFlight = 0;
  return {
    collector: {
      ...collector,
      async handle(request) {
        if (draining && request.path === '/readyz') {
          return {
            status: 503,
            headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
            body: JSON.stringify({ status: 'draining', checks: {} }),
          };
        }
        inFlight++;
        try {
          const response = await collector.handle(request);
          return leaving ? { ...response, headers: { ...response.headers, connection: 'close' } } : response;
        } finally {
          inFlight--;
        }
      },
    },
    begin() {
      draining = true;
    },
    leave() {
      leaving = true;
    },
    get inFlight() {
      return inFlight;
    },
  };
}
