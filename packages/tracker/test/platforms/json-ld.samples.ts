import type { Mapping } from '../../src/plugins/adapter.js';
import { mapJsonLd } from '../../src/plugins/json-ld.js';

/** By folder of the samples: the mappings of a payload. */
export const samples: Record<string, (payload: unknown, name: string) => Mapping[]> = {
  jsonld: (payload) => [mapJsonLd(payload)],
};
