import { describe, expect, it } from 'vitest';
import { toLiveRecord } from '../../src/dashboard/live-record.js';
import { createLiveSource } from '../../src/dashboard/live-source.js';

describe('a record for people', () => {
  it('has what one line needs, and the end of the visitor’s id', () => {
    expect(
      toLiveRecord({
        event_id: 'e',
        event_time: '2019-10-01T10:00:00.000Z',
        event_type: 'purchase',
        product_id: '1',
        product_name: 'Lipstick',
        category_id: '2',
        category_code: 'make.up',
        brand: 'b',
        price: 9.9,
        currency: 'BRL',
        quantity: 2,
        customer_id: '1487582000000000001',
        device_id: 'd',
        site: 'demo',
        is_bot: false,
        ip_hash: 'secret',
      }),
    ).toEqual({
      event_time: '2019-10-01T10:00:00.000Z',
      event_type: 'purchase',
      product: 'Lipstick',
      category: 'make.up',
      brand: 'b',
      price: 9.9,
      currency: 'BRL',
      quantity: 2,
      user: '…000001',
      site: 'demo',
      is_bot: false,
    });
  });

  it('leaves out what is absent or not of its type, and shortens what is long', () => {
    expect(toLiveRecord({ event_type: 7, brand: '', product_id: 'p', device_id: 'abc', price: {} })).toEqual({
      product: 'p',
      user: 'abc',
    });
    expect(toLiveRecord({ brand: 'x'.repeat(1000) }).brand).toHaveLength(129);
  });
});

describe('a live source', () => {
  const filled = (count: number, max: number) => {
    const source = createLiveSource({ max, now: () => 0 });
    for (let n = 1; n <= count; n++) source.add({ product_id: String(n) });
    return source;
  };
  const seen = (entries: readonly { n: number; json: string }[]): unknown[] =>
    entries.map(({ n, json }) => [n, JSON.parse(json).product]);

  it('keeps the newest', () => {
    expect(seen(filled(5, 3).recent(10))).toEqual([
      [3, '3'],
      [4, '4'],
      [5, '5'],
    ]);
    expect(seen(filled(5, 3).recent(1))).toEqual([[5, '5']]);
    expect(filled(0, 3).recent(10)).toEqual([]);
  });

  it('gives what came after a position, the newest of it where it is too much', () => {
    const source = filled(10, 5);
    expect(seen(source.after(8, 50))).toEqual([
      [9, '9'],
      [10, '10'],
    ]);
    expect(seen(source.after(2, 2))).toEqual([
      [9, '9'],
      [10, '10'],
    ]);
    expect(seen(source.after(2, 50))).toHaveLength(5);
    expect(source.after(10, 50)).toEqual([]);
    expect(source.after(99, 50)).toEqual([]);
  });

  it('tells its listeners until they leave', () => {
    const source = createLiveSource();
    let told = 0;
    const leave = source.subscribe(() => told++);
    source.add({});
    leave();
    source.add({});
    expect(told).toBe(1);
  });

  it('knows the rate of the last five whole seconds', () => {
    let now = 1_000_000;
    const source = createLiveSource({ now: () => now });
    for (let n = 0; n < 10; n++) source.add({});
    expect(source.status().recordsPerSecond).toBe(0);
    now += 1_000;
    expect(source.status().recordsPerSecond).toBe(2);
    for (let n = 0; n < 5; n++) source.add({});
    now += 1_000;
    expect(source.status().recordsPerSecond).toBe(3);
    now += 4_000;
    expect(source.status().recordsPerSecond).toBe(1);
    now += 60_000;
    expect(source.status().recordsPerSecond).toBe(0);
  });

  it('keeps of its state what is not replaced', () => {
    const source = createLiveSource();
    source.update({ total: 5, lagMs: 10 });
    source.update({ total: 6 });
    expect(source.status()).toEqual({ recordsPerSecond: 0, total: 6, lagMs: 10 });
  });

  it('refuses to keep nothing', () => {
    expect(() => createLiveSource({ max: 0 })).toThrow(
      new TypeError('max must be a whole number from 1 to 10000, got 0'),
    );
  });
});
