import {
  createTracker,
  type Event,
  type Order,
  type Plugin,
  type Product,
  type StoredEvent,
  type Tracker,
  type TrackerError,
} from '@rastro/tracker';
import { attributes } from '@rastro/tracker/attributes';
import { crossDomain } from '@rastro/tracker/cross-domain';
import { debug } from '@rastro/tracker/debug';
import { pageViews } from '@rastro/tracker/page-views';
import { webVitals } from '@rastro/tracker/web-vitals';
import { expect, expectTypeOf, test } from 'vitest';

// Checked by the compiler; the calls do nothing where there is no page.
const tracker = createTracker({ endpoint: '/e', key: 'demo' });

test('what is right compiles', () => {
  tracker.view({ product_id: '44600062' });
  tracker.view({
    product_id: '1',
    category_id: '2053013552326770905',
    price: 35.79,
    currency: 'BRL',
    properties: { list: 'search', position: 3 },
  });
  tracker.cart({ product_id: '1', price: '35.79', quantity: 2, brand: undefined });
  tracker.purchase({ order_id: 'A', order_total: 10, items: [{ product_id: '1' }] });
  tracker.identify('c');
  tracker.identify(null);
  expectTypeOf(tracker.flush).returns.resolves.toEqualTypeOf<boolean>();
  expectTypeOf<Product['price']>().toEqualTypeOf<number | `${number}` | undefined>();
  expectTypeOf<Order['items']>().toEqualTypeOf<readonly Product[]>();
  expectTypeOf(tracker).toEqualTypeOf<Tracker>();
});

test('what is wrong does not', () => {
  // @ts-expect-error a product has an id
  tracker.view({ brand: 'shiseido' });
  // @ts-expect-error ids are text: a number has lost digits before anybody can see it
  tracker.view({ product_id: 44600062 });
  // @ts-expect-error the field is called product_name
  tracker.view({ product_id: '1', name: 'x' });
  // @ts-expect-error a comma is no decimal point
  tracker.cart({ product_id: '1', price: '72,93' });
  // @ts-expect-error not a number
  tracker.cart({ product_id: '1', quantity: '2' });
  // @ts-expect-error an order has lines
  tracker.purchase({ order_id: 'A' });
  // @ts-expect-error a line is a product
  tracker.purchase({ order_id: 'A', items: [{ sku: '1' }] });
  // @ts-expect-error the tracker sets the type
  tracker.view({ product_id: '1', event_type: 'cart' });
  // @ts-expect-error properties are flat
  tracker.view({ product_id: '1', properties: { a: { b: 1 } } });
  // @ts-expect-error the collector makes the line numbers
  tracker.purchase({ order_id: 'A', items: [], lines: 1 });
  // @ts-expect-error there is no such option
  const options = (): Tracker => createTracker({ endpoint: '/e', key: 'demo', endpont: '/f' });
  expectTypeOf(options).toBeFunction();
});

test('a shop types its own properties', () => {
  const own = createTracker<{ readonly list: 'search' | 'home' }>({ endpoint: '/e', key: 'demo' });
  own.view({ product_id: '1', properties: { list: 'home' } });
  // @ts-expect-error not one of the lists
  own.view({ product_id: '1', properties: { list: 'other' } });
});

test('plugins fit trackers, whatever their properties', () => {
  const own = createTracker<{ readonly list: 'search' | 'home' }>({ endpoint: '/e', key: 'demo' });
  for (const plugin of [attributes(), crossDomain({ domains: [] }), debug({ open: true }), webVitals()]) {
    tracker.use(plugin);
    own.use(plugin);
  }
  own.use(pageViews({ product: async () => ({ product_id: '1', properties: { list: 'home' } }) }));
  own.use(pageViews({ product: 'json-ld' }));
  // @ts-expect-error not one of the lists
  own.use(pageViews({ product: () => ({ product_id: '1', properties: { list: 'other' } }) }));
  // @ts-expect-error there is nothing to tell
  expect(() => pageViews({})).toThrow(TypeError);
  // @ts-expect-error a product has an id
  own.use(pageViews({ product: () => ({ price: 1 }) }));
});

test('the type of an event tells its fields', () => {
  const told = (event: Event): unknown => {
    switch (event.event_type) {
      case 'purchase':
        expectTypeOf(event.order_id).toEqualTypeOf<string>();
        return event.items.length;
      case 'web_vitals':
        return event.value;
      default:
        expectTypeOf(event.event_type).toEqualTypeOf<'view' | 'cart' | 'remove_from_cart'>();
        // @ts-expect-error only an order has an id of its own
        return event.order_id ?? event.product_id;
    }
  };
  expectTypeOf(told).toBeFunction();
});

test('the type of a notice tells its detail', () => {
  const plugin: Plugin = {
    setup(own) {
      own.track('web_vitals', { metric: 'LCP', value: 1 });
      own.track('view', { product_id: '1', page_url: 'https://shop.example/' });
      // @ts-expect-error a metric has a value
      own.track('web_vitals', { metric: 'LCP' });
      // @ts-expect-error a view has no metric
      own.track('view', { product_id: '1', metric: 'LCP' });
      // @ts-expect-error there is no such type
      own.track('look', { product_id: '1' });
      own.on((type, detail) => {
        if (type === 'event') expectTypeOf(detail.event_id).toEqualTypeOf<string | undefined>();
        if (type === 'request') expectTypeOf(detail).toEqualTypeOf<readonly StoredEvent[]>();
        if (type === 'answer') expectTypeOf(detail.done).toEqualTypeOf<boolean | undefined>();
        if (type === 'error') expectTypeOf(detail).toEqualTypeOf<TrackerError>();
        if (type === 'consent') expectTypeOf(detail).toEqualTypeOf<'pending' | 'granted' | 'denied'>();
      });
    },
  };
  tracker.use(plugin);
  tracker.use({ setup() {} });
});
