import { createTracker, type Order, type Product, type Tracker } from '@rastro/tracker';
import { expectTypeOf, test } from 'vitest';

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
