import { readFile } from 'node:fs/promises';
import { expect, type Shop, test } from './support/fixtures.js';

type Fields = Record<string, unknown>;

/** A page with the tracker and a plugin, which is there before the platform's own scripts, or after them. */
const page = (setup: string, body: string, { early = true, attributes = '' } = {}): string => {
  const tracker = `<script>window.rastro={q:[]};rastro.use=(...a)=>rastro.q.push(['use',a,Date.now()])</script>
    <script type="module">import { adobeCommerce } from '/rastro/adobe-commerce.js';
    import { jsonLd } from '/rastro/json-ld.js';
    import { woocommerce } from '/rastro/woocommerce.js';
    ${setup}</script>
    <script defer src="/rastro.js" data-key="demo" ${attributes}></script>`;
  return `<!doctype html><title>Page</title>${early ? tracker : ''}<body>${body}</body>${early ? '' : tracker}`;
};
const told = async (shop: Shop, count: number): Promise<Fields[]> =>
  (await shop.settled(count)).map(({ record }) => record);

/**
 * What https://github.com/adobe/adobe-client-data-layer (3.0.1) does of what is used here: what was pushed before is
 * processed when it loads, functions are called with the layer, and listeners hear of past events at once. The real one
 * runs in its place where RASTRO_ACDL names its file.
 */
const standIn = `{
  const layer = (window.adobeDataLayer ??= []);
  const before = layer.splice(0);
  const listeners = [];
  let state = {};
  const copy = (value) => JSON.parse(JSON.stringify(value));
  const call = ({ type, handler }, item) => {
    if (item.event && (type === 'adobeDataLayer:event' || type === item.event)) handler.call(layer, copy(item));
  };
  layer.push = (...items) => {
    for (const item of items) {
      if (typeof item === 'function') { item.call(layer, layer); continue; }
      const { event, eventInfo, ...data } = item;
      for (const [key, value] of Object.entries(data)) {
        if (value == null) delete state[key];
        else state[key] = copy(value);
      }
      for (const listener of listeners) call(listener, item);
      Array.prototype.push.call(layer, item);
    }
    return layer.length;
  };
  layer.getState = () => copy(state);
  layer.addEventListener = (type, handler) => {
    listeners.push({ type, handler });
    for (const item of layer) call({ type, handler }, item);
  };
  layer.removeEventListener = (type, handler) => {
    const at = listeners.findIndex((one) => one.type === type && one.handler === handler);
    if (at >= 0) listeners.splice(at, 1);
  };
  layer.version = '3.0.1';
  for (const item of before) layer.push(item);
}`;
const dataLayer = process.env['RASTRO_ACDL'] ? await readFile(process.env['RASTRO_ACDL'], 'utf8') : standIn;

/** How the storefront events SDK sets a context and publishes an event: https://github.com/adobe/commerce-events. */
const sdk = `
  window.adobeDataLayer = window.adobeDataLayer || [];
  const context = (name, value) => { adobeDataLayer.push({ [name]: null }); adobeDataLayer.push({ [name]: value }); };
  const publish = (event) => adobeDataLayer.push((acdl) => acdl.push({ event, eventInfo: { ...acdl.getState() } }));`;
const shirt = {
  productId: 42,
  name: 'Linen shirt',
  sku: 'LS-M',
  topLevelSku: 'LS',
  categories: ['7'],
  pricing: { regularPrice: 60, specialPrice: 48, currencyCode: 'EUR' },
};
const line = { id: 'a', prices: { price: { value: 48, currency: 'EUR' } }, product: shirt, quantity: 2 };

test.describe('adobe-commerce', () => {
  for (const early of [true, false]) {
    test(`tells what the SDK published, loaded ${early ? 'before' : 'after'} it`, async ({ shop, page: tab }) => {
      const errors: Error[] = [];
      tab.on('pageerror', (error) => errors.push(error));
      shop.serve(
        '/t',
        page(
          'rastro.use(adobeCommerce());',
          `<script>${sdk}
          context('storefrontInstanceContext', { storeViewCurrencyCode: 'EUR' });
          context('productContext', ${JSON.stringify(shirt)});
          publish('page-view');
          publish('product-page-view');
          context('productContext', { sku: 'later' });
          </script><script>${dataLayer}</script><button>Add</button><script>
          document.querySelector('button').onclick = () => {
            context('shoppingCartContext', { id: 'c', items: [${JSON.stringify(line)}, ${JSON.stringify(line)}] });
            context('changedProductsContext', { items: [${JSON.stringify({ ...line, quantity: 1 })}] });
            publish('add-to-cart');
            context('accountContext', { accountId: 'c-7' });
            publish('sign-in');
            context('orderContext', { orderId: 111, grandTotal: 96, shipping: {} });
            context('shoppingCartContext', null);
            context('shoppingCartContext', { id: 'c', items: [${JSON.stringify(line)}] });
            publish('place-order');
          };</script>`,
          { early },
        ),
      );
      await tab.goto(`${shop.url}/t`);
      expect(await told(shop, 1)).toMatchObject([{ event_type: 'view', product_id: 'LS', price: 48 }]);
      await tab.getByRole('button').click();
      const found = await told(shop, 3);
      expect(found).toMatchObject([
        { event_type: 'view', product_id: 'LS', sku: 'LS-M', category_id: '7', price: 48, currency: 'EUR' },
        { event_type: 'cart', product_id: 'LS', sku: 'LS-M', price: 48, quantity: 1 },
        { event_type: 'purchase', order_id: '111', product_id: 'LS', quantity: 2, customer_id: 'c-7' },
      ]);
      expect(found[1]).not.toHaveProperty('customer_id');
      expect(found).toHaveLength(3);
      expect(errors).toEqual([]);
    });
  }

  test('fills what a page leaves out of an event from the state of the data layer', async ({ shop, page: tab }) => {
    shop.serve(
      '/t',
      page(
        'rastro.use(adobeCommerce());',
        `<script>${dataLayer}${sdk}</script><button>View</button><script>
        context('storefrontInstanceContext', { storeViewCurrencyCode: 'EUR' });
        adobeDataLayer.push({ event: 'product-page-view', eventInfo: { productContext: { sku: 'first', pricing: { regularPrice: 5 } } } });
        document.querySelector('button').onclick = () => {
          context('productContext', ${JSON.stringify(shirt)});
          adobeDataLayer.push({ event: 'product-page-view' });
        };</script>`,
      ),
    );
    await tab.goto(`${shop.url}/t`);
    expect(await told(shop, 1)).toMatchObject([{ product_id: 'first', price: 5, currency: 'EUR' }]);
    await tab.getByRole('button').click();
    expect(await told(shop, 2)).toMatchObject([{ product_id: 'first' }, { product_id: 'LS', price: 48 }]);
  });

  test('holds events while mg_dnt is there, and lets them go when the shopper has accepted cookies', async ({
    shop,
    page: tab,
  }) => {
    shop.serve(
      '/t',
      page(
        'rastro.use(adobeCommerce());',
        `<script>document.cookie = 'mg_dnt=true; path=/';${dataLayer}${sdk}
        context('productContext', ${JSON.stringify(shirt)});
        publish('product-page-view');</script><button>Accept</button><script>
        document.querySelector('button').onclick = () => {
          document.cookie = 'mg_dnt=; path=/; max-age=0';
          context('productContext', { sku: 'second' });
          publish('product-page-view');
        };</script>`,
      ),
    );
    await tab.goto(`${shop.url}/t`);
    await tab.waitForFunction(() => 'flush' in (window as unknown as { rastro: object }).rastro);
    const flushed = () => tab.evaluate(() => (window as unknown as { rastro: { flush(): unknown } }).rastro.flush());
    await flushed();
    expect(await shop.records()).toEqual([]);
    expect(await tab.evaluate(() => localStorage.getItem('rastro_id'))).toBeNull();
    await tab.getByRole('button').click();
    expect(await told(shop, 2)).toMatchObject([{ product_id: 'LS' }, { product_id: 'second' }]);
  });

  test('hears nothing after stop()', async ({ shop, page: tab }) => {
    const publish = `context('productContext', ${JSON.stringify(shirt)}); publish('product-page-view');`;
    shop.serve('/t', page('rastro.use(adobeCommerce());', `<script>${dataLayer}${sdk}${publish}</script>`));
    await tab.goto(`${shop.url}/t`);
    await shop.settled(1);
    await tab.evaluate(`rastro.stop(); ${publish}`);
    await tab.goto(`${shop.url}/t`);
    await shop.settled(2);
    await tab.evaluate('rastro.flush()');
    expect(await shop.records()).toHaveLength(2);
  });
});

/** Of jQuery, what WooCommerce's classic scripts do with it: events by name, with further arguments. */
const jQuery = `{
  const listeners = [];
  window.jQuery = (element) => ({
    on: (name, listener) => listeners.push([element, name, listener]),
    off: (name, listener) => listeners.splice(listeners.findIndex(([, , one]) => one === listener), 1),
    trigger: (name, more) => { for (const [at, type, listener] of listeners) if (at === element && type === name) listener({ type }, ...more); },
  });
}`;
/** Of @wordpress/hooks, the actions. */
const hooks = `{
  const actions = {};
  window.wp = { hooks: {
    addAction: (name, namespace, callback) => (actions[name] ??= []).push({ namespace, callback }),
    removeAction: (name, namespace) => (actions[name] = (actions[name] ?? []).filter((one) => one.namespace !== namespace)),
    doAction: (name, ...more) => { for (const { callback } of actions[name] ?? []) callback(...more); },
  } };
}`;
const eur = { currency_code: 'EUR', currency_minor_unit: 2 };
const cap = { id: 34, name: 'Cap &amp; more', sku: 'cap', prices: { ...eur, price: '1105' }, parent: 0 };
const json = (value: unknown) =>
  `<script type="application/json" class="rastro-woocommerce">${JSON.stringify(value)}</script>`;

test.describe('woocommerce', () => {
  for (const early of [true, false]) {
    test(`hears classic buttons and blocks, loaded ${early ? 'before' : 'after'} their scripts`, async ({
      shop,
      page: tab,
    }) => {
      shop.serve(
        '/t',
        page(
          'rastro.use(woocommerce());',
          `<a id="add" data-product_id="34" data-product_sku="cap" data-quantity="1">Add</a>
          <a id="remove" class="remove_from_cart_button" data-product_id="34" data-product_sku="cap">Remove</a>
          <form class="woocommerce-cart-form"><a class="remove" data-product_id="35" href="#x">Take out</a></form>
          <button class="add_to_cart_button wc-interactive" data-product_id="36" data-quantity="2">Block</button>
          <button class="add_to_cart_button wc-interactive" data-product_id="37">Fails</button>
          <script>${jQuery}${hooks}</script>`,
          { early },
        ),
      );
      await tab.goto(`${shop.url}/t`);
      await tab.waitForLoadState('load');
      await tab.waitForFunction(() => 'flush' in (window as unknown as { rastro: object }).rastro);
      await tab.evaluate(
        `jQuery(document.body).trigger('added_to_cart', [{}, 'hash', [document.querySelector('#add')]]);
        jQuery(document.body).trigger('removed_from_cart', [{}, 'hash', [document.querySelector('#remove')]]);
        jQuery(document.body).trigger('added_to_cart', [{}, 'hash']);`,
      );
      await tab.getByText('Take out').click();
      await tab.getByText('Block').click();
      await tab.evaluate(`document.body.dispatchEvent(new CustomEvent('wc-blocks_added_to_cart', { bubbles: true }))`);
      await tab.evaluate(`document.body.dispatchEvent(new CustomEvent('wc-blocks_added_to_cart', { bubbles: true }))`);
      await tab.getByText('Fails').click();
      await tab.evaluate(
        `wp.hooks.doAction('experimental__woocommerce_blocks-cart-add-item', { product: ${JSON.stringify(cap)} });
        wp.hooks.doAction('experimental__woocommerce_blocks-cart-remove-item', { product: ${JSON.stringify(cap)}, quantity: 3 });
        wp.hooks.doAction('experimental__woocommerce_blocks-product-view-link', { product: ${JSON.stringify(cap)} });`,
      );
      const found = await told(shop, 6);
      expect(found).toMatchObject([
        { event_type: 'cart', product_id: '34', sku: 'cap', quantity: 1 },
        { event_type: 'remove_from_cart', product_id: '34', sku: 'cap' },
        { event_type: 'remove_from_cart', product_id: '35' },
        { event_type: 'cart', product_id: '36', quantity: 2 },
        { event_type: 'cart', product_id: '34', product_name: 'Cap & more', price: 11.05, currency: 'EUR' },
        { event_type: 'remove_from_cart', product_id: '34', quantity: 3 },
      ]);
      await tab.evaluate('rastro.flush()');
      expect(await shop.records()).toHaveLength(6);
    });
  }

  test('hears the form of a product page, unless the theme sends it by script', async ({ shop, page: tab }) => {
    const form = (fields: string, id: string) =>
      `<form class="cart" method="post" target="nowhere"><input name="quantity" value="2">${fields}<button ${id}>Add</button></form>`;
    shop.serve(
      '/t',
      page(
        'rastro.use(woocommerce());',
        `<iframe name="nowhere"></iframe>
        ${form('', 'id="simple" name="add-to-cart" value="34"')}
        ${form('<input name="product_id" value="20"><input name="variation_id" value="27">', 'id="variable"')}
        ${form('<input name="product_id" value="20"><input name="variation_id" value="0">', 'id="open"')}
        ${form('<input name="quantity[12]" value="1">', 'id="grouped" name="add-to-cart" value="50"')}
        <div onsubmit="event.preventDefault()">${form('', 'id="ajax" name="add-to-cart" value="51"')}</div>`,
      ),
    );
    await tab.goto(`${shop.url}/t`);
    await tab.waitForFunction(() => 'flush' in (window as unknown as { rastro: object }).rastro);
    for (const id of ['ajax', 'grouped', 'open', 'simple', 'variable']) await tab.locator(`#${id}`).click();
    const found = await told(shop, 2);
    expect(found).toMatchObject([
      { event_type: 'cart', product_id: '34', quantity: 2 },
      { event_type: 'cart', product_id: '20', sku: '27', quantity: 2 },
    ]);
    await tab.evaluate('rastro.flush()');
    expect(await shop.records()).toHaveLength(2);
  });

  test('reads what the page prints, an order that is shown twice as the same', async ({ shop, page: tab }) => {
    const order = {
      number: '000123',
      currency: 'EUR',
      total: '45.50',
      line_items: [{ product_id: 20, variation_id: 27, sku: 'hoodie-red', quantity: 1, price: 45.5 }],
    };
    shop.serve(
      '/t',
      page('rastro.use(woocommerce());', json({ type: 'view', product: cap }) + json({ type: 'purchase', order })),
    );
    await tab.goto(`${shop.url}/t`);
    expect(
      (await told(shop, 2)).sort((a, b) => String(b['event_type']).localeCompare(String(a['event_type']))),
    ).toMatchObject([
      { event_type: 'view', product_id: '34', price: 11.05 },
      {
        event_type: 'purchase',
        order_id: '000123',
        product_id: '20',
        sku: 'hoodie-red',
        price: 45.5,
        order_total: 45.5,
      },
    ]);
    await tab.reload();
    await shop.settled(3);
    await tab.evaluate('rastro.flush()');
    const purchases = (await shop.records()).filter(({ record }) => record['event_type'] === 'purchase');
    expect(new Set(purchases.map(({ record }) => record['event_id'])).size).toBe(1);
  });

  /** https://github.com/WordPress/wp-consent-level-api: what its script gives the page. */
  const consent = (type: string) =>
    `<script>window.consent_api = { cookie_prefix: 'wp_consent' }; window.wp_fallback_consent_type = '';
    window.wp_set_consent = (category, value) => {
      document.cookie = 'wp_consent_' + category + '=' + value + '; path=/';
      const detail = [];
      detail[category] = value;
      document.dispatchEvent(new CustomEvent('wp_listen_for_consent_change', { detail }));
    };
    addEventListener('load', () => {
      window.wp_consent_type = '${type}';
      document.dispatchEvent(new CustomEvent('wp_consent_type_defined'));
    });</script>`;
  const states = (tab: import('@playwright/test').Page) =>
    tab.evaluate(
      () =>
        new Promise((resolve) => {
          const { rastro } = window as unknown as { rastro: { use(plugin: object): void } };
          rastro.use({
            setup: (t: { on(l: (type: string, detail: unknown) => void): void }) =>
              t.on((type, detail) => type === 'consent' && resolve(detail)),
          });
        }),
    );

  test('asks the WP Consent API: held until the shopper chooses, kept or erased then', async ({ shop, page: tab }) => {
    shop.serve(
      '/t',
      page('rastro.use(woocommerce());', consent('optin') + json({ type: 'view', product: cap }), {
        attributes: 'data-consent="pending"',
      }),
    );
    await tab.goto(`${shop.url}/t`);
    await tab.waitForFunction(() => 'flush' in (window as unknown as { rastro: object }).rastro);
    await tab.evaluate('rastro.flush()');
    expect(await states(tab)).toBe('pending');
    expect(await shop.records()).toEqual([]);
    await tab.evaluate(`wp_set_consent('marketing', 'allow')`);
    expect(await states(tab)).toBe('pending');
    await tab.evaluate(`wp_set_consent('statistics', 'allow')`);
    expect(await told(shop, 1)).toMatchObject([{ event_type: 'view', product_id: '34' }]);
    await tab.reload();
    await shop.settled(2);
    expect(await states(tab)).toBe('granted');
    await tab.evaluate(`wp_set_consent('statistics', 'deny')`);
    expect(await states(tab)).toBe('denied');
    expect(await tab.evaluate(() => localStorage.getItem('rastro_id'))).toBeNull();
  });

  test('goes on where the shop asks nobody beforehand, but not against the browser', async ({ shop, page: tab }) => {
    shop.serve(
      '/t',
      page('rastro.use(woocommerce());', consent('optout') + json({ type: 'view', product: cap }), {
        attributes: 'data-consent="pending"',
      }),
    );
    await tab.goto(`${shop.url}/t`);
    await shop.settled(1);
    await tab.addInitScript(() => Object.defineProperty(navigator, 'globalPrivacyControl', { value: true }));
    await tab.reload();
    await tab.waitForFunction(() => 'flush' in (window as unknown as { rastro: object }).rastro);
    await tab.evaluate(`document.dispatchEvent(new CustomEvent('wp_consent_type_defined'))`);
    expect(await states(tab)).toBe('denied');
  });
});

test.describe('json-ld', () => {
  const script = (value: unknown) =>
    `<script type="application/ld+json">${typeof value === 'string' ? value : JSON.stringify(value)}</script>`;
  const lamp = (url: string, id: string) =>
    `{"@type":"Product","productID":${id},"url":"${url}","offers":{"@type":"AggregateOffer","lowPrice":5,"highPrice":5,"priceCurrency":"EUR"}}`;

  test('tells a view of the product of the page among others, in the pages of an application too', async ({
    shop,
    page: tab,
  }) => {
    shop.serve(
      '/p/1',
      page('rastro.use(jsonLd());', `{oops${script('{oops')}`).replace(
        '<body>',
        `<body>${script(lamp('/p/1', '2053013552326770905'))}${script(lamp('/p/2', '2'))}`,
      ),
    );
    await tab.goto(`${shop.url}/p/1`);
    expect(await told(shop, 1)).toMatchObject([
      { event_type: 'view', product_id: '2053013552326770905', price: 5, currency: 'EUR' },
    ]);
    await tab.evaluate(
      (html) => {
        history.pushState(null, '', '/p/2');
        document.body.insertAdjacentHTML('beforeend', html);
      },
      script({ '@type': 'Organization' }),
    );
    expect(await told(shop, 2)).toMatchObject([{}, { product_id: '2', page_url: `${shop.url}/p/2` }]);
  });

  test('says why it tells nothing', async ({ shop, page: tab }) => {
    shop.serve(
      '/p/3',
      page(
        `rastro.use({ setup: (t) => t.on((type, detail) => type === 'error' && (window.errors ??= []).push(detail.message)) });
        rastro.use(jsonLd());`,
        script(lamp('/p/1', '1')) + script(lamp('/p/2', '2')),
      ),
    );
    await tab.goto(`${shop.url}/p/3`);
    const errors = await tab.waitForFunction(() => (window as unknown as { errors?: string[] }).errors);
    expect(await errors.jsonValue()).toEqual([expect.stringContaining('no telling which of 2 products')]);
  });
});
