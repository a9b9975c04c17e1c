import type { EventType, Plugin, Product, Properties } from '../types.js';
import { jsonLdOf, jsonLdProduct } from './json-ld-page.js';

/** Fields that an element can name: `product_id` as `data-rastro-product-id`. */
const names = [
  'product_id',
  'sku',
  'product_name',
  'category_id',
  'category_code',
  'brand',
  'price',
  'currency',
  'quantity',
];
const attributeOf = (name: string): string => `data-rastro-${name.replaceAll('_', '-')}`;
const marked = '[data-rastro=view]';

/**
 * Tracks what the markup says, without a line of JavaScript in the page:
 *
 *     <article data-rastro="view" data-rastro-product-id="44600062" data-rastro-price="35.79">
 *       <button data-rastro="cart">Add to cart</button>
 *     </article>
 *
 * `view` counts when the element is in the page, once for each product id it gets; `cart` and `remove_from_cart` count
 * when the element is clicked or, a form, submitted. Elements may come and go.
 */
export function attributes<P extends Properties = Properties>(): Plugin<P> {
  return {
    setup(tracker) {
      /** What elements have told a view of: the product that they name, `undefined` where the JSON-LD did. */
      const viewed = new WeakMap<Element, unknown>();
      let parsed: { texts: string; product: Product | undefined } | undefined;

      /** The page's product by JSON-LD, read anew when it has changed. */
      const pageProduct = (): Product | undefined => {
        const texts = jsonLdOf(document);
        const key = texts.join();
        if (parsed?.texts !== key) parsed = { texts: key, product: jsonLdProduct(texts) };
        return parsed.product;
      };

      /** @param path The element and what it is in, innermost first. */
      const fieldsOf = (path: readonly EventTarget[]): Record<string, unknown> => {
        const fields: Record<string, unknown> = {};
        for (const element of path) {
          if (!(element instanceof Element)) continue;
          for (const name of names) fields[name] ??= element.getAttribute(attributeOf(name)) || undefined;
          // Beyond the element that names the product other products may begin.
          if (fields['product_id']) break;
        }
        const [first] = path;
        if (first instanceof HTMLFormElement) {
          const control = first.elements.namedItem('quantity');
          fields['quantity'] ??= (control as HTMLInputElement | null)?.value;
        }
        // What is no number stays as it is: the collector says what is wrong with it.
        if (fields['quantity']) fields['quantity'] = Number(fields['quantity']) || fields['quantity'];
        return fields;
      };
      const track = (type: EventType, fields: Record<string, unknown>): void => {
        if (!fields['product_id']) {
          for (const [name, value] of Object.entries(pageProduct() ?? {})) fields[name] ??= value;
        }
        tracker.track(type, fields);
      };

      const act = (event: Event): void => {
        const path = event.composedPath();
        const at = path.findIndex(
          (target) =>
            target instanceof Element &&
            /^(cart|remove_from_cart)$/.test(target.getAttribute('data-rastro') ?? '') &&
            target instanceof HTMLFormElement === (event.type === 'submit'),
        );
        if (at < 0) return;
        const type = (path[at] as Element).getAttribute('data-rastro');
        track(type as EventType, fieldsOf(path.slice(at)));
      };

      const view = (element: Element): void => {
        const path: Node[] = [];
        for (let node: Node | null = element; node; node = node.parentNode) path.push(node);
        const fields = fieldsOf(path);
        const { product_id } = fields;
        if (viewed.has(element) && viewed.get(element) === product_id) return;
        // A page that is drawn step by step may say later what it shows.
        if (!product_id && !pageProduct()) return;
        viewed.set(element, product_id);
        track('view', fields);
      };
      const look = (): void => document.querySelectorAll(marked).forEach(view);
      const observer = new MutationObserver(look);
      const start = (): void => {
        observer.observe(document, {
          childList: true,
          subtree: true,
          attributeFilter: ['data-rastro', attributeOf('product_id')],
        });
        look();
      };

      // In the capture phase: a page that stops the event has still been clicked.
      document.addEventListener('click', act, true);
      document.addEventListener('submit', act, true);
      // Half a page may lack the JSON-LD that says which product it shows.
      if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
      else start();
      return () => {
        document.removeEventListener('click', act, true);
        document.removeEventListener('submit', act, true);
        document.removeEventListener('DOMContentLoaded', start);
        observer.disconnect();
      };
    },
  };
}
