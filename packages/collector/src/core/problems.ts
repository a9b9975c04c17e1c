import type { JsonSchema } from '@rastro/schema';
import type { ErrorObject } from 'ajv/dist/2020.js';
import { decimalProblem } from './decimal.js';
import { eventErrors } from './errors.js';
import { didYouMean, nearestField } from './nearest.js';
import { clip } from './text.js';
import type { Problem } from './types.js';

const codeOfKeyword: Readonly<Record<string, string>> = {
  required: 'missing_field',
  additionalProperties: 'unknown_field',
  type: 'wrong_type',
  const: 'not_allowed',
  enum: 'not_allowed',
  maxLength: 'too_long',
  minLength: 'bad_format',
  minimum: 'out_of_range',
  maximum: 'out_of_range',
  pattern: 'bad_format',
  minItems: 'too_many',
  maxItems: 'too_many',
  propertyNames: 'bad_format',
};

/** Making one for each limit of each error would take most of the time of a hostile request. */
const inEnglish = new Intl.NumberFormat('en-US');

/** Puts an error of the JSON Schema validator into our codes and words. */
export function toProblem(error: ErrorObject): Problem {
  const { code, path } = locate(error);
  return problem(code, path, describe(code, path, error));
}

/** Code and place of an error, without the words, which cost more: only the first reasons of an event are told. */
export function locate(error: ErrorObject): { readonly code: string; readonly path: string } {
  const params = error.params as Record<string, unknown>;
  const field = params['missingProperty'] ?? params['additionalProperty'];
  const path = field === undefined ? error.instancePath : `${error.instancePath}/${escapePointer(String(field))}`;
  return { code: codeOf(error, path), path: clipPointer(path) };
}

function codeOf({ keyword, parentSchema, data }: ErrorObject, path: string): string {
  const schema = parentSchema as JsonSchema | undefined;
  if (keyword === 'x-kind') return decimalProblem(data) ?? 'not_a_decimal';
  if (keyword === 'type') {
    const lostDigits =
      schema?.['x-kind'] === 'id' && typeof data === 'number' && !Number.isSafeInteger(Math.trunc(data));
    if (lostDigits) return 'id_precision_lost';
    // JSON can write `1e400`, which no number here can hold: the type is right.
    const takesNumbers = [schema?.type].flat().some((type) => type === 'number' || type === 'integer');
    if (takesNumbers && (data === Number.POSITIVE_INFINITY || data === Number.NEGATIVE_INFINITY)) {
      return schema?.['x-kind'] === 'decimal' ? 'decimal_precision' : 'out_of_range';
    }
    // A value inside `properties` fails the type of its own small schema.
    if (path.includes('/properties/')) return 'properties_not_flat';
  }
  return schema?.['x-codes']?.[keyword] ?? codeOfKeyword[keyword] ?? 'bad_format';
}

function describe(code: string, path: string, error: ErrorObject): string {
  const name = path === '' ? 'the envelope' : clip(unescapePointer(path.slice(1).replaceAll('/', '.')), 128) || '""';
  const rule = eventErrors[code as keyof typeof eventErrors] ?? '';
  if (code === 'missing_field') return `${name} is missing.`;
  if (code === 'unknown_field') return `${name} is not a field here.${didYouMean(meant(error))} ${rule}`;
  const bound = (error.params as { limit?: number }).limit;
  const allowed = (error.params as { allowedValues?: unknown[]; allowedValue?: unknown }).allowedValues;
  const detail = allowed
    ? ` One of ${allowed.join(', ')}.`
    : bound === undefined
      ? ''
      : ` The limit is ${inEnglish.format(bound)}.`;
  return `${name} is ${show(error.data)}. ${rule}${detail}`;
}

function meant({ params, parentSchema }: ErrorObject): string | undefined {
  const { properties } = (parentSchema ?? {}) as JsonSchema;
  const name: unknown = (params as Record<string, unknown>)['additionalProperty'];
  return properties && typeof name === 'string' ? nearestField(name, properties) : undefined;
}

/** A value as a message shows it: short, on one line. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (isContainer(value)) return 'an object';
  // What is cut below needs not be written first: a text may be as long as the body.
  const start = typeof value === 'string' ? value.slice(0, 60) : value;
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(start) ?? String(value));
  return text.length > 60 ? `${clip(text, 57)}…` : text;
}

/** Names in a path are the sender's, of any length. */
export function problem(code: string, path: string, message?: string): Problem {
  const text = message ?? eventErrors[code as keyof typeof eventErrors];
  return { code, path: clipPointer(path), message: clip(text, 512) };
}

/** Text and numbers end where an object or a list begins. */
export const isContainer = (value: unknown): boolean => typeof value === 'object' && value !== null;

const escapePointer = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
const unescapePointer = (path: string): string => path.replaceAll('~1', '/').replaceAll('~0', '~');
/** Cut between two characters of the name: half of `~1` is no JSON Pointer. */
const clipPointer = (path: string): string => clip(path, 256).replace(/~$/, '');
