// @ts-check
// Orders for the scenarios, and what of them has to be on the stream.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../run.mjs';

/** Published by VTEX; kept outside of the repository. */
const samplePath = join(root, '../shared/data/storefront-samples/vtex-rest/getOrder.json');

/** The form of an order where that is not there. */
const plain = {
  orderId: '',
  status: 'ready-for-handling',
  value: 0,
  creationDate: '2026-10-09T19:25:26.5838646+00:00',
  orderGroup: '',
  totals: [{ id: 'Items', name: 'Total', value: 0 }],
  clientProfileData: {
    id: 'clientProfileData',
    email: 'rodrigo.smith@email.com',
    firstName: 'Rodrigo',
    document: '845.134.270-19',
    userProfileId: '',
  },
  storePreferencesData: { currencyCode: 'BRL' },
  items: [
    {
      id: '',
      productId: '',
      quantity: 1,
      name: 'Bay Max L',
      sellingPrice: 990,
      additionalInfo: { brandName: 'Lux Brand', categoriesIds: '/9/', categories: [{ id: 9, name: 'Coach' }] },
    },
  ],
};

/** The order that others are made of. */
export function baseOrder() {
  if (!existsSync(samplePath)) return { name: 'an order of our own', order: plain };
  return {
    name: 'the order that VTEX publishes as an example',
    order: JSON.parse(readFileSync(samplePath, 'utf8')).payload,
  };
}

/** What tells the person who bought, in these orders. */
export const personal = ['rodrigo', '@email.com', '845.134', '+5561992227222', 'Avenida', '444433'];

/**
 * Makes the orders of one group: one to three, each with one to four lines, now and then the same SKU in several.
 *
 * @param {Record<string, any>} base
 * @param {number} n Of the group.
 * @param {() => number} random
 */
export function makeGroup(base, n, random) {
  const orderGroup = `14${String(n).padStart(8, '0')}`;
  const parts = random() < 0.7 ? 1 : 2 + Math.floor(random() * 2);
  return Array.from({ length: parts }, (_, part) => {
    const items = Array.from({ length: 1 + Math.floor(random() * 4) }, () => {
      const product = Math.floor(random() * 6);
      const cents = 100 + Math.floor(random() * 100_000);
      const quantity = 1 + Math.floor(random() * 3);
      return {
        ...base['items'][0],
        id: `${1_000 + product}`,
        productId: `${product}`,
        quantity,
        sellingPrice: cents,
        priceDefinition: {
          sellingPrices: [{ value: cents, quantity }],
          calculatedSellingPrice: cents,
          total: cents * quantity,
        },
      };
    });
    const value = items.reduce((sum, one) => sum + one.sellingPrice * one.quantity, 0);
    const clientProfileData = { ...base['clientProfileData'], userProfileId: `profile-${n % 50}` };
    return { ...base, orderId: `${orderGroup}-0${part + 1}`, orderGroup, items, value, clientProfileData };
  });
}

const namespace = Buffer.from('5c1f2a5e3f0b4d8e9a470d6b1c8e7f32', 'hex');

/** As docs/wire.md has it, and written anew here: what is tried does not judge itself. @param {string} name */
function uuidV5(name) {
  const hash = createHash('sha1').update(namespace).update(name).digest().subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/**
 * The events that a group has to become: by id, what of them is compared.
 *
 * @param {string} site
 * @param {readonly Record<string, any>[]} orders
 * @returns {Map<string, { order: string, total: number }>}
 */
export function expectedOf(site, orders) {
  const expected = new Map();
  const occurrences = new Map();
  const order = String(orders[0]?.['orderGroup']);
  const total = orders.reduce((sum, one) => sum + Number(one['value']), 0) / 100;
  for (const { productId, id } of orders.flatMap(({ items }) => items)) {
    const key = `${productId}\n${id}`;
    const occurrence = (occurrences.get(key) ?? 0) + 1;
    occurrences.set(key, occurrence);
    expected.set(uuidV5(JSON.stringify([site, order, productId, id, occurrence])), { order, total });
  }
  return expected;
}
