import type { Mapping } from '../../src/plugins/adapter.js';
import { mapVtex } from '../../src/plugins/vtex.js';

/** By folder of genuine payloads: what each of them tells. */
export const samples: Record<string, (payload: unknown, name: string) => Mapping[]> = {
  'vtex-pixel': (payload) => [mapVtex(payload)],
};
