import type { Mapping } from '../../src/plugins/adapter.js';
import { mapFastStore } from '../../src/plugins/faststore.js';

/** By folder of the samples. */
export const samples: Record<string, (payload: unknown, name: string) => Mapping[]> = {
  faststore: (payload) => [mapFastStore(payload)],
};
