import type { Plugin } from '@rastro/tracker';
import { pageViews } from '@rastro/tracker/page-views';
import type { DataRouter } from 'react-router';
import type { ShopProperties } from './rastro.js';
import { articleOf, findProduct } from './shop.js';
import { createStore, type Store } from './store.js';

/** The page that React has drawn last, by its key in the router. layout.tsx tells. */
export const drawn: Store<string | undefined> = createStore<string | undefined>(undefined);

/**
 * A view for each product page that the router shows. Views come from the address, not from components: those are drawn
 * twice, and often, and before they are shown.
 */
export function views(router: DataRouter): Plugin<ShopProperties> {
  return pageViews<ShopProperties>({
    async product() {
      const { location, matches } = router.state;
      // The address changes first; React draws when it has time. Until then the title is that of the page before. When the
      // shopper has gone on meanwhile, what comes of this is forgotten.
      await until(drawn, (page) => page === location.key || location !== router.state.location);
      const found = findProduct(matches.at(-1)?.params['productId'] ?? '');
      // The state is what the link carried: the list that it stood in.
      return found && articleOf(found.product, location.state);
    },
  });
}

function until<T>({ get, subscribe }: Store<T>, holds: (value: T) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (!holds(get())) return;
      end();
      resolve();
    };
    const end = subscribe(check);
    check();
  });
}
