import type { Plugin, PluginTracker, Product, Properties } from '../types.js';
import { jsonLdOf } from './json-ld-page.js';

/** The part of https://developer.mozilla.org/docs/Web/API/Navigation_API that is used. */
interface NavigationApi {
  readonly navigation?: EventTarget;
}

/** An application that has not written the JSON-LD of a page by then will not. Unit: ms. */
const jsonLdTimeoutMs = 10_000;

/** A page by its address. A fragment is a place in the page, unless an application routes by it. */
const pageOf = (url: string): string => url.replace(/#(?![/!]).*$/, '');
const withoutQuery = (url: string): string => url.replace(/\?[^#]*/, '');

/**
 * Tracks a `view` for each page that shows a product: the first one, each that a single-page application navigates to,
 * and each that comes back from the back/forward cache.
 *
 * @param product Which product a page shows; without it the page's JSON-LD does.
 * @param read The product that the texts of a page's JSON-LD tell of. Called again when they have changed, until it gives one.
 */
export function watchPages<P extends Properties>(
  product: ((url: URL) => Product<P> | undefined | Promise<Product<P> | undefined>) | undefined,
  read: (texts: readonly string[], tracker: PluginTracker<P>) => Product<P> | undefined,
): Plugin<P> {
  return {
    setup(tracker) {
      let page = '';
      /** The page that was drawn last, its URL as events tell it, and that of the page before it. */
      let shown: string | undefined;
      let url: string | undefined;
      let referrer: string | undefined;
      /** The product seen last at this path: a changed filter or colour in the query is not another view of it. */
      let seen: string | undefined;
      /** Ends the wait for the JSON-LD of a page that was left. */
      let unwatch = (): void => {};
      /** Of visits to pages: what was begun for an earlier one is void. */
      let visit = 0;

      const view = (found: Product<P> | undefined, fields: object): void => {
        const key = found && `${found.product_id} ${found.sku}`;
        if (found && key !== seen) tracker.track('view', { ...found, ...fields });
        seen = key;
      };

      /** @param stale JSON-LD of the page before, which may still stand there. */
      const look = async (stale: string): Promise<void> => {
        const now = visit;
        const fields = { page_referrer: referrer };
        if (product) {
          const found = await product(new URL(location.href));
          if (now === visit) view(found, fields);
          return;
        }
        let known = stale;
        const check = (): void => {
          const texts = jsonLdOf(document);
          if (texts.join() === known) return;
          known = texts.join();
          const found = read(texts, tracker);
          if (!found) return;
          unwatch();
          view(found, fields);
        };
        const observer = new MutationObserver(check);
        observer.observe(document, { childList: true, subtree: true, characterData: true });
        unwatch = () => observer.disconnect();
        setTimeout(unwatch, jsonLdTimeoutMs);
        check();
      };

      const enter = (stale: string): void => {
        unwatch();
        const now = ++visit;
        const drawn = (): void => {
          // Several changes of the address in a row are one visit: of the last.
          if (now !== visit) return;
          if (shown !== page) [referrer, shown, url] = [url, page, tracker.page()['page_url']];
          void look(stale);
        };
        // A frame, in which the application draws, and a task after it. A hidden page draws no frames.
        if (document.visibilityState === 'hidden') setTimeout(drawn);
        else requestAnimationFrame(() => setTimeout(drawn));
      };

      const navigated = (): void => {
        const next = pageOf(location.href);
        // Before the page is there, a changed address is that of the first page.
        if (!page || next === page) return;
        if (withoutQuery(next) !== withoutQuery(page)) seen = undefined;
        page = next;
        enter(jsonLdOf(document).join());
      };
      const restored = (event: PageTransitionEvent): void => {
        if (!event.persisted) return;
        seen = undefined;
        enter('');
      };
      const start = (): void => {
        page = pageOf(location.href);
        enter('');
      };

      const { navigation } = globalThis as NavigationApi;
      const undo: (() => void)[] = [];
      if (navigation) {
        navigation.addEventListener('currententrychange', navigated);
      } else {
        addEventListener('popstate', navigated);
        addEventListener('hashchange', navigated);
        for (const name of ['pushState', 'replaceState'] as const) {
          const original = history[name];
          const patched: History['pushState'] = function (this: History, ...args) {
            original.apply(this, args);
            navigated();
          };
          history[name] = patched;
          undo.push(() => {
            // Somebody else may have patched it since: then ours stays below theirs, and does nothing more.
            if (history[name] === patched) history[name] = original;
          });
        }
      }
      addEventListener('pageshow', restored);
      if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
      else start();

      return () => {
        visit = Number.NaN;
        unwatch();
        navigation?.removeEventListener('currententrychange', navigated);
        removeEventListener('popstate', navigated);
        removeEventListener('hashchange', navigated);
        removeEventListener('pageshow', restored);
        document.removeEventListener('DOMContentLoaded', start);
        for (const end of undo) end();
      };
    },
  };
}
