import { fields } from '@rastro/schema';
import { type EventType, productFields, type TrackedEvent, type TrackedEvents } from './events.js';

/** What `expect.any`, `expect.stringMatching` and their like give. */
export interface Asymmetric {
  readonly asymmetricMatch?: (other: unknown) => boolean;
}
type Amount = 'price' | 'order_total' | 'tax' | 'shipping';
type Wanted<Value> = Value extends readonly (infer Entry)[]
  ? readonly Wanted<Entry>[] | Asymmetric
  : Value extends object
    ? WantedFields<Value> | Asymmetric
    : Value | Asymmetric;
type WantedFields<Fields> = {
  readonly [Name in keyof Fields]?: Wanted<Fields[Name]> | (Name extends Amount ? `${number}` : never) | undefined;
};

/**
 * What a test says of an event: some of its fields. `undefined` says that the field is absent; amounts may be decimal text.
 * Of a purchase, `items` are all its lines in any order, and fields of a product say that one line has all of these.
 */
export type ExpectedFields<Type extends EventType> = WantedFields<
  Type extends 'purchase'
    ? TrackedEvents['purchase'] &
        Pick<TrackedEvents['cart'], Exclude<keyof TrackedEvents['cart'], keyof TrackedEvents['purchase']>>
    : TrackedEvents[Type]
>;

/** The arguments of a matcher: a type, and fields that this type has. */
export type Expectation<Options extends unknown[] = []> = {
  [Type in EventType]: [type: Type, fields?: ExpectedFields<Type>, ...options: Partial<Options>];
}[EventType];

/** A field that is not as expected. */
export interface Difference {
  /** `items[0].price`. */
  readonly path: string;
  readonly expected: unknown;
  readonly received: unknown;
  /** Why two values that look the same are not. */
  readonly note?: string;
}

type Values = Readonly<Record<string, unknown>>;

/** The fields of an event that are not as expected; none when it matches. The type is not looked at. */
export function differencesOf(expected: object, event: TrackedEvent): Difference[] {
  const wanted = Object.entries(expected);
  const purchase = event.event_type === 'purchase';
  const ofLine = purchase ? wanted.filter(([name]) => productFields.includes(name)) : [];
  const ofEvent = wanted.filter((entry) => !ofLine.includes(entry));
  const found = compareFields(ofEvent, event as unknown as Values, '');
  if (purchase && ofLine.length > 0) {
    const lines = event.items.map((item, at) => compareFields(ofLine, item as Values, `items[${at}].`));
    found.push(...(lines.sort((a, b) => a.length - b.length)[0] ?? []));
  }
  return found;
}

const compareFields = (wanted: readonly [string, unknown][], values: Values, at: string): Difference[] =>
  wanted.flatMap(([name, value]) => compare(value, values[name], at + name, name));

function compare(expected: unknown, received: unknown, path: string, name: string): Difference[] {
  const differs = (note?: string): Difference[] => [{ path, expected, received, ...(note ? { note } : {}) }];
  if (isAsymmetric(expected)) return expected.asymmetricMatch(received) ? [] : differs();
  if (Array.isArray(expected)) {
    if (!Array.isArray(received)) return differs();
    if (expected.length !== received.length) {
      const note = `${expected.length} expected, ${received.length} received; expect.arrayContaining([…]) asks for some`;
      return differs(note);
    }
    return pairs(expected, received, path, name);
  }
  if (isObject(expected)) {
    if (!isObject(received)) return differs();
    return compareFields(Object.entries(expected), received, `${path}.`);
  }
  if (Object.is(expected, received)) return [];
  if (typeof expected === 'string' && typeof received === 'number' && fields[name]?.['x-kind'] === 'decimal') {
    return /^\d+(\.\d+)?$/.test(expected) && Number(expected) === received ? [] : differs();
  }
  if (expected === undefined || received === undefined || String(expected) !== String(received)) return differs();
  return differs(`the record has ${typeof received === 'string' ? 'text' : `a ${typeof received}`} here`);
}

/** Each expected entry has one of its own: in its place, or, for lines of an order, in any. */
function pairs(expected: readonly unknown[], received: readonly unknown[], path: string, name: string): Difference[] {
  const at = (from: number, to: number): Difference[] => compare(expected[from], received[to], `${path}[${to}]`, name);
  const places = name === 'items' ? assign(expected.length, at) : expected.map((_, index) => index);
  return places.flatMap((to, from) => at(from, to));
}

/** Places so that as many as can be match (augmenting paths); those that cannot get what is left and differs least. */
function assign(count: number, at: (from: number, to: number) => Difference[]): number[] {
  const all = Array.from({ length: count }, (_, index) => index);
  const costs = all.map((from) => all.map((to) => at(from, to).length));
  const owner = new Map<number, number>();
  const place = (from: number, tried: Set<number>): boolean =>
    all.some((to) => {
      if (costs[from]?.[to] !== 0 || tried.has(to)) return false;
      tried.add(to);
      const before = owner.get(to);
      if (before !== undefined && !place(before, tried)) return false;
      owner.set(to, from);
      return true;
    });
  const left = all.filter((from) => !place(from, new Set()));
  for (const from of left) {
    const free = all.filter((to) => !owner.has(to));
    const [best = 0] = free.sort((a, b) => (costs[from]?.[a] ?? 0) - (costs[from]?.[b] ?? 0));
    owner.set(best, from);
  }
  const places: number[] = [];
  for (const [to, from] of owner) places[from] = to;
  return places;
}

/** The event of this type that has the fewest fields wrong; the last of several. */
export function nearestOf(
  type: EventType,
  expected: object,
  events: readonly TrackedEvent[],
): { readonly event: TrackedEvent; readonly differences: readonly Difference[] } | undefined {
  return events
    .filter(({ event_type }) => event_type === type)
    .map((event) => ({ event, differences: differencesOf(expected, event) }))
    .reduceRight<{ event: TrackedEvent; differences: Difference[] } | undefined>(
      (best, each) => (best && weight(best.differences) <= weight(each.differences) ? best : each),
      undefined,
    );
}

/** Of two events with as many fields wrong, the one with the right ids is the one that was meant. */
const weight = (differences: readonly Difference[]): number =>
  differences.reduce((sum, { path }) => sum + (/(_id|sku)$/.test(path) ? 1.5 : 1), 0);

export const isMatch = (type: EventType, expected: object, event: TrackedEvent): boolean =>
  event.event_type === type && differencesOf(expected, event).length === 0;

const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const isAsymmetric = (value: unknown): value is Required<Asymmetric> =>
  typeof (value as Asymmetric | undefined | null)?.asymmetricMatch === 'function';
