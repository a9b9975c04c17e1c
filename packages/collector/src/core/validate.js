import { contextFields, envelopeSchema, eventSchemas } from '@rastro/schema';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { decimalProblem } from './decimal.js';
import { eventErrors } from './errors.js';

const ajv = new Ajv2020({ allErrors: true, verbose: true, allowUnionTypes: true });
ajv.addVocabulary(['x-unit', 'x-codes']);
ajv.addKeyword({
  keyword: 'x-kind',
  schemaType: 'string',
  validate: (kind, value) => kind !== 'decimal' || decimalProblem(value) === undefined,
});
ajv.addKeyword({
  keyword: 'x-max-bytes',
  type: 'object',
  schemaType: 'number',
  validate: (most, value) => new TextEncoder().encode(JSON.stringify(value)).byteLength <= most,
});
const validateEnvelope = ajv.compile(envelopeSchema);
const validators = new Map(Object.entries(eventSchemas).map(([type, schema]) => [type, ajv.compile(schema)]));
const pageFields = new Set(contextFields);
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
/**
 * Checks the envelope alone. What only describes the page never costs an event: a bad field of `context` is left out,
 * and a field of a newer tracker is ignored.
 */
export function checkEnvelope(value) {
  if (!isObject(value)) return { ok: false, problem: problem('not_an_object', '', 'An envelope is a JSON object.') };
  const { events, ...rest } = value;
  dropEmpty(rest);
  if (isObject(rest['context'])) dropEmpty(rest['context']);
  const dropped = [];
  const unknown = [];
  if (!validateEnvelope({ ...rest, events })) {
    for (const error of validateEnvelope.errors ?? []) {
      const found = toProblem(error);
      const [, top, name] = found.path.split('/');
      if (top === 'context') {
        if (found.code === 'unknown_field') unknown.push(found.path);
        else dropped.push(found.path);
        if (name === undefined) delete rest['context'];
        else if (isObject(rest['context'])) delete rest['context'][unescapePointer(name)];
      } else if (found.code === 'unknown_field') {
        unknown.push(found.path);
        delete rest[unescapePointer(top ?? '')];
      } else return { ok: false, problem: found };
    }
  }
  normaliseIds(rest);
  return {
    ok: true,
    envelope: rest,
    events: events,
    unknown,
    dropped: [...new Set(dropped)],
  };
}
/**
 * Checks one event, and makes it clean: empty fields are left out, ids become text, amounts become numbers. The object
 * is changed in place.
 */
export function checkEvent(event, envelope) {
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
  const problems = [];
  const dropped = new Set();
  if (!validator(event)) {
    for (const error of validator.errors ?? []) {
      const found = toProblem(error);
      const name = found.path.slice(1);
      if (pageFields.has(name)) {
        dropped.add(found.path);
        delete event[name];
      } else if (!problems.some((p) => p.path === found.path)) problems.push(found);
    }
  }
  if ((event['customer_id'] ?? event['device_id'] ?? envelope.customer_id ?? envelope.device_id) === undefined) {
    problems.push(problem('identity_missing', ''));
  }
  const [first, ...others] = problems;
  if (first) return { ok: false, problems: [first, ...others] };
  normalise(event);
  if (Array.isArray(items)) for (const item of items) normalise(item);
  return { ok: true, event: event, dropped: [...dropped] };
}
/** `null` and `""` are how templates write "nothing". */
function dropEmpty(object) {
  for (const name of Object.keys(object)) if (object[name] === null || object[name] === '') delete object[name];
}
const kinds = new Map();
for (const schema of [
  ...Object.values(eventSchemas),
  eventSchemas.purchase.properties?.['items']?.items,
  envelopeSchema,
]) {
  for (const [name, field] of Object.entries(schema?.properties ?? {}))
    if (field['x-kind']) kinds.set(name, field['x-kind']);
}
function normaliseIds(object) {
  for (const name of Object.keys(object)) {
    if (typeof object[name] === 'number' && kinds.get(name) === 'id') object[name] = String(object[name]);
  }
}
function normalise(object) {
  normaliseIds(object);
  for (const name of Object.keys(object)) {
    if (typeof object[name] === 'string' && kinds.get(name) === 'decimal') object[name] = Number(object[name]);
  }
}
const codeOfKeyword = {
  required: 'missing_field',
  additionalProperties: 'unknown_field',
  type: 'wrong_type',
  const: 'not_allowed',
  enum: 'not_allowed',
  maxLength: 'too_long',
  minLength: 'missing_field',
  minimum: 'out_of_range',
  maximum: 'out_of_range',
  pattern: 'bad_format',
  minItems: 'too_many',
  maxItems: 'too_many',
  propertyNames: 'bad_format',
};
/** Puts an error of the JSON Schema validator into our codes and words. */
function toProblem(error) {
  const params = error.params;
  const field = params['missingProperty'] ?? params['additionalProperty'];
  const path = field === undefined ? error.instancePath : `${error.instancePath}/${escapePointer(String(field))}`;
  const code = codeOf(error, path);
  return problem(code, path, describe(code, path, error));
}
function codeOf({ keyword, parentSchema, data }, path) {
  const schema = parentSchema;
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
function describe(code, path, error) {
  const name = path.slice(1).replaceAll('/', '.') || 'the envelope';
  const rule = eventErrors[code] ?? '';
  if (code === 'missing_field') return `${name} is missing.`;
  if (code === 'unknown_field') return `${name} is not a field here. ${rule}`;
  const bound = error.params.limit;
  const allowed = error.params.allowedValues;
  const detail = allowed
    ? ` One of ${allowed.join(', ')}.`
    : bound === undefined
      ? ''
      : ` The limit is ${bound.toLocaleString('en-US')}.`;
  return `${name} is ${show(error.data)}. ${rule}${detail}`;
}
/** A value as a message shows it: short, on one line. */
function show(value) {
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
function problem(code, path, message) {
  return { code, path, message: message ?? eventErrors[code] };
}
const escapePointer = (name) => name.replaceAll('~', '~0').replaceAll('/', '~1');
const unescapePointer = (name) => name.replaceAll('~1', '/').replaceAll('~0', '~');
