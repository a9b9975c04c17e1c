/** What is used of a registry of prom-client: its numbers, to be added to those of other processes. */
export interface MetricsRegistry {
  getMetricsAsJSON(): Promise<object[]>;
}
export interface MetricsText {
  readonly contentType: string;
  readonly body: string;
}

/** For `metrics` of a collector that is one of several workers: given the numbers of this process, answers those of all. */
export type ClusterMetrics = (registry: MetricsRegistry) => () => Promise<MetricsText>;

/**
 * Adds up the numbers of processes. A worker that ended takes its numbers with it: a counter can fall, which Prometheus
 * reads as a restart.
 */
export async function addUp(all: readonly object[][]): Promise<MetricsText> {
  const { AggregatorRegistry } = await import('prom-client');
  const registry = AggregatorRegistry.aggregate(all as object[]);
  return { contentType: registry.contentType, body: await registry.metrics() };
}
