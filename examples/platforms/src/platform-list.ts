/** A platform that has an adapter, and a page here. */
export interface Platform {
  /** Of the page here, of `docs/platforms/`, and of the adapter's file and subpath. */
  readonly slug: string;
  readonly title: string;
  /** Name of the plugin that the adapter exports. */
  readonly plugin: string;
  /** Folders of `samples/`. */
  readonly folders: readonly string[];
  /** How its events reach the page, in one sentence. */
  readonly hook: string;
  /** `data-currency`, for a platform whose payloads name none. */
  readonly currency?: string;
}

export const platforms: readonly Platform[] = [
  {
    slug: 'ga4',
    title: 'Google Analytics 4',
    plugin: 'ga4',
    folders: ['ga4-gtm', 'gtag', 'ua-gtm'],
    hook: 'Each sample is pushed onto window.dataLayer, as a shop does it for Google Tag Manager or with gtag().',
  },
  {
    slug: 'vtex',
    title: 'VTEX',
    plugin: 'vtex',
    folders: ['vtex-pixel'],
    hook: 'Each sample is posted to the window, as the store’s pixel manager does it.',
  },
  {
    slug: 'faststore',
    title: 'FastStore',
    plugin: 'faststore',
    folders: ['faststore'],
    hook: 'Each sample is posted to the window, as sendAnalyticsEvent() does it.',
  },
  {
    slug: 'shopify',
    title: 'Shopify',
    plugin: 'shopify',
    folders: ['shopify-pixel'],
    hook: 'A pixel runs in a sandboxed frame with no origin, as Shopify’s custom pixels do, and gets each sample.',
  },
  {
    slug: 'adobe-commerce',
    title: 'Adobe Commerce',
    plugin: 'adobeCommerce',
    folders: ['adobe-commerce'],
    hook: 'Each context is pushed onto window.adobeDataLayer with the event that carries it.',
  },
  {
    slug: 'woocommerce',
    title: 'WooCommerce',
    plugin: 'woocommerce',
    folders: ['woocommerce'],
    hook: 'Each sample is told through the hooks of the cart blocks.',
  },
  {
    slug: 'salesforce',
    title: 'Salesforce B2C Commerce',
    plugin: 'salesforce',
    folders: ['salesforce-einstein'],
    hook: 'Each sample is posted to the Einstein activities API, as a PWA Kit shop does it.',
    currency: 'USD',
  },
  {
    slug: 'json-ld',
    title: 'JSON-LD',
    plugin: 'jsonLd',
    folders: ['jsonld'],
    hook: 'Each sample becomes the product data of a page of its own.',
  },
];
