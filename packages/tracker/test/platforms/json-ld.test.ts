import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mapJsonLd } from '../../src/plugins/json-ld.js';
import { jsonLdProduct } from '../../src/plugins/json-ld-page.js';
import type { Product } from '../../src/types.js';
import { hostile } from './hostile.js';
import { expectValidCalls } from './valid-calls.js';

const url = 'https://shop.example/p/lamp?utm_source=mail&size=s#reviews';
const lamp = { '@context': 'https://schema.org', '@type': 'Product', productID: 'lamp', name: 'A  lamp' };
const view = (payload: unknown) => mapJsonLd(payload, { url });
const fieldsOf = (payload: unknown): unknown => view(payload).calls[0]?.[1];
const offer = { '@type': 'Offer', price: '35.79', priceCurrency: 'EUR' };
const unit = { '@type': 'UnitPriceSpecification', price: 35.79, priceCurrency: 'EUR' };

describe('mapJsonLd', () => {
  test.each([
    'IndividualProduct',
    'SomeProducts',
    'ProductModel',
    'Vehicle',
    'Car',
    'Motorcycle',
    'https://schema.org/Product',
    'http://schema.org/Product',
    'schema:Product',
  ])('takes a %s for a product', (type) => {
    expect(view({ ...lamp, '@type': type })).toEqual({
      calls: [['view', { product_id: 'lamp', product_name: 'A lamp' }]],
      reasons: [],
    });
  });

  test.each([
    ['a list of types', { ...lamp, '@type': ['Thing', 'Product'] }],
    ['a list', [{ '@type': 'Organization' }, lamp]],
    ['a graph', { '@graph': [{ '@type': 'WebPage' }, lamp] }],
    ['the main entity of a page', { '@type': 'ItemPage', mainEntity: lamp }],
    ['lists of lists', [[[lamp]]]],
    ['what merely relates to it', { ...lamp, isRelatedTo: [{ ...lamp, productID: 'x' }], isSimilarTo: { ...lamp } }],
    ['text', JSON.stringify(lamp)],
    ['the same product twice', [lamp, { ...lamp }]],
  ])('finds the product in %s', (_what, payload) => {
    expect(view(payload)).toMatchObject({ calls: [['view', { product_id: 'lamp' }]], reasons: [] });
  });

  test.each([
    ['nothing', undefined],
    ['no object', 7],
    ['no product', { '@type': 'Organization', name: 'Shop' }],
    ['a list of products', { '@type': 'ItemList', itemListElement: [lamp, { '@type': 'ListItem', item: lamp }] }],
    ['a collection page', { '@type': 'CollectionPage', mainEntity: { '@type': 'ItemList', itemListElement: [lamp] } }],
    ['a book', { '@type': 'Book', isbn: '0316769487' }],
    ['nulls', [null, { '@type': null, '@graph': 7 }]],
  ])('tells nothing of %s', (_what, payload) => {
    expect(view(payload)).toEqual({ calls: [], reasons: [] });
  });

  test.each([
    [
      { productID: 'p', sku: 's', mpn: 'm', gtin13: 'g' },
      { product_id: 'p', sku: 's' },
    ],
    [
      { sku: 's', mpn: 'm', gtin13: 'g' },
      { product_id: 's', sku: 's' },
    ],
    [
      { mpn: 'm', gtin: 'g' },
      { product_id: 'm', sku: undefined },
    ],
    [{ gtin14: '14', gtin8: '8' }, { product_id: '14' }],
    [{ gtin13: '0012502627104' }, { product_id: '0012502627104' }],
    [{ isbn: '9783161484100' }, { product_id: '9783161484100' }],
    [{ '@type': 'Car', vehicleIdentificationNumber: 'WVWZZZ1JZ3W386752' }, { product_id: 'WVWZZZ1JZ3W386752' }],
    [{ sku: 42 }, { product_id: '42' }],
    [{ sku: ['s'] }, { product_id: 's' }],
    [{ sku: { '@value': 's' } }, { product_id: 's' }],
    [{ offers: { ...offer, sku: 'of the offer' } }, { product_id: 'of the offer', price: 35.79 }],
  ])('takes the id of %o', (fields, expected) => {
    expect(fieldsOf({ ...lamp, productID: undefined, ...fields })).toMatchObject(expected);
  });

  test.each([
    ['no id', { productID: '' }],
    ['several', { productID: ['a', 'b'] }],
    ['a mere name', { productID: undefined, '@id': '#product' }],
    ['one that has lost digits', { productID: 2 ** 60 }],
  ])('refuses a product with %s', (_what, fields) => {
    const { calls, reasons } = view({ ...lamp, ...fields });
    expect(calls).toEqual([]);
    expect(reasons).toContain('view: no productID, sku, mpn or gtin');
  });

  test('keeps the digits of an id that is written as a number, or refuses it where the engine has lost them', () => {
    let tells = false;
    JSON.parse('1', ((_: string, value: unknown, source?: object) => {
      tells = source !== undefined && 'source' in source;
      return value;
    }) as (key: string, value: unknown) => unknown);
    const { calls, reasons } = mapJsonLd('{"@type":"Product","sku":2053013552326770905}');
    // Node.js 20 does not tell the source of a number; what a browser makes of it, an e2e test shows.
    if (tells) expect(calls).toMatchObject([['view', { product_id: '2053013552326770905' }]]);
    else expect([calls, reasons[0]]).toEqual([[], expect.stringContaining('lost digits')]);
  });

  test.each([
    ['one offer', offer, 35.79],
    ['a number', { ...offer, price: 35.79 }, 35.79],
    ['a list of one', [offer], 35.79],
    ['an offer without a type', { price: 35.79, priceCurrency: 'EUR' }, 35.79],
    ['offers that agree', [offer, { ...offer, availability: 'InStock' }], 35.79],
    [
      'an aggregate of one price',
      { '@type': 'AggregateOffer', lowPrice: '35.79', highPrice: 35.79, priceCurrency: 'EUR', offerCount: 4 },
      35.79,
    ],
    [
      'an aggregate of one offer',
      { '@type': 'AggregateOffer', lowPrice: 35.79, priceCurrency: 'EUR', offerCount: '1' },
      35.79,
    ],
    [
      'an aggregate with the offer in it',
      { '@type': 'AggregateOffer', priceCurrency: 'EUR', offers: [{ '@type': 'Offer', price: 35.79 }] },
      35.79,
    ],
    ['a price specification', { '@type': 'Offer', priceSpecification: unit }, 35.79],
    [
      'a specification without a currency of its own',
      { ...offer, price: undefined, priceSpecification: { price: 35.79 } },
      35.79,
    ],
    [
      'a sale beside the list price, a price per litre and one for members',
      {
        '@type': 'Offer',
        priceSpecification: [
          unit,
          { ...unit, price: 50, priceType: 'https://schema.org/ListPrice' },
          { ...unit, price: 50, priceType: 'https://schema.org/StrikethroughPrice' },
          { ...unit, price: 7, referenceQuantity: { value: 1, unitCode: 'LTR' } },
          { ...unit, price: 30, validForMemberTier: { '@id': '#gold' } },
          { '@type': 'DeliveryChargeSpecification', price: 5, priceCurrency: 'EUR' },
        ],
      },
      35.79,
    ],
    ['an offer of nothing: 0', { ...offer, price: 0 }, 0],
    ['what is sought, not offered', [offer, { ...offer, '@type': 'Demand', price: 1 }], 35.79],
  ])('takes the price of %s', (_what, offers, price) => {
    const mapping = view({ ...lamp, offers });
    expect(mapping.calls[0]?.[1]).toMatchObject({ product_id: 'lamp', price, currency: 'EUR' });
    expect(mapping.reasons).toEqual([]);
  });

  test.each([
    ['offers that differ', [offer, { ...offer, price: 40 }], 'no single price'],
    ['offers in two currencies', [offer, { ...offer, priceCurrency: 'USD' }], 'no single price'],
    ['an offer beside one without a price', [offer, { '@type': 'Offer' }], 'no single price'],
    ['a range', { '@type': 'AggregateOffer', lowPrice: 10, highPrice: 20, priceCurrency: 'EUR' }, 'no single price'],
    ['an open range', { '@type': 'AggregateOffer', lowPrice: 10, priceCurrency: 'EUR' }, 'no single price'],
    ['a decimal comma', { ...offer, price: '35,79' }, 'is not a decimal number'],
    ['a currency sign', { ...offer, price: '$35.79' }, 'is not a decimal number'],
    ['no currency', { ...offer, priceCurrency: undefined }, 'has no currency'],
    ['a currency that is none', { ...offer, priceCurrency: 'Euro' }, 'is not a currency code'],
  ])('leaves the price out for %s, and says so', (_what, offers, reason) => {
    const { calls, reasons } = view({ ...lamp, offers });
    expect(calls[0]?.[1]).toMatchObject({ product_id: 'lamp' });
    expect(calls[0]?.[1]).not.toHaveProperty('price');
    expect(reasons.join()).toContain(reason);
  });

  test('says nothing of a price where none is offered', () => {
    expect(view({ ...lamp, offers: [] }).reasons).toEqual([]);
    expect(view({ ...lamp, offers: { '@type': 'Offer', availability: 'OutOfStock' } }).reasons).toEqual([]);
  });

  test.each([
    [{ brand: 'Maré' }, { brand: 'Maré' }],
    [{ brand: { '@type': 'Brand', name: 'Maré' } }, { brand: 'Maré' }],
    [{ brand: [{ name: 'Maré' }] }, { brand: 'Maré' }],
    [{ brand: ['Maré', 'Sol'] }, { brand: undefined }],
    [{ brand: {} }, { brand: undefined }],
    [{ category: 'Home > Lamps &gt; Desk 2.0' }, { category_code: 'Home.Lamps.Desk 2_0' }],
    [{ category: 'Lamps/Bulbs' }, { category_code: 'Lamps/Bulbs' }],
    [{ category: ['A', 'B'] }, { category_code: undefined }],
    [{ category: 'https://www.wikidata.org/wiki/Q1' }, { category_code: undefined }],
    [{ category: { '@type': 'CategoryCode', name: 'Lamps' } }, { category_code: 'Lamps' }],
  ])('reads %o', (fields, expected) => {
    expect(fieldsOf({ ...lamp, ...fields })).toMatchObject(expected);
  });

  const chair = { ...lamp, productID: 'chair' };
  test.each([
    ['its url', [{ ...lamp, url: 'https://shop.example/p/lamp' }, chair]],
    ['its url, with another scheme and a slash', [{ ...lamp, url: 'http://shop.example/p/lamp/' }, chair]],
    [
      'its url within the site',
      [
        { ...lamp, url: '/p/lamp' },
        { ...chair, url: '/p/chair' },
      ],
    ],
    ['its @id', [{ ...lamp, '@id': 'https://shop.example/p/lamp#product' }, chair]],
    ['its mainEntityOfPage', [{ ...lamp, mainEntityOfPage: { '@id': 'https://shop.example/p/lamp' } }, chair]],
    ['the url of its offer', [{ ...lamp, offers: { ...offer, url: '/p/lamp' } }, chair]],
    [
      'its url, closer than that of another',
      [
        { ...lamp, url: '/p/lamp?size=s' },
        { ...chair, url: '/p/lamp' },
      ],
    ],
    ['being the main entity', [{ '@type': 'ItemPage', mainEntity: lamp }, chair]],
    [
      'being named as the main entity',
      {
        '@graph': [
          { '@type': 'WebPage', mainEntity: { '@id': '#lamp' } },
          { ...lamp, '@id': '#lamp' },
          { ...chair, '@id': '#chair' },
        ],
      },
    ],
  ])('knows the one of several products by %s', (_what, payload) => {
    expect(view(payload)).toMatchObject({ calls: [['view', { product_id: 'lamp' }]], reasons: [] });
  });

  test.each([
    ['none of them says', [lamp, chair]],
    [
      'none of them is here',
      [
        { ...lamp, url: '/p/1' },
        { ...chair, url: '/p/2' },
      ],
    ],
    [
      'both of them are',
      [
        { ...lamp, url: '/p/lamp' },
        { ...chair, url: '/p/lamp' },
      ],
    ],
    [
      'they only have names',
      [
        { ...lamp, '@id': '#lamp' },
        { ...chair, '@id': '_:b1' },
      ],
    ],
    ['another parameter is asked for', [{ ...lamp, url: '/p/lamp?size=l' }, chair]],
    ['another product of that path is of another shop', [{ ...lamp, url: 'https://other.example/p/lamp' }, chair]],
  ])('refuses several products where %s', (_what, payload) => {
    const { calls, reasons } = view(payload);
    expect(calls).toEqual([]);
    expect(reasons).toEqual(['view: no telling which of 2 products the page shows']);
  });

  test('refuses several products of a page whose address it does not get', () => {
    expect(mapJsonLd([{ ...lamp, url: '/p/lamp' }, chair]).calls).toEqual([]);
  });

  const variant = (size: string) => ({
    '@type': 'Product',
    sku: `lamp-${size}`,
    size,
    offers: { ...offer, url: `https://shop.example/p/lamp?size=${size}` },
  });
  const group = {
    '@type': 'ProductGroup',
    productGroupID: 'lamp',
    name: 'A lamp',
    brand: { '@type': 'Brand', name: 'Maré' },
    hasVariant: [variant('s'), variant('l'), { url: '/p/lamp?size=xl' }],
  };
  test('takes of a group the variant of the page, with what all variants share', () => {
    expect(view(group)).toEqual({
      calls: [
        [
          'view',
          { product_id: 'lamp', sku: 'lamp-s', product_name: 'A lamp', brand: 'Maré', price: 35.79, currency: 'EUR' },
        ],
      ],
      reasons: [],
    });
  });

  test('takes the variants of a group that stand beside it', () => {
    const of = { isVariantOf: { '@id': '#group' } };
    const payload = {
      '@graph': [
        { ...group, '@id': '#group', hasVariant: [] },
        { ...variant('s'), ...of },
        { ...variant('l'), ...of },
      ],
    };
    expect(fieldsOf(payload)).toMatchObject({ product_id: 'lamp', sku: 'lamp-s', brand: 'Maré' });
    const named = {
      '@graph': [
        { ...group, hasVariant: [{ '@id': '#s' }, { '@id': '#l' }] },
        { ...variant('s'), '@id': '#s' },
        { ...variant('l'), '@id': '#l' },
      ],
    };
    expect(fieldsOf(named)).toMatchObject({ product_id: 'lamp', sku: 'lamp-s', brand: 'Maré' });
  });

  test('names a variant by itself where its group has no id', () => {
    expect(fieldsOf({ ...group, productGroupID: undefined })).toMatchObject({ product_id: 'lamp-s', sku: 'lamp-s' });
  });

  const wide = { ...variant('l'), offers: { ...offer, price: 50, url: '/p/lamp?size=l' } };
  test.each([
    ['no variant of which is chosen', { ...group, url: '/p/lamp', hasVariant: [variant('l'), variant('xl')] }, 35.79],
    [
      'without addresses',
      {
        ...group,
        hasVariant: [
          { ...variant('s'), offers: offer },
          { ...variant('l'), offers: offer },
        ],
      },
      35.79,
    ],
    [
      'whose variants have no SKUs',
      { ...group, hasVariant: [{ '@type': 'Product' }, { '@type': 'Product' }] },
      undefined,
    ],
    ['whose variants cost different', { ...group, hasVariant: [wide, variant('xl')] }, undefined],
    [
      'some variants of which are elsewhere',
      { ...group, hasVariant: [variant('l'), { url: '/p/lamp?size=xl' }] },
      undefined,
    ],
    ['with an offer of its own', { ...group, hasVariant: [wide, variant('xl')], offers: { ...offer, price: 20 } }, 20],
    ['without variants', { ...group, hasVariant: undefined }, undefined],
  ])('takes a group %s for the product', (_what, payload, price) => {
    const { calls } = view([{ '@type': 'Organization' }, payload]);
    expect(calls).toMatchObject([['view', { product_id: 'lamp', product_name: 'A lamp', brand: 'Maré' }]]);
    const told = calls[0]?.[1] as Product | undefined;
    expect([told?.sku, told?.price]).toEqual([undefined, price]);
  });

  test('takes of several groups the one of the page', () => {
    const shade = { ...group, productGroupID: 'shade', hasVariant: undefined };
    const payload = [
      { ...group, url: '/p/lamp', hasVariant: [variant('l'), variant('xl')] },
      { ...shade, url: '/p/shade' },
    ];
    expect(fieldsOf(payload)).toMatchObject({ product_id: 'lamp' });
    expect(view([group, shade].map((each) => ({ ...each, hasVariant: undefined })))).toEqual({
      calls: [],
      reasons: ['view: no telling which of 2 products the page shows'],
    });
  });

  test('refuses a group without an id', () => {
    const { calls, reasons } = view({ ...group, productGroupID: undefined, hasVariant: undefined });
    expect([calls, reasons]).toEqual([[], ['view: no productID, sku, mpn or gtin']]);
  });

  test('puts together what two scripts tell of one product', () => {
    const sku = { '@type': 'Product', sku: 'lamp-s' };
    expect(
      view([
        { ...sku, name: 'A lamp' },
        { ...sku, name: 'Lamp – Shop', brand: 'Maré', offers: offer },
      ]),
    ).toEqual({
      calls: [
        [
          'view',
          { product_id: 'lamp-s', sku: 'lamp-s', product_name: 'A lamp', brand: 'Maré', price: 35.79, currency: 'EUR' },
        ],
      ],
      reasons: [],
    });
    const { calls, reasons } = view([
      { ...sku, offers: offer },
      { ...sku, offers: { ...offer, price: 42 } },
    ]);
    expect(calls).toEqual([['view', { product_id: 'lamp-s', sku: 'lamp-s' }]]);
    expect(reasons).toEqual(['view: offers: no single price']);
  });

  test('refuses text that does not parse', () => {
    expect(view('{oops')).toEqual({ calls: [], reasons: ['view: JSON-LD that cannot be read'] });
  });

  test('reads nothing differently from what the other plugins read of a page', () => {
    const payloads = [
      lamp,
      { ...lamp, offers: offer },
      { ...lamp, sku: 's', brand: 'B', offers: [offer] },
      [lamp, chair],
      group,
      [{ '@graph': [lamp] }],
    ];
    const change = fc.oneof(...payloads.map((payload) => fc.oneof(fc.constant(payload as unknown), hostile(payload))));
    fc.assert(
      fc.property(change, (payload) => {
        let text: string | undefined;
        try {
          text = JSON.stringify(payload);
        } catch {}
        if (text === undefined) return;
        const less = jsonLdProduct([text]);
        const [call] = mapJsonLd(text, { url }).calls;
        for (const [name, value] of Object.entries(less ?? {})) {
          // Whatever text is a decimal number goes out as a price there; the collector refuses what nothing costs.
          const unpayable = Number(less?.price) >= 1e9 && /^(price|currency)$/.test(name);
          if (value === undefined || unpayable) continue;
          const more = (call?.[1] as Record<string, unknown> | undefined)?.[name];
          expect(name === 'price' ? Number(value) : value, name).toBe(more);
        }
      }),
      { numRuns: 1000, seed: 20261120 },
    );
  });

  test('never throws, and gives only what the contract takes', () => {
    const payloads = [
      { ...lamp, offers: [offer, offer], brand: ['B'], category: 'A > B' },
      group,
      { '@graph': [lamp, chair] },
    ];
    fc.assert(
      fc.property(fc.oneof(...payloads.map(hostile), fc.anything()), (payload) => expectValidCalls(view(payload))),
      { numRuns: 1000, seed: 20261120 },
    );
    fc.assert(
      fc.property(fc.json(), (text) => expectValidCalls(view(text))),
      { seed: 20261120 },
    );
  });
});
