import type { Mapping } from '../../src/plugins/adapter.js';
import { mapSalesforce } from '../../src/plugins/salesforce.js';

/** By folder of genuine payloads: what each of them tells. They are bodies of requests, named after the activity. */
export const samples: Record<string, (payload: unknown, name: string) => Mapping[]> = {
  'salesforce-einstein': (body, activity) => [mapSalesforce({ activity, body })],
};
