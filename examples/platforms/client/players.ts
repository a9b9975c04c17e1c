/** How each platform tells its events: the part that a shop on it has already. */

export interface Sample {
  readonly folder: string;
  readonly name: string;
  readonly payload: unknown;
}
/** Lets the page's platform tell a sample. */
export type Player = (sample: Sample) => void | Promise<void>;
/** What a player hears of its own, where the page has no tracker. */
export type Tell = (type: string, detail: Readonly<Record<string, unknown>>) => void;
type Json = Readonly<Record<string, unknown>>;

/** What an Adobe Commerce shop publishes with a context, and what else stands in its data layer then. */
const adobeEvents: Readonly<Record<string, { context: string; event: string; others?: Json }>> = {
  'product-context': { context: 'productContext', event: 'product-page-view' },
  'changed-products-context': { context: 'changedProductsContext', event: 'add-to-cart' },
  'order-context': {
    context: 'orderContext',
    event: 'place-order',
    others: {
      shoppingCartContext: {
        items: [
          {
            prices: { price: { value: 34.99, currency: 'USD' } },
            product: { sku: 'WJ06-XS-Green', topLevelSku: 'WJ06' },
            quantity: 2,
          },
        ],
      },
    },
  },
  'storefront-context': { context: 'storefrontInstanceContext', event: 'page-view' },
};
/** As much of the Adobe Client Data Layer as the adapter asks of it. */
const adobeDataLayer = (): { push(item: unknown): void } => {
  let hear: ((event: unknown) => void) | undefined;
  const layer = {
    push(item: unknown) {
      if (typeof item === 'function') item(layer);
      else hear?.(item);
    },
    addEventListener(_type: string, listener: (event: unknown) => void) {
      hear = listener;
    },
    removeEventListener() {
      hear = undefined;
    },
    getState: () => ({}),
  };
  return layer;
};
/** As much of `@wordpress/hooks` as the adapter asks of it. */
const wordPressHooks = () => {
  const actions = new Map<string, (detail: unknown) => void>();
  return {
    addAction: (name: string, _namespace: string, act: (detail: unknown) => void) => void actions.set(name, act),
    removeAction: (name: string) => void actions.delete(name),
    doAction: (name: string, detail: unknown) => actions.get(name)?.(detail),
  };
};

/** A custom pixel, and the part of Shopify's sandbox that it asks for; it passes on what it sends. */
const pixel = (origin: string): string => `
  const post = (message) => parent.postMessage(message, '*');
  const { fetch } = self;
  self.fetch = (url, init) => {
    post({ events: JSON.parse(init.body).events });
    return fetch(url, init);
  };
  const items = new Map();
  const localStorage = {
    getItem: async (key) => items.get(key) ?? null,
    setItem: async (key, value) => void items.set(key, value),
    removeItem: async (key) => void items.delete(key),
  };
  const { rastroPixel } = await import('${origin}/rastro/shopify.js');
  const subscribe = (name, callback) => addEventListener('message', ({ data }) => callback(data));
  rastroPixel(
    {
      analytics: { subscribe },
      browser: { localStorage },
      customerPrivacy: { subscribe() {} },
      init: { customerPrivacy: { analyticsProcessingAllowed: true } },
    },
    { endpoint: '${origin}/e', key: 'demo', onError: (error) => post({ error }) },
  );
  post({ started: true });
`;

declare global {
  interface Window {
    adobeDataLayer?: unknown;
    wp?: { hooks: object };
    dataLayer?: unknown[];
    rastro?: { use(plugin: object): void };
  }
}

/** The adapter's line of the page, where it is: after what the platform brings. */
const use = async (slug: string, plugin: string): Promise<void> => {
  const file = `/rastro/${slug}.js`;
  const module = (await import(file)) as Record<string, () => object>;
  window.rastro?.use(module[plugin]?.() as object);
};
const post = (payload: unknown): void => window.postMessage(payload, location.origin);

export const players: Readonly<Record<string, (tell: Tell) => Promise<Player>>> = {
  async ga4() {
    window.dataLayer ??= [];
    const { dataLayer } = window;
    // As Google's snippet has it: the queue gets the Arguments object.
    const gtag = function (..._: unknown[]): void {
      // biome-ignore lint/complexity/noArguments: it is what tells a command from an event.
      dataLayer.push(arguments);
    };
    await use('ga4', 'ga4');
    return ({ folder, payload }) => {
      if (folder === 'gtag') gtag(...(payload as unknown[]));
      else for (const pushed of payload as unknown[]) dataLayer.push(pushed);
    };
  },
  async vtex() {
    await use('vtex', 'vtex');
    return ({ payload }) => post(payload);
  },
  async faststore() {
    await use('faststore', 'faststore');
    return ({ payload }) => post(payload);
  },
  async salesforce() {
    await use('salesforce', 'salesforce');
    return async ({ name, payload }) => {
      await fetch(`/v3/activities/demo/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(payload as Json),
      });
    };
  },
  async 'adobe-commerce'() {
    const layer = adobeDataLayer();
    window.adobeDataLayer = layer;
    await use('adobe-commerce', 'adobeCommerce');
    const storefrontInstanceContext = { storeViewCurrencyCode: 'USD' };
    return ({ name, payload }) => {
      const { context = '', event, others } = adobeEvents[name] ?? {};
      layer.push({ event, eventInfo: { storefrontInstanceContext, ...others, [context]: payload } });
    };
  },
  async woocommerce() {
    const hooks = wordPressHooks();
    window.wp = { hooks };
    window.dataLayer ??= [];
    const { dataLayer } = window;
    await use('woocommerce', 'woocommerce');
    // GTM4WP fills the data layer of Google Tag Manager.
    await use('ga4', 'ga4');
    return ({ payload }) => {
      if (Array.isArray(payload)) for (const pushed of payload) dataLayer.push(pushed);
      else {
        const { quantity } = payload as Json;
        hooks.doAction('experimental__woocommerce_blocks-cart-add-item', { product: payload, quantity });
      }
    };
  },
  async 'json-ld'() {
    await use('json-ld', 'jsonLd');
    return ({ name, payload }) => {
      document.querySelector('script[type="application/ld+json"]')?.remove();
      const script = Object.assign(document.createElement('script'), {
        type: 'application/ld+json',
        textContent: JSON.stringify(payload),
      });
      history.pushState(undefined, '', `?product=${encodeURIComponent(name)}`);
      document.head.append(script);
    };
  },
  async shopify(tell) {
    const file = '/rastro/shopify.js';
    const { mapShopify } = (await import(file)) as { mapShopify(event: unknown): { calls: [method: string][] } };
    const frame = document.createElement('iframe');
    // Without an origin of its own, as Shopify's: what it sends has `Origin: null`.
    frame.sandbox.add('allow-scripts');
    frame.hidden = true;
    frame.srcdoc = `<script type="module">${pixel(location.origin)}</script>`;
    let arrived = (): void => {};
    let sent = 0;
    const started = new Promise<void>((resolve) => {
      addEventListener('message', ({ data, source }: MessageEvent<Json>) => {
        if (source !== frame.contentWindow) return;
        if (data['started']) resolve();
        if (data['error']) tell('error', data['error'] as Json);
        for (const event of (data['events'] ?? []) as Json[]) {
          sent++;
          tell('event', event);
        }
        arrived();
      });
    });
    document.body.append(frame);
    await started;
    return async ({ payload }) => {
      const expected = sent + mapShopify(payload).calls.filter(([method]) => method !== 'identify').length;
      frame.contentWindow?.postMessage(payload, '*');
      // The pixel stores before it sends. What it has sent before it does not send again.
      await Promise.race([
        new Promise<void>((resolve) => {
          arrived = () => sent >= expected && resolve();
          arrived();
        }),
        new Promise((resolve) => setTimeout(resolve, 3000)),
      ]);
    };
  },
};
