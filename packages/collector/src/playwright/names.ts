// What TypeScript reports where there are types: a name that is none would make `not` pass for ever.

import { fields as recordFields } from '@rastro/schema';
import { type EventErrorCode, eventErrors, type RequestErrorCode, requestErrors } from '../core/errors.js';
import { nearestEventType, nearestField } from '../core/nearest.js';
import { type EventType, fieldsOfLine, fieldsOfOrder, fieldsOfProduct, fieldsOfVitals } from './events.js';

/** Codes of docs/errors.md. */
export type RejectionCode = EventErrorCode | RequestErrorCode;

const types: readonly EventType[] = ['view', 'cart', 'remove_from_cart', 'purchase', 'web_vitals'];
const codes = { ...eventErrors, ...requestErrors };

type Fields = Readonly<Record<string, unknown>>;
const without = (...names: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(recordFields).filter(([name]) => name !== 'line' && !names.includes(name)));
const product = without(...fieldsOfOrder, ...fieldsOfVitals);
const fieldsOf: Readonly<Record<EventType, Fields>> = {
  view: product,
  cart: product,
  remove_from_cart: product,
  purchase: { ...without(...fieldsOfVitals, 'change_id'), items: {} },
  web_vitals: without(...fieldsOfOrder, ...fieldsOfProduct),
};
const lineFields: Fields = Object.fromEntries(fieldsOfLine.map((name) => [name, {}]));

/** @throws {TypeError} If it is none. */
export function checkType(type: unknown): asserts type is EventType {
  if (types.includes(type as EventType)) return;
  throw new TypeError(`no event type ${quote(type)}${meant(nearestEventType(type, types), types)}`);
}

/** @throws {TypeError} If the type has no field of such a name. */
export function checkFields(type: EventType, fields: unknown): void {
  if (typeof fields !== 'object' || fields === null) throw new TypeError(`fields of a ${type} are an object`);
  checkNames(type, fields, fieldsOf[type]);
  const { items } = fields as { items?: unknown };
  if (!Array.isArray(items)) return;
  // What `expect.objectContaining` asks for is its own affair.
  for (const item of items)
    if (item?.constructor === Object) checkNames(`${type}, in items`, item as object, lineFields);
}

function checkNames(of: string, given: object, known: Fields): void {
  for (const name of Object.keys(given))
    if (!Object.hasOwn(known, name))
      throw new TypeError(`${of}: no such field ${name}${meant(nearestField(name, known))}`);
}

/** @throws {TypeError} If it is none, or the path no JSON Pointer. */
export function checkRejection(code: unknown, path: unknown): asserts code is RejectionCode | undefined {
  if (code !== undefined && !Object.hasOwn(codes, String(code)))
    throw new TypeError(`no code ${quote(code)} in docs/errors.md${meant(nearestField(String(code), codes))}`);
  if (path !== undefined && !/^(\/|$)/.test(String(path)))
    throw new TypeError(`path is a JSON Pointer into the event: '/${path}', not ${quote(path)}`);
}

const meant = (name: string | undefined, all: readonly string[] = []): string => {
  if (name !== undefined) return `; did you mean '${name}'?`;
  return all.length > 0 ? `; there are ${all.join(', ')}` : '';
};
const quote = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : String(value));
