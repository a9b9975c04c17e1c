import { createMemorySink, once } from '@rastro/collector';
import { sinkContract } from './contract.js';

sinkContract('memory', async () => {
  const sink = createMemorySink();
  return { sink, read: async () => [...sink.records] };
});

sinkContract('once', async () => {
  const inner = createMemorySink();
  return { sink: once(inner), read: async () => [...inner.records] };
});
