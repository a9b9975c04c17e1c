import type { DeadLetter, StreamRecord } from '@rastro/schema';
import { loadPlugins, loadScript } from '../adapters/script-file.js';
import { createCollector, type SiteOptions } from '../core/collector.js';
import type { CollectRequest } from '../core/types.js';
import { createMemorySink } from '../sinks/memory.js';
import { keyOf } from './envelope.js';
import { type TrackedEvent, toEvents } from './events.js';
import type { RejectionCode } from './names.js';

/** One thing that is wrong with an event. */
export interface Reason {
  readonly code: RejectionCode;
  readonly path: string;
  readonly message: string;
}

/** An event, or a whole request, that the collector refused. */
export interface Rejection {
  /** Of docs/errors.md: `decimal_comma`, `unknown_key`. */
  readonly code: RejectionCode;
  /** JSON Pointer into the event, `''` for the whole. */
  readonly path: string;
  readonly message: string;
  /** All reasons; the first is the one above. */
  readonly errors: readonly Reason[];
  readonly event_type?: string | undefined;
  /** As the page sent it; absent when the whole request was refused. */
  readonly event?: Readonly<Record<string, unknown>> | undefined;
}

/** What goes wrong with each request until it is told otherwise. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'offline' }
  | { readonly kind: 'slow'; readonly delayMs: number };

/** An answer; `undefined`: the network failed. */
export type Reply =
  | { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string | Uint8Array }
  | undefined;

/** A collector of one test's own, and all that it was sent. */
export interface Ledger {
  fault: Fault | undefined;
  /** Requests that have met the fault that is on. */
  readonly faulted: number;
  /** Names of the tracker's plugins that this package has. */
  readonly plugins: readonly string[];
  /** Requests with events so far, those that a fault answered included. */
  readonly requests: number;
  /** Requests being answered. */
  readonly active: number;
  /** When a request last came, or was answered. Unit: ms of the performance clock. */
  readonly lastAt: number;
  records(): readonly StreamRecord[];
  events(): readonly TrackedEvent[];
  rejections(): readonly Rejection[];
  clear(): void;
  /** Answers a request for events, or for the tracker's script. */
  handle(request: Pick<CollectRequest, 'method' | 'path' | 'headers' | 'body'>): Promise<Reply>;
  /** Calls it whenever something has arrived. @returns What ends that. */
  onChange(listener: () => void): () => void;
}

/** Read once in a process: all tests of a worker get the same. */
let scripts: Promise<[Awaited<ReturnType<typeof loadScript>>, Awaited<ReturnType<typeof loadPlugins>>]> | undefined;

export async function createLedger(sites?: Readonly<Record<string, SiteOptions>>): Promise<Ledger> {
  scripts ??= Promise.all([loadScript(), loadPlugins()]);
  const [script, plugins] = await scripts;
  const sink = createMemorySink();
  const deadLetters = createMemorySink();
  const known = new Map<string, SiteOptions>(Object.entries(sites ?? { demo: {} }));
  const options = { sites: Object.fromEntries(known), sink, deadLetters, script, plugins, retryAfterSeconds: 1 };
  const collector = createCollector(options);
  let refusals: Rejection[] = [];
  let requests = 0;
  let fault: Fault | undefined;
  let faulted = 0;
  let active = 0;
  let lastAt = performance.now();
  const listeners = new Set<() => void>();
  const changed = (): void => {
    lastAt = performance.now();
    for (const listener of listeners) listener();
  };

  /** Without `sites`, whatever key a page has is one. */
  const meet = (body: string): void => {
    const key = sites ? undefined : keyOf(body);
    if (key === undefined || known.has(key)) return;
    try {
      collector.setSites(Object.fromEntries([...known, [key, {}]]));
      known.set(key, {});
    } catch {
      // No site key can be like that: the collector says so.
    }
  };

  const answer = async (fault: Fault | undefined, request: CollectRequest): Promise<Reply> => {
    if (fault?.kind === 'offline') return undefined;
    if (fault?.kind === 'slow') await new Promise((done) => setTimeout(done, fault.delayMs));
    if (fault?.kind === 'status') return { ...collector.refuse('unavailable', request.headers), status: fault.status };
    meet(Buffer.from(request.body).toString());
    const response = await collector.handle(request);
    // What cannot be read is a dead letter already.
    if (response.code && !response.code.startsWith('malformed_')) {
      const { error } = JSON.parse(String(response.body)) as { error: { message: string } };
      const why = whyRefused(response.code, Buffer.from(request.body).toString(), request.headers['origin'], sites);
      const reason = { code: response.code, path: '', message: why ?? error.message };
      refusals.push({ ...reason, errors: [reason] });
    }
    return response;
  };

  const ledger: Ledger = {
    get fault() {
      return fault;
    },
    set fault(next) {
      fault = next;
      faulted = 0;
    },
    get faulted() {
      return faulted;
    },
    plugins: Object.keys(plugins),
    get requests() {
      return requests;
    },
    get active() {
      return active;
    },
    get lastAt() {
      return lastAt;
    },
    records: () => sink.records.map(({ data }) => JSON.parse(data) as StreamRecord),
    events: () => toEvents(sink.records.map(({ data }) => JSON.parse(data) as StreamRecord)),
    rejections: () => [
      ...deadLetters.records.map(({ data }) => toRejection(JSON.parse(data) as DeadLetter)),
      ...refusals,
    ],
    clear() {
      sink.records.length = 0;
      deadLetters.records.length = 0;
      refusals = [];
      requests = 0;
    },
    async handle(request) {
      const complete = { ...request, ip: '127.0.0.1' };
      if (request.method !== 'POST') return collector.handle(complete);
      requests++;
      active++;
      if (fault) faulted++;
      changed();
      try {
        return await answer(fault, complete);
      } finally {
        active--;
        changed();
      }
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return ledger;
}

/** The two names that are not the same, where the test has said which there are. */
function whyRefused(
  code: string,
  body: string,
  origin: string | undefined,
  sites: Readonly<Record<string, SiteOptions>> | undefined,
): string | undefined {
  const key = keyOf(body) ?? '';
  if (code === 'unknown_key' && sites)
    return `No site has this key: the page has '${key}'; rastroOptions.sites has ${list(Object.keys(sites))}.`;
  if (code === 'origin_not_allowed' && sites)
    return `The site does not allow this origin: the page is at '${origin}'; rastroOptions.sites['${key}'] has ${list([sites[key]?.origins ?? []].flat())}.`;
  return undefined;
}
const list = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ') || 'none';

function toRejection({ errors, event_type, raw, raw_encoding }: DeadLetter): Rejection {
  const reasons = errors as readonly Reason[];
  const [{ code, path, message }] = reasons as readonly [Reason];
  let event: Rejection['event'];
  try {
    event = JSON.parse(raw_encoding === 'base64' ? Buffer.from(raw, 'base64').toString() : raw);
  } catch {}
  return { code, path, message, errors: reasons, event_type, event };
}
