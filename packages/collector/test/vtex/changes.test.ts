import { v5 as uuidV5 } from 'uuid';
import { describe, expect, test } from 'vitest';
import { mapOrder } from '../../src/vtex/order.js';
import { envelope, event, harness, id } from '../support/collect.js';
import { item, order } from './fixtures.js';

const orderChanges = true;
const returned = (invoiceNumber: string, items: unknown[], more: object = {}) => ({
  items: [{ itemIndex: 1, quantity: 1, price: 0 }],
  invoiceNumber,
  invoiceValue: 7_199,
  issuanceDate: '2026-10-20T10:10:20.5322681+00:00',
  type: 'Input',
  restitutions: { Refund: { value: 7_199, giftCardData: null, items } },
  ...more,
});
const sold = {
  items: [{ itemIndex: 0, quantity: 2, price: 7_199 }],
  invoiceNumber: '24000',
  type: 'Output',
  restitutions: {},
};
const withPackages = (...packages: unknown[]) =>
  order('v71', 1, [item(1), item(2)], { status: 'invoiced', packageAttachment: { packages: [sold, ...packages] } });

describe('a cancelled order', () => {
  const cancelled = order('v71', 2, [item(1)], {
    status: 'canceled',
    cancellationData: {
      RequestedByUser: true,
      Reason: 'Ana changed her mind',
      CancellationDate: '2026-10-11T09:14:41.3695207Z',
    },
  });

  test('is told with its lines, for the part that was cancelled', () => {
    const { events, reasons } = mapOrder([order('v71', 1, [item(3)]), cancelled], { orderChanges });
    expect(reasons).toEqual([]);
    expect(events.map(({ event_type }) => event_type)).toEqual(['purchase', 'cancel']);
    expect(events[1]).toMatchObject({
      order_id: 'v71',
      change_id: 'v71-02',
      event_time: Date.parse('2026-10-11T09:14:41.369Z'),
      order_total: 154.98,
      currency: 'BRL',
      items: [{ product_id: '1', quantity: 2, price: 71.99 }],
    });
    expect(JSON.stringify(events)).not.toContain('Ana');
  });

  test('is read in the spelling of order groups, too', () => {
    const listed = { ...cancelled, cancellationData: { cancellationDate: '2026-10-11T09:14:41.3695207Z' } };
    expect(mapOrder(listed, { orderChanges }).events).toEqual(mapOrder(cancelled, { orderChanges }).events);
    const one = returned('24382', [{ id: '1001', quantity: 1 }]);
    const other = { ...one, restitutions: { refund: one.restitutions.Refund } };
    const refunded = mapOrder(withPackages(one), { orderChanges });
    expect(refunded.events).toHaveLength(2);
    expect(mapOrder(withPackages(other), { orderChanges })).toEqual(refunded);
  });

  test('is nothing unless it is asked for', () => {
    expect(mapOrder(cancelled)).toEqual({ events: [], reasons: [] });
    expect(mapOrder(withPackages(returned('24382', [{ id: '1001', quantity: 1, price: 7_199 }]))).events).toHaveLength(
      1,
    );
  });
});

describe('a refund', () => {
  test('names the lines that came back, by their SKU', () => {
    const { events, reasons } = mapOrder(withPackages(returned('24382', [{ id: '1001', quantity: 1, price: 7_199 }])), {
      orderChanges,
    });
    expect(reasons).toEqual([]);
    expect(events[1]).toMatchObject({
      event_type: 'refund',
      order_id: 'v71',
      change_id: 'v71-01/24382',
      event_time: Date.parse('2026-10-20T10:10:20.532Z'),
      order_total: 71.99,
      items: [{ product_id: '1', sku: '1001', category_id: '1004138', quantity: 1, price: 71.99 }],
    });
  });

  test('names them by their place in the order where the SKU is another', () => {
    const { events } = mapOrder(withPackages(returned('24382', [{ id: '7060874', quantity: 1, price: 0 }])), {
      orderChanges,
    });
    expect(events[1]?.items).toMatchObject([{ product_id: '2', sku: '1002', quantity: 1 }]);
    // 0 is no price that anybody was paid back.
    expect(events[1]?.items[0]).not.toHaveProperty('price');
  });

  test('keeps the lines that it finds, and says which it does not', () => {
    const items = [
      { id: '1001', quantity: 1 },
      { id: '7060874', quantity: 1 },
    ];
    const { events, reasons } = mapOrder(withPackages(returned('24382', items)), { orderChanges });
    expect(events[1]?.items).toMatchObject([{ sku: '1001', quantity: 1 }]);
    expect(reasons).toEqual([
      'packageAttachment.packages[1].restitutions.Refund.items[1]: no line of the order has its SKU',
    ]);
  });

  test('without lines of the order, a number or a time is refused with a reason', () => {
    const lost = returned('24382', [{ id: '9', quantity: 1 }], { items: [{ itemIndex: 7 }] });
    for (const one of [
      lost,
      returned('', [{ id: '1001' }]),
      returned('24382', [{ id: '1001' }], { issuanceDate: null }),
    ]) {
      const { events, reasons } = mapOrder(withPackages(one), { orderChanges });
      expect(events).toHaveLength(1);
      expect(reasons.join()).toContain('packageAttachment.packages[1]');
    }
  });
});

describe('the collector', () => {
  const change = (fields: object = {}) => ({
    event_id: id(1),
    event_type: 'refund',
    event_time: 1_795_253_400_000,
    order_id: 'A-1',
    change_id: 'A-1/7',
    order_total: 5,
    items: [{ product_id: 'p', sku: 's' }, { product_id: 'q' }],
    ...fields,
  });
  const sites = { demo: { orderChanges: true } };

  test('refuses cancellations and refunds as unknown, unless the site allows them', async () => {
    const { answer, letters } = harness();
    const { rejected } = await answer(envelope([change(), { ...change({ event_type: 'cancel' }), event_id: id(2) }]));
    expect(rejected).toMatchObject([
      {
        code: 'unknown_event_type',
        message: expect.stringContaining('one of view, cart, remove_from_cart, purchase, web_vitals.'),
      },
      { code: 'unknown_event_type' },
    ]);
    expect(letters()).toHaveLength(2);
  });

  test('writes a record for each line, with ids that differ from those of the purchase and of other refunds', async () => {
    const { answer, records } = harness({ sites });
    const { change_id: _, ...purchase } = change({ event_type: 'purchase', event_id: id(3) });
    const others = [change({ event_id: id(4), change_id: 'A-1/8' }), change({ event_id: id(5), event_type: 'cancel' })];
    expect(await answer(envelope([change(), purchase, ...others, event(6)]))).toMatchObject({
      accepted: 5,
      rejected: [],
    });
    expect(records()).toHaveLength(9);
    expect(new Set(records().map(({ event_id }) => event_id)).size).toBe(9);
    const [first, second] = records();
    expect(first).toMatchObject({
      event_type: 'refund',
      order_id: 'A-1',
      change_id: 'A-1/7',
      product_id: 'p',
      line: 1,
      lines: 2,
      order_total: 5,
    });
    expect(second).not.toHaveProperty('order_total');
    // As docs/wire.md has it.
    const name = '["demo","A-1","p","s",1,"refund","A-1/7"]';
    expect(first?.['event_id']).toBe(uuidV5(name, '5c1f2a5e-3f0b-4d8e-9a47-0d6b1c8e7f32'));
  });

  test('takes no change_id for a purchase: its lines would get other ids', async () => {
    const { answer, records } = harness({ sites });
    const { rejected } = await answer(envelope([change({ event_type: 'purchase' })]));
    expect(rejected).toMatchObject([{ code: 'unknown_field' }]);
    expect(records()).toEqual([]);
  });

  test('refuses two refunds of one number that say different things, rather than to lose one', async () => {
    const { answer, records } = harness({ sites });
    const { events } = mapOrder(
      withPackages(returned('1', [{ id: '1001', quantity: 1 }]), returned('1', [{ id: '1002', quantity: 1 }])),
      { orderChanges },
    );
    const { rejected } = await answer({ v: 1, key: 'demo', source: 'vtex-oms', events });
    expect(rejected).toMatchObject([{ code: 'duplicate_event_id' }]);
    expect(records()).toHaveLength(3);
  });

  test('needs to be told which change it is', async () => {
    const { answer } = harness({ sites });
    const { rejected } = await answer(envelope([change({ change_id: undefined })]));
    expect(rejected).toMatchObject([{ code: 'missing_field', path: '/change_id' }]);
  });

  test('takes what is made of a cancelled and returned order', async () => {
    const { answer, records, letters } = harness({ sites });
    const { events } = mapOrder(
      withPackages(returned('1', [{ id: '1001', quantity: 1 }]), returned('2', [{ id: '1001', quantity: 1 }])),
      { orderChanges },
    );
    await answer({ v: 1, key: 'demo', source: 'vtex-oms', events });
    expect(letters()).toEqual([]);
    expect(records().map(({ event_type, change_id }) => [event_type, change_id])).toEqual([
      ['purchase', undefined],
      ['purchase', undefined],
      ['refund', 'v71-01/1'],
      ['refund', 'v71-01/2'],
    ]);
  });
});
