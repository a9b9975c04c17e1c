import type { Plugin, Properties } from '../types.js';
import { type Mapping, nothing, objectOf, play } from './adapter.js';
import { type Ga4ItemOptions, mapEvent, methods } from './ga4-items.js';

export type { Call, Mapping } from './adapter.js';

export interface FastStoreOptions extends Omit<Ga4ItemOptions, 'sku'> {
  /** Name of the item's parameter that is its SKU. @default 'item_variant' */
  sku?: string | undefined;
}

/**
 * What one message of FastStore's analytics says: as `sendAnalyticsEvent` posts it, or unwrapped, as `useAnalyticsEvent` gives it.
 */
export function mapFastStore(data: unknown, options: FastStoreOptions = {}): Mapping {
  try {
    let event = objectOf(data);
    if (event['name'] === 'AnalyticsEvent') event = objectOf(event['params']);
    const name = event['name'];
    if (typeof name !== 'string') return nothing;
    const plain = name.replace(/^store:/, '');
    const method = methods.get(plain);
    const parameters = objectOf(event['params']);
    return method
      ? mapEvent(plain, method, (field) => parameters[field], { ...options, sku: options.sku ?? 'item_variant' })
      : nothing;
  } catch {
    return { calls: [], reasons: ['message: cannot be read'] };
  }
}

/** Listens to the messages of FastStore's analytics. */
export function faststore<P extends Properties = Properties>(options: FastStoreOptions = {}): Plugin<P> {
  return {
    setup(tracker) {
      const listener = ({ source, origin, data }: MessageEvent): void => {
        // A frame must not be able to forge an order.
        if (source === window && origin === location.origin && objectOf(data)['name'] === 'AnalyticsEvent')
          play(tracker, 'faststore', mapFastStore(data, options));
      };
      addEventListener('message', listener);
      return () => removeEventListener('message', listener);
    },
  };
}
