/** What a collector in development mode says about its stream. */
export interface StreamSummary {
  /** Records by shard id. */
  readonly shards: Readonly<Record<string, number>>;
  readonly hottest_key?: { readonly key: string; readonly count: number; readonly share: number };
  readonly total: number;
}

/**
 * Asks the collector how its records spread over the shards.
 *
 * @returns `undefined` when it does not serve that: the page exists in development only.
 */
export async function fetchStreamSummary(endpoint: URL): Promise<StreamSummary | undefined> {
  try {
    const response = await fetch(new URL('/dev/stream-summary', endpoint), { signal: AbortSignal.timeout(30_000) });
    if (!response.ok) return undefined;
    const body = (await response.json()) as Partial<StreamSummary> | null;
    const { shards, total } = body ?? {};
    return typeof shards === 'object' && typeof total === 'number' ? (body as StreamSummary) : undefined;
  } catch {
    // Whatever is wrong with it, the events are sent and the summary is complete without.
    return undefined;
  }
}
