import {
  type CollectorOptions,
  type CollectResponse,
  createCollector,
  createMemorySink,
  type MemorySink,
} from '@rastro/collector';

export const now = Date.parse('2026-11-20T09:30:01.004Z');
export const id = (n: number): string => `01936d2e-7c1a-7e3b-9f60-${n.toString(16).padStart(12, '0')}`;

/** A valid event; `fields` are added to it. */
export const event = (n: number, fields: object = {}): Record<string, unknown> => ({
  event_id: id(n),
  event_type: 'view',
  event_time: now - 900,
  session_seq: n,
  product_id: '44600062',
  category_id: '2103807459595387724',
  ...fields,
});
export const envelope = (events: unknown[], fields: object = {}): Record<string, unknown> => ({
  v: 1,
  key: 'demo',
  sent_at: now - 50,
  device_id: 'd-1',
  session_id: 's-1',
  events,
  ...fields,
});

export interface Harness {
  sink: MemorySink;
  deadLetters: MemorySink;
  /** Posts a body: an object as JSON, text or bytes as they are. */
  post(body: unknown, headers?: Record<string, string>): Promise<CollectResponse>;
  /** Posts and reads a 200 answer. */
  answer(body: unknown): Promise<Record<string, unknown>>;
  records(): Record<string, unknown>[];
  letters(): Record<string, unknown>[];
}

/** A collector with memory sinks and a clock that stands still. */
export function harness(options: Partial<CollectorOptions> = {}): Harness {
  const sink = createMemorySink();
  const deadLetters = createMemorySink();
  const collector = createCollector({ sites: { demo: {} }, sink, deadLetters, now: () => now, ...options });
  const post: Harness['post'] = (body, headers = {}) => {
    const text = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
    return collector.handle({
      method: 'POST',
      path: '/e',
      headers: { 'content-type': 'text/plain;charset=UTF-8', ...headers },
      body: typeof text === 'string' ? new TextEncoder().encode(text) : text,
      ip: '203.0.113.77',
    });
  };
  const parse = ({ records }: MemorySink): Record<string, unknown>[] => records.map(({ data }) => JSON.parse(data));
  return {
    sink,
    deadLetters,
    post,
    async answer(body) {
      const response = await post(body);
      if (response.status !== 200) throw new Error(`${response.status} ${response.body}`);
      return JSON.parse(String(response.body));
    },
    records: () => parse(sink),
    letters: () => parse(deadLetters),
  };
}
