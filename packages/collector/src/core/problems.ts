import type { JsonSchema } from '@rastro/schema';
import type { ErrorObject } from 'ajv/dist/2020.js';
import { decimalProblem } from './decimal.js';
import { eventErrors } from './errors.js';
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

/** Puts an error of the JSON Schema validator into our codes and words. */
export function toProblem(error: ErrorObject): Problem {
  const params = error.params as Record<string, unknown>;
  const field = params['missingProperty'] ?? params['additionalProperty'];
  const path = field === undefined ? error.instancePath : `${error.instancePath}/${escapePointer(String(field))}`;
  const code = codeOf(error, path);
  return problem(code, path, describe(code, path, error));
}

function codeOf({ keyword, parentSchema, data }: ErrorObject, path: string): string {
  const schema = parentSchema as JsonSchema | undefined;
  if (keyword === 'x-kind') return decimalProblem(data) ?? 'not_a_decimal';
  if (keyword === 'type') {
    const lostDigits =
      schema?.['x-kind'] === 'id' && typeof data === 'number' && !Number.isSafeInteger(Math.trunc(data));
    if (lostDigits) return 'id_precision_lost';
    // A value inside `properties` fails the type of its own small schema.
    if (path.includes('/properties/')) return 'properties_not_flat';
  }
  return schema?.['x-codes']?.[keyword] ?? codeOfKeyword[keyword] ?? 'bad_format';
}

function describe(code: string, path: string, error: ErrorObject): string {
  const name = clip(path.slice(1), 128).replaceAll('/', '.') || 'the envelope';
  const rule = eventErrors[code as keyof typeof eventErrors] ?? '';
  if (code === 'missing_field') return `${name} is missing.`;
  if (code === 'unknown_field') return `${name} is not a field here. ${rule}`;
  const bound = (error.params as { limit?: number }).limit;
  const allowed = (error.params as { allowedValues?: unknown[]; allowedValue?: unknown }).allowedValues;
  const detail = allowed
    ? ` One of ${allowed.join(', ')}.`
    : bound === undefined
      ? ''
      : ` The limit is ${bound.toLocaleString('en-US')}.`;
  return `${name} is ${show(error.data)}. ${rule}${detail}`;
}

/** A value as a message shows it: short, on one line. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (isContainer(value)) return 'an object';
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${clip(text, 57)}…` : text;
}

/** Names in a path are the sender's, of any length. */
export function problem(code: string, path: string, message?: string): Problem {
  const text = message ?? eventErrors[code as keyof typeof eventErrors];
  return { code, path: clip(path, 256), message: clip(text, 512) };
}

/** Text and numbers end where an object or a list begins. */
export const isContainer = (value: unknown): boolean => typeof value === 'object' && value !== null;

const escapePointer = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
