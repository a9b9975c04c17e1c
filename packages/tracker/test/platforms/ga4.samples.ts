import type { Mapping } from '../../src/plugins/adapter.js';
import { mapGa4 } from '../../src/plugins/ga4.js';

const pushes = (payload: unknown): Mapping[] => (payload as unknown[]).map((pushed) => mapGa4(pushed));

/** By folder of the samples. Those of gtag() are the arguments of one call. */
export const samples: Record<string, (payload: unknown, name: string) => Mapping[]> = {
  'ga4-gtm': pushes,
  'ua-gtm': pushes,
  gtag: (payload) => [mapGa4(payload)],
};
