/** Orders of the OMS, in the form of VTEX's published schema ("VTEX - Orders API.json"); the shop and its goods are ours. */

export type Fields = Record<string, unknown>;
export type OrderFields = Fields & { orderId: string };

/** One entry of `items`. `n` makes SKU and product. */
export function item(n: number, fields: Fields = {}): Fields {
  return {
    uniqueId: `U${n}`,
    id: `${1_000 + n}`,
    productId: `${n}`,
    quantity: 2,
    seller: '1',
    name: `Linen shirt ${n}`,
    price: 7_999,
    listPrice: 7_999,
    priceTags: [{ name: 'discount@price-1', value: -1_600, isPercentual: false, identifier: '1', rawValue: -16 }],
    components: [],
    bundleItems: [],
    offerings: [],
    tax: 0,
    additionalInfo: {
      brandName: 'Flor de Sal',
      brandId: '7',
      categoriesIds: '/1000083/1004135/1004138/',
      categories: [
        { id: 1004138, name: 'Shirts' },
        { id: 1004135, name: 'Clothes' },
        { id: 1000083, name: 'Women' },
      ],
    },
    measurementUnit: 'un',
    unitMultiplier: 1,
    sellingPrice: 7_199,
    isGift: false,
    priceDefinition: { sellingPrices: [{ value: 7_199, quantity: 2 }], calculatedSellingPrice: 7_199, total: 14_398 },
    parentItemIndex: null,
    ...fields,
  };
}

/** An order of one seller. `part` is its number in the group. */
export function order(group: string, part: number, items: readonly unknown[], fields: Fields = {}): OrderFields {
  return {
    orderId: `${group}-0${part}`,
    sequence: '502556',
    origin: 'Marketplace',
    affiliateId: '',
    salesChannel: '1',
    status: 'ready-for-handling',
    statusDescription: 'Pronto para o manuseio',
    value: 15_498,
    creationDate: '2026-10-09T19:25:26.5838646+00:00',
    lastChange: '2026-10-09T19:26:29.6119318+00:00',
    orderGroup: group,
    totals: [
      { id: 'Items', name: 'Total Items', value: 15_998 },
      { id: 'Discounts', name: 'Total Discounts', value: -1_600 },
      { id: 'Shipping', name: 'Total Freight', value: 1_000 },
      { id: 'Tax', name: 'Total Tax', value: 100 },
    ],
    items,
    clientProfileData: {
      id: 'clientProfileData',
      email: 'ana.souza@mail.example',
      firstName: 'Ana',
      lastName: 'Souza',
      documentType: 'cpf',
      document: '11122233344',
      phone: '+5521999999999',
      userProfileId: '5660c55f-714d-4b14-88a7-b03e9bfbdd21',
    },
    shippingData: { address: { receiverName: 'Ana Souza', street: 'Rua das Flores', postalCode: '22630-011' } },
    paymentData: {
      transactions: [{ payments: [{ firstDigits: '444433', lastDigits: '1111', cardHolder: 'ANA SOUZA' }] }],
    },
    marketingData: { id: 'marketingData', coupon: 'sale', utmSource: 'fb' },
    storePreferencesData: { countryCode: 'BRA', currencyCode: 'BRL', currencyFormatInfo: { CurrencyDecimalDigits: 2 } },
    packageAttachment: { packages: [] },
    changesAttachment: null,
    cancellationData: null,
    authorizedDate: '2026-10-09T19:26:20.0000000+00:00',
    invoicedDate: null,
    isCompleted: true,
    ...fields,
  };
}

/** A carrier for a VTEX that is played here: it waits for next to nothing. */
export const quick = (baseUrl: string) => ({
  baseUrl,
  appKey: 'key-1',
  appToken: 'token-1',
  key: 'demo',
  timeoutMs: 500,
  throttledMs: 5,
  pollIntervalMs: 20,
  backOff: { baseMs: 1, maxMs: 5 },
  random: (): number => 0.01,
});
