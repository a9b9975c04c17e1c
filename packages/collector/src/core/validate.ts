import { contextFields, envelopeSchema, eventSchemas, type JsonSchema } from '@rastro/schema';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { decimalProblem } from './decimal.js';
import { eventErrors } from './errors.js';
import { byteLength, clip } from './text.js';
import type { CleanEnvelope, CleanEvent, Problem } from './types.js';

const ajv = new Ajv2020({ allErrors: true, verbose: true, allowUnionTypes: true });
ajv.addVocabulary(['x-unit', 'x-codes']);
ajv.addKeyword({
  keyword: 'x-kind',
  schemaType: 'string',
  validate: (kind: string, value: unknown) => kind !== 'decimal' || decimalProblem(value) === undefined,
});
ajv.addKeyword({
  keyword: 'x-max-bytes',
  type: 'object',
  schemaType: 'number',
  // What is nested has an error of its own, and could be too deep to be written as JSON.
  validate: (most: number, value: object) =>
    Object.values(value).some(isContainer) || byteLength(JSON.stringify(value)) <= most,
});
/** Reasons kept per event: enough to mend it, and a bound for its dead letter. */
const maxProblems = 20;

const validateEnvelope = ajv.compile(envelopeSchema);
const validators = new Map<string, ValidateFunction>(
  Object.entries(eventSchemas).map(([type, schema]) => [type, ajv.compile(schema)]),
);
const pageFields = new Set(contextFields);

type Json = Record<string, unknown>;
const isContainer = (value: unknown): boolean => typeof value === 'object' && value !== null;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export type EnvelopeResult =
  | {
      readonly ok: true;
      readonly envelope: CleanEnvelope;
      readonly events: readonly unknown[];
      /** Fields that were ignored: JSON Pointers. */
      readonly unknown: readonly string[];
      /** Fields of the page that were not valid and are left out. */
      readonly dropped: readonly string[];
    }
  | { readonly ok: false; readonly problem: Problem };

/**
 * Checks the envelope alone. What only describes the page never costs an event: a bad field of `context` is left out,
 * and a field of a newer tracker is ignored.
 */
export function checkEnvelope(value: unknown): EnvelopeResult {
  if (!isObject(value)) return { ok: false, problem: problem('not_an_object', '', 'An envelope is a JSON object.') };
  const { events, ...rest } = value;
  dropEmpty(rest);
  if (isObject(rest['context'])) dropEmpty(rest['context']);
  const dropped: string[] = [];
  const unknown: string[] = [];
  const note = (list: string[], path: string): void => {
    if (list.length < maxProblems && !list.includes(path)) list.push(path);
  };
  if (!validateEnvelope({ ...rest, events })) {
    for (const error of validateEnvelope.errors ?? []) {
      const found = toProblem(error);
      const [, top, name] = found.path.split('/');
      if (top === 'context') {
        if (found.code === 'unknown_field') note(unknown, found.path);
        else note(dropped, found.path);
        if (name === undefined) delete rest['context'];
        else if (isObject(rest['context'])) delete rest['context'][unescapePointer(name)];
      } else if (found.code === 'unknown_field') {
        note(unknown, found.path);
        delete rest[unescapePointer(top ?? '')];
      } else return { ok: false, problem: found };
    }
  }
  normaliseIds(rest);
  return {
    ok: true,
    envelope: rest as unknown as CleanEnvelope,
    events: events as readonly unknown[],
    unknown,
    dropped,
  };
}

export type EventResult =
  | { readonly ok: true; readonly event: CleanEvent; readonly dropped: readonly string[] }
  | { readonly ok: false; readonly problems: readonly [Problem, ...Problem[]] };

/**
 * Checks one event, and makes it clean: empty fields are left out, ids become text, amounts become numbers. The object
 * is changed in place.
 */
export function checkEvent(event: unknown, envelope: CleanEnvelope): EventResult {
  if (!isObject(event)) return { ok: false, problems: [problem('not_an_object', '')] };
  dropEmpty(event);
  const items = event['items'];
  if (Array.isArray(items)) for (const item of items) if (isObject(item)) dropEmpty(item);

  const type = event['event_type'];
  if (type === undefined)
    return { ok: false, problems: [problem('missing_field', '/event_type', 'event_type is missing.')] };
  const validator = typeof type === 'string' ? validators.get(type) : undefined;
  if (!validator) {
    const known = [...validators.keys()].join(', ');
    return {
      ok: false,
      problems: [problem('unknown_event_type', '/event_type', `event_type is ${show(type)}: one of ${known}.`)],
    };
  }

  const problems: Problem[] = [];
  const paths = new Set<string>();
  const dropped = new Set<string>();
  // The validator narrows what it is given; this name stays an object.
  const given: unknown = event;
  if (!validator(given)) {
    for (const error of validator.errors ?? []) {
      const found = toProblem(error);
      const name = found.path.slice(1);
      if (pageFields.has(name)) {
        dropped.add(found.path);
        // Present, so that the envelope's does not take its place.
        event[name] = undefined;
      } else if (problems.length < maxProblems && !paths.has(found.path)) {
        paths.add(found.path);
        problems.push(found);
      }
    }
  }
  if ((event['customer_id'] ?? event['device_id'] ?? envelope.customer_id ?? envelope.device_id) === undefined) {
    problems.push(problem('identity_missing', ''));
  }
  if (Array.isArray(items)) {
    for (const [at, item] of items.entries()) {
      const { currency } = (isObject(item) ? item : {}) as Json;
      if (problems.length >= maxProblems || currency === undefined || event['currency'] === undefined) continue;
      if (currency !== event['currency']) problems.push(problem('currency_mismatch', `/items/${at}/currency`));
    }
  }
  const [first, ...others] = problems;
  if (first) return { ok: false, problems: [first, ...others] };

  normalise(event);
  if (Array.isArray(items)) for (const item of items as Json[]) normalise(item);
  return { ok: true, event: event as CleanEvent, dropped: [...dropped] };
}

/** `null` and `""` are how templates write "nothing". */
function dropEmpty(object: Json): void {
  for (const name of Object.keys(object)) if (object[name] === null || object[name] === '') delete object[name];
}

const kinds = new Map<string, string>();
for (const schema of [
  ...Object.values(eventSchemas),
  eventSchemas.purchase.properties?.['items']?.items,
  envelopeSchema,
]) {
  for (const [name, field] of Object.entries(schema?.properties ?? {}))
    if (field['x-kind']) kinds.set(name, field['x-kind']);
}

function normaliseIds(object: Json): void {
  for (const name of Object.keys(object)) {
    if (typeof object[name] === 'number' && kinds.get(name) === 'id') object[name] = String(object[name]);
  }
}
function normalise(object: Json): void {
  normaliseIds(object);
  for (const name of Object.keys(object)) {
    if (typeof object[name] === 'string' && kinds.get(name) === 'decimal') object[name] = Number(object[name]);
  }
}

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
function toProblem(error: ErrorObject): Problem {
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
function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (isContainer(value)) return 'an object';
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${clip(text, 57)}…` : text;
}

/** Names in a path are the sender's, of any length. */
function problem(code: string, path: string, message?: string): Problem {
  const text = message ?? eventErrors[code as keyof typeof eventErrors];
  return { code, path: clip(path, 256), message: clip(text, 512) };
}

const escapePointer = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
const unescapePointer = (name: string): string => name.replaceAll('~1', '/').replaceAll('~0', '~');
