/**
 * The event contract. Everything else that names a field (TypeScript types, docs/events.md, the collector's validation,
 * table columns) is generated from, or checked against, the objects in this file.
 *
 * Beside the standard JSON Schema (2020-12) keywords there are four of our own, ignored by other validators:
 * - `x-unit`: the unit of the value, for people.
 * - `x-kind`: `id` and `decimal` are accepted in a second form on the wire and normalised by the collector, see `wire()`.
 * - `x-codes`: the error code to answer when a keyword of the schema fails, by keyword; others have a general code.
 * - `x-max-bytes`: the most bytes the value may have as UTF-8 JSON.
 */
export interface JsonSchema {
  readonly $schema?: string;
  readonly $id?: string;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly title?: string;
  readonly description?: string;
  readonly type?: JsonType | readonly JsonType[];
  readonly const?: string | number | boolean;
  readonly enum?: readonly string[];
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly not?: JsonSchema;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly maxProperties?: number;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly oneOf?: readonly JsonSchema[];
  readonly 'x-unit'?: string;
  readonly 'x-kind'?: 'id' | 'decimal';
  readonly 'x-codes'?: Readonly<Record<string, string>>;
  readonly 'x-max-bytes'?: number;
}
export type JsonType = 'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array' | 'null';

/** Version of the envelope, `v` on the wire. It changes only when an old collector would misread a new tracker. */
export const wireVersion = 1;

/** Bounds of one request, beside the body's bytes, which the collector's options set. */
export const limits: { readonly maxEvents: number; readonly maxItems: number } = { maxEvents: 500, maxItems: 500 };

/** No control characters and no lone surrogates: neither survives every reader of the stream. */
const printable = String.raw`^[^\p{Cc}\p{Cs}]*$`;
const uuid = '^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$';
/** 9999-12-31T23:59:59.999Z: the last instant that ISO 8601 writes with a four-digit year. */
const lastInstantMs = 253_402_300_799_999;

/** An identifier: text from end to end, since real category ids have 19 digits and a double keeps 15. */
const id = (description: string, ...examples: string[]): JsonSchema => ({
  description,
  type: 'string',
  minLength: 1,
  maxLength: 128,
  pattern: printable,
  // `1.4875800092865987e+18`, `2.10381E18`: through a double or a spreadsheet, its digits are gone. `75E12` may be a SKU.
  not: { type: 'string', pattern: String.raw`^\d+(?:[.,]\d+[eE]\+?|[eE]\+)\d+$` },
  examples,
  'x-kind': 'id',
});
const text = (description: string, maxLength: number, ...examples: string[]): JsonSchema => ({
  description,
  type: 'string',
  minLength: 1,
  maxLength,
  pattern: printable,
  examples,
});
const money = (description: string, ...examples: number[]): JsonSchema => ({
  description: `${description} At most 6 decimals and 15 significant digits, so that a double holds it exactly.`,
  type: 'number',
  minimum: 0,
  examples,
  'x-codes': { minimum: 'negative_amount' },
  'x-kind': 'decimal',
  'x-unit': 'currency units (not cents)',
});
const instant = (description: string, example: string): JsonSchema => ({
  description,
  type: 'string',
  format: 'date-time',
  examples: [example],
  'x-unit': 'ISO 8601 instant, UTC, milliseconds',
});

/** Commerce events name a product; `web_vitals` names a page. */
export const eventTypes = ['view', 'cart', 'remove_from_cart', 'purchase', 'web_vitals', 'cancel', 'refund'] as const;
/** What happens to an order after it was placed: told by servers, and taken for sites that allow it. */
export const orderChangeTypes: readonly string[] = ['cancel', 'refund'];
/** Events with lines: the collector writes one record for each. */
export const orderTypes: readonly string[] = ['purchase', ...orderChangeTypes];

/** Every field of a record, in the order in which a record is written. */
export const fields: Readonly<Record<string, JsonSchema>> = {
  event_id: {
    description:
      'Identity of the event: readers count each `event_id` once. Made in the tracker (UUIDv7); for a line of an order the collector sets it from site, order, product, SKU and which occurrence of these it is (UUIDv5), so that a reloaded thank-you page is the same event.',
    type: 'string',
    pattern: uuid,
    examples: ['01936d2e-7c1a-7e3b-9f60-3a1f0c5d7e21'],
    'x-unit': 'UUID, lower case',
  },
  event_type: {
    description: 'What the visitor did, or what became of an order.',
    type: 'string',
    enum: eventTypes,
    examples: ['cart'],
    'x-codes': { enum: 'unknown_event_type' },
  },
  event_time: instant(
    "When it happened. On the wire the visitor's clock in integer ms since the Unix epoch; in the record corrected by the collector when that clock is off.",
    '2026-11-20T09:30:00.123Z',
  ),
  event_time_raw: {
    description: "`event_time` as the visitor's device gave it, before any correction.",
    type: 'integer',
    minimum: 0,
    maximum: lastInstantMs,
    examples: [1795253400123],
    'x-unit': 'ms since the Unix epoch',
  },
  received_at: instant('When the collector received the request.', '2026-11-20T09:30:01.004Z'),
  txn_timestamp: instant(
    'When the collector put the record on the stream: the event-time column of a Flink table that never sees late events.',
    '2026-11-20T09:30:01.005Z',
  ),
  site: text('The shop, from the site key of the request.', 64, 'demo'),
  source: {
    ...text('Where the event was made: a browser, or an importer by its name.', 32, 'web', 'replay'),
    pattern: '^[a-z0-9][a-z0-9_-]*$',
    default: 'web',
  },
  sdk: text('Name and version of the library that sent it.', 64, 'rastro-js/0.1.0'),
  customer_id: id("The shop's id of the customer. Present only after `identify`.", 'c-1042', '541312140'),
  device_id: id('The browser: first-party id, kept 400 days.', '01936d2e-7c1a-7e3b-9f60-1b2c3d4e5f60'),
  session_id: id('The visit: ends after 30 minutes without an event.', '01936d2e-7c1a-7e3b-9f60-aabbccddeeff'),
  session_seq: {
    description:
      'Position of the event in its session, from 1. Records of one session land on several shards: order them by this. Lines of one purchase share it.',
    type: 'integer',
    minimum: 1,
    maximum: 2_147_483_647,
    examples: [3],
    'x-unit': 'count',
  },
  product_id: id("The shop's id of the product.", '44600062'),
  sku: id('The variant sold.', '44600062-RED-M'),
  product_name: text('Name of the product as shown.', 256, 'Matte lipstick'),
  category_id: id('The deepest category of the product. First choice for the partition key.', '2053013552326770905'),
  category_code: {
    ...id('Path of the category, parts separated by dots.', 'appliances.environment.water_heater'),
    pattern: String.raw`^[^.\p{Cc}\p{Cs}]+(?:\.[^.\p{Cc}\p{Cs}]+)*$`,
    'x-codes': { pattern: 'not_a_dotted_path' },
  },
  brand: text('Brand of the product.', 128, 'shiseido'),
  price: money('Price charged for one unit, after discount.', 35.79),
  currency: {
    description: 'Currency of every amount of the event.',
    type: 'string',
    pattern: '^[A-Z]{3}$',
    examples: ['BRL', 'USD'],
    'x-unit': 'ISO 4217 code',
    'x-codes': { pattern: 'not_a_currency' },
  },
  quantity: {
    description: 'Units of the product.',
    type: 'integer',
    minimum: 1,
    maximum: 1_000_000,
    default: 1,
    examples: [2],
    'x-unit': 'count',
  },
  order_id: id('The order. One `purchase` call has one.', 'A-10042'),
  change_id: id(
    'Which cancellation or refund of the order: the part that was cancelled, the number of the return invoice. It tells several of one order apart.',
    'A-10042/24382',
  ),
  line: {
    description:
      'Number of the line, from 1: lines are sorted by product, SKU, price and quantity, so that whoever reports the order numbers them alike.',
    type: 'integer',
    minimum: 1,
    maximum: limits.maxItems,
    examples: [1],
    'x-unit': 'count',
  },
  lines: {
    description: 'Lines of the order: all records of the order have arrived when this many are there.',
    type: 'integer',
    minimum: 1,
    maximum: limits.maxItems,
    examples: [3],
    'x-unit': 'count',
  },
  order_total: money(
    'What the customer pays for the whole order. In the record of line 1 only, so that sums are right.',
    129.9,
  ),
  tax: money('Tax within `order_total`. In the record of line 1 only.', 21.65),
  shipping: money('Shipping within `order_total`. In the record of line 1 only.', 9.9),
  coupon: text('Code of the voucher used. In every line.', 128, 'BLACKFRIDAY'),
  metric: {
    description: 'Which web vital was measured.',
    type: 'string',
    enum: ['LCP', 'INP', 'CLS', 'FCP', 'TTFB'],
    examples: ['LCP'],
  },
  value: {
    description: 'The measured value.',
    type: 'number',
    minimum: 0,
    maximum: 1e9,
    examples: [1834.5],
    'x-unit': 'ms; CLS has no unit',
  },
  rating: {
    description: "The metric's published thresholds, applied to `value`.",
    type: 'string',
    enum: ['good', 'needs-improvement', 'poor'],
    examples: ['good'],
  },
  navigation_type: {
    description: 'How the page was reached.',
    type: 'string',
    enum: ['navigate', 'reload', 'back-forward', 'back-forward-cache', 'prerender', 'restore', 'soft-navigation'],
    examples: ['navigate'],
  },
  target: text('CSS selector of the element that the metric is attributed to.', 256, 'main>img.hero'),
  page_url: text('The page, with only the allowed query parameters.', 2048, 'https://shop.example/p/44600062'),
  page_referrer: text('The page before, with only the allowed query parameters.', 2048, 'https://www.google.com/'),
  page_title: text('Title of the page.', 256, 'Matte lipstick | Shop'),
  utm_source: text('Campaign: source.', 128, 'newsletter'),
  utm_medium: text('Campaign: medium.', 128, 'email'),
  utm_campaign: text('Campaign: name.', 128, 'black-friday'),
  utm_term: text('Campaign: paid term.', 128, 'lipstick'),
  utm_content: text('Campaign: which link or advertisement.', 128, 'header'),
  language: {
    ...text('Language of the browser.', 35, 'pt-BR'),
    pattern: '^[A-Za-z0-9-]+$',
    'x-unit': 'BCP 47 tag',
  },
  viewport: {
    ...text('Size of the window.', 11, '390x844'),
    pattern: '^[0-9]{1,5}x[0-9]{1,5}$',
    'x-unit': 'CSS px, width x height',
  },
  user_agent: text(
    'The `User-Agent` header of the request, where `source` is `web`.',
    512,
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
  ),
  is_bot: {
    description: 'The user agent names a robot, or the browser says that a program drives it. Flagged, never dropped.',
    type: 'boolean',
    examples: [false],
  },
  country: {
    description: 'Country of the visitor, when a CDN in front of the collector says so.',
    type: 'string',
    pattern: '^[A-Z]{2}$',
    examples: ['BR'],
    'x-unit': 'ISO 3166-1 alpha-2 code',
  },
  ip_prefix: {
    description: 'Network of the visitor: IPv4 cut to 24 bits, IPv6 to 48. The full address is never stored.',
    type: 'string',
    maxLength: 22,
    examples: ['203.0.113.0/24'],
    'x-unit': 'CIDR prefix',
  },
  properties: {
    description: "The shop's own fields: flat.",
    type: 'object',
    maxProperties: 32,
    propertyNames: { minLength: 1, maxLength: 64, pattern: printable },
    additionalProperties: { type: ['string', 'number', 'boolean', 'null'], pattern: printable },
    examples: [{ gift: true, list: 'search' }],
    'x-max-bytes': 1024,
    'x-unit': 'at most 1,024 bytes of JSON',
    'x-codes': {
      maxProperties: 'properties_too_large',
      'x-max-bytes': 'properties_too_large',
      type: 'properties_not_flat',
    },
  },
  flags: {
    description: 'What the collector noticed and accepted all the same; absent when it noticed nothing.',
    type: 'array',
    items: { type: 'string', enum: ['session_missing', 'clock_corrected', 'context_dropped'] },
    examples: [['session_missing']],
  },
};

const identity = ['customer_id', 'device_id', 'session_id'] as const;
const product = ['product_id', 'sku', 'product_name', 'category_id', 'category_code', 'brand'] as const;
const item = [...product, 'price', 'currency', 'quantity', 'properties'] as const;
const order = ['order_id', 'currency', 'order_total', 'tax', 'shipping', 'coupon', 'properties'] as const;
const change = ['order_id', 'change_id', 'currency', 'order_total', 'tax', 'shipping', 'properties'] as const;
const vitals = ['metric', 'value', 'rating', 'navigation_type', 'target'] as const;
/** Fields that describe the page rather than the event: written once in the envelope, or on an event where it differs. */
export const contextFields: readonly string[] = [
  'page_url',
  'page_referrer',
  'page_title',
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'utm_term',
  'utm_content',
  'language',
  'viewport',
];
/** Fields that say who: written once in the envelope, or on an event where they differ. */
export const identityFields: readonly string[] = identity;
/** Fields that hold for a whole order, or for all of a change; their amounts stand in the record of line 1 only. */
export const orderAmountFields: readonly string[] = ['order_total', 'tax', 'shipping'];

const field = (name: string): JsonSchema => {
  const found = fields[name];
  if (found === undefined) throw new Error(`no field ${name}`);
  return found;
};

/**
 * The form of a field that the collector accepts: ids also as a safe integer, amounts also as a decimal string.
 * Whatever a double has already damaged is refused by name.
 */
export function wire(name: string): JsonSchema {
  const schema = field(name);
  if (name === 'event_time') {
    const { format: _, ...rest } = schema;
    return {
      ...rest,
      type: 'integer',
      minimum: 0,
      maximum: lastInstantMs,
      examples: [1795253400123],
      'x-unit': 'ms since the Unix epoch',
    };
  }
  if (schema['x-kind'] === 'id') {
    return {
      ...schema,
      type: ['string', 'integer'],
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      'x-codes': { not: 'id_precision_lost', maximum: 'id_precision_lost', ...schema['x-codes'] },
    };
  }
  if (schema['x-kind'] === 'decimal') return { ...schema, type: ['number', 'string'], maxLength: 64 };
  // Version 5 is what the collector derives for purchase lines: nobody takes the id of an order's line in advance.
  if (name === 'event_id') return { ...schema, pattern: uuid.replace('[1-8]', '[1-46-8]') };
  return schema;
}

const object = (description: string, names: readonly string[], required: readonly string[], of = wire): JsonSchema => ({
  description,
  type: 'object',
  properties: Object.fromEntries(names.map((name) => [name, of(name)])),
  required,
  additionalProperties: false,
});

const eventBase = ['event_id', 'event_type', 'event_time', 'session_seq', ...identity];
const eventRequired = ['event_id', 'event_type', 'event_time'];

/** A wire event of one type: its own fields, and whatever of the envelope differs for it. */
const event = (
  type: string,
  description: string,
  names: readonly string[],
  required: readonly string[],
  extra = {},
): JsonSchema => {
  const schema = object(description, [...eventBase, ...names, ...contextFields], [...eventRequired, ...required]);
  return {
    ...schema,
    properties: { ...schema.properties, event_type: { ...field('event_type'), enum: [type] }, ...extra },
  };
};

const lines = (description: string): JsonSchema => ({
  description,
  type: 'array',
  minItems: 1,
  maxItems: limits.maxItems,
  items: object('One line of an order.', item, ['product_id']),
});

/** The wire schema of each event type, by `event_type`. */
export const eventSchemas: Readonly<Record<(typeof eventTypes)[number], JsonSchema>> = {
  view: event('view', 'A product was looked at.', item, ['product_id']),
  cart: event('cart', 'A product was put into the cart.', item, ['product_id']),
  remove_from_cart: event('remove_from_cart', 'A product was taken out of the cart.', item, ['product_id']),
  purchase: event(
    'purchase',
    'An order was placed: one event per order. The collector writes one record per line.',
    order,
    ['order_id', 'items'],
    {
      items: lines('The lines of the order.'),
    },
  ),
  web_vitals: event(
    'web_vitals',
    'A web vital of a page was measured.',
    [...vitals, 'properties'],
    ['metric', 'value'],
  ),
  cancel: event(
    'cancel',
    'An order, or a part of it, was cancelled. For sites with `orderChanges`; `order_total` is what is not paid, or paid back.',
    change,
    ['order_id', 'change_id', 'items'],
    { items: lines('The lines that were cancelled.') },
  ),
  refund: event(
    'refund',
    'Lines of an order were returned. For sites with `orderChanges`; `order_total` is what is paid back.',
    change,
    ['order_id', 'change_id', 'items'],
    { items: lines('The lines that were returned; `quantity` is how many of each.') },
  ),
};

/** The `context` of an envelope. */
export const contextSchema: JsonSchema = object('The page, once for all events of the request.', contextFields, []);

/** The body of a request, its events still unchecked: each is checked alone, so that one bad event harms no other. */
export const envelopeSchema: JsonSchema = {
  description: 'The body of a request: what its events share is written once.',
  type: 'object',
  properties: {
    v: { description: 'Version of the envelope.', type: 'integer', const: wireVersion, examples: [wireVersion] },
    key: { ...text('The site key.', 64, 'demo') },
    sent_at: {
      description:
        "The visitor's clock when the request left: its distance from the collector's clock corrects `event_time`.",
      type: 'integer',
      minimum: 0,
      maximum: lastInstantMs,
      examples: [1795253400900],
      'x-unit': 'ms since the Unix epoch',
    },
    source: field('source'),
    sdk: field('sdk'),
    webdriver: {
      description: 'True when a program drives the browser (`navigator.webdriver`).',
      type: 'boolean',
      examples: [true],
    },
    dropped: {
      description: 'Events that this browser dropped, unsent, since it last told: it may hold only so many.',
      type: 'integer',
      minimum: 0,
      maximum: 1_000_000_000,
      examples: [12],
    },
    customer_id: wire('customer_id'),
    device_id: wire('device_id'),
    session_id: wire('session_id'),
    context: contextSchema,
    events: {
      description: 'The events, oldest first.',
      type: 'array',
      minItems: 1,
      maxItems: limits.maxEvents,
    },
  },
  required: ['v', 'key', 'events'],
  additionalProperties: false,
};

/** What is put on the stream: one JSON object per record. */
export const recordSchema: JsonSchema = object(
  'What readers of the stream get: one JSON object per record, absent fields left out.',
  Object.keys(fields),
  [
    'event_id',
    'event_type',
    'event_time',
    'event_time_raw',
    'received_at',
    'txn_timestamp',
    'site',
    'source',
    'is_bot',
  ],
  field,
);

/** What is put on the dead-letter stream. */
export const deadLetterSchema: JsonSchema = {
  description: 'What was rejected, whole, with the reasons: enough to mend it and send it again.',
  type: 'object',
  properties: {
    dead_letter_id: {
      description: 'Derived from site and bytes (UUIDv5): the same event rejected again is the same dead letter.',
      type: 'string',
      pattern: uuid,
      examples: ['01936d2e-7c1a-7e3b-9f60-3a1f0c5d7e21'],
      'x-unit': 'UUID, lower case',
    },
    code: {
      description: 'The first reason; docs/errors.md lists all codes.',
      type: 'string',
      examples: ['id_precision_lost'],
    },
    errors: {
      description: 'All reasons.',
      type: 'array',
      items: {
        type: 'object',
        description: 'One reason.',
        properties: {
          code: { description: 'Error code.', type: 'string', examples: ['id_precision_lost'] },
          path: { description: 'Where, as a JSON Pointer into the event.', type: 'string', examples: ['/category_id'] },
          message: { description: 'What is wrong and what to do.', type: 'string' },
        },
        required: ['code', 'path', 'message'],
        additionalProperties: false,
      },
    },
    received_at: field('received_at'),
    site: field('site'),
    index: {
      description: 'Position of the event in its request, from 0; absent when the whole request was refused.',
      type: 'integer',
      minimum: 0,
      examples: [0],
      'x-unit': 'count',
    },
    event_id: {
      description: 'The `event_id` it came with, if it had one.',
      type: 'string',
      examples: ['01936d2e-7c1a-7e3b-9f60-3a1f0c5d7e21'],
    },
    event_type: { description: 'The `event_type` it came with, if it had one.', type: 'string', examples: ['view'] },
    raw: {
      description: 'The event (or the body, when it could not be read) exactly as it came.',
      type: 'string',
      examples: ['{"event_type":"view","category_id":1.48e+18}'],
    },
    raw_encoding: {
      description: '`base64` when the bytes are not UTF-8 text.',
      type: 'string',
      enum: ['utf8', 'base64'],
      examples: ['utf8'],
    },
    envelope: {
      description: 'The envelope it came in, without its events and its key.',
      type: 'object',
      additionalProperties: true,
      examples: [{ v: 1, device_id: '01936d2e-7c1a-7e3b-9f60-1b2c3d4e5f60' }],
    },
    user_agent: field('user_agent'),
    ip_prefix: field('ip_prefix'),
  },
  required: ['dead_letter_id', 'code', 'errors', 'received_at', 'raw', 'raw_encoding'],
  additionalProperties: false,
};

/** Names the schema of a line instead of repeating it. */
function withItems(of: JsonSchema): JsonSchema {
  const items = { ...of.properties?.['items'], items: { $ref: '#/$defs/Item' } };
  return { ...of, properties: { ...of.properties, items } };
}

/** The whole contract as one JSON Schema document, published as `event.schema.json`. */
export const schema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:rastro:event:1',
  title: 'Rastro events',
  description: 'A request to the collector. The other shapes of the contract stand in `$defs`.',
  $ref: '#/$defs/Envelope',
  $defs: {
    Item: (eventSchemas.purchase.properties?.['items']?.items ?? {}) as JsonSchema,
    ViewEvent: eventSchemas.view,
    CartEvent: eventSchemas.cart,
    RemoveFromCartEvent: eventSchemas.remove_from_cart,
    PurchaseEvent: withItems(eventSchemas.purchase),
    WebVitalsEvent: eventSchemas.web_vitals,
    CancelEvent: withItems(eventSchemas.cancel),
    RefundEvent: withItems(eventSchemas.refund),
    Event: {
      description: 'One event of a visitor, on the wire.',
      oneOf: ['ViewEvent', 'CartEvent', 'RemoveFromCartEvent', 'PurchaseEvent', 'WebVitalsEvent'].map((name) => ({
        $ref: `#/$defs/${name}`,
      })),
    },
    OrderChange: {
      description: 'What became of an order, on the wire: for servers, and sites that allow it.',
      oneOf: [{ $ref: '#/$defs/CancelEvent' }, { $ref: '#/$defs/RefundEvent' }],
    },
    AnyEvent: {
      description: 'One event on the wire.',
      oneOf: [{ $ref: '#/$defs/Event' }, { $ref: '#/$defs/OrderChange' }],
    },
    Context: contextSchema,
    Envelope: {
      ...envelopeSchema,
      properties: {
        ...envelopeSchema.properties,
        context: { $ref: '#/$defs/Context' },
        events: { ...envelopeSchema.properties?.['events'], items: { $ref: '#/$defs/AnyEvent' } },
      },
    },
    StreamRecord: recordSchema,
    DeadLetter: deadLetterSchema,
  },
};
