import { contextFields, contextSchema, envelopeSchema, eventSchemas, limits, orderChangeTypes } from '@rastro/schema';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { decimalProblem } from './decimal.js';
import { didYouMean, nearestEventType } from './nearest.js';
import { isContainer, locate, problem, show, toProblem } from './problems.js';
import { byteLength } from './text.js';
import type { CleanEnvelope, CleanEvent, Problem } from './types.js';

// That the schemas are valid themselves is tested, not checked at each start.
const ajv = new Ajv2020({ allErrors: true, verbose: true, allowUnionTypes: true, validateSchema: false });
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
    fitsSurely(most, value) || Object.values(value).some(isContainer) || byteLength(JSON.stringify(value)) <= most,
});
/** Reasons kept per event: enough to mend it, and a bound for its dead letter. */
const maxProblems = 20;

const validateEnvelope = ajv.compile(envelopeSchema);
/** Compiled when the first event of a type comes: all at once take longer than the rest of a function's cold start. */
const validators = new Map<string, () => ValidateFunction>(
  Object.entries(eventSchemas).map(([type, schema]) => {
    let compiled: ValidateFunction | undefined;
    return [
      type,
      () => {
        compiled ??= ajv.compile(schema);
        return compiled;
      },
    ];
  }),
);
const pageFields = new Set(contextFields);
/** Of these, what is longer is cut, not left out: a browser sends them as they are. */
const cutFields = ['page_url', 'page_referrer', 'page_title'].map(
  (name) => [name, contextSchema.properties?.[name]?.maxLength ?? 0] as const,
);
/** What a shop's page may get wrong about its customer costs no event: the device is known. */
const badCustomer = (path: string, code: string): boolean =>
  path === '/customer_id' && (code === 'too_long' || code === 'bad_format');
const envelopeFields = Object.keys(envelopeSchema.properties ?? {}).filter((name) => name !== 'events');

type Json = Record<string, unknown>;
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
  dropEmpty(value);
  if (isObject(value['context'])) prepare(value['context']);
  if (validateEnvelope(value)) {
    normaliseIds(value);
    const events = value['events'] as readonly unknown[];
    // The envelope outlives them: it waits for the stream, and they would with it.
    (value as Json)['events'] = undefined;
    return { ok: true, envelope: value as unknown as CleanEnvelope, events, unknown: [], dropped: [] };
  }
  const { events, ...rest } = value;
  const dropped: string[] = [];
  const unknown: string[] = [];
  const note = (list: string[], path: string): void => {
    if (list.length < maxProblems && !list.includes(path)) list.push(path);
  };
  for (const error of validateEnvelope.errors ?? []) {
    const found = toProblem(error);
    const [, top, name] = found.path.split('/');
    if (top === 'context') {
      if (found.code === 'unknown_field') note(unknown, found.path);
      else note(dropped, found.path);
      if (name === undefined) delete rest['context'];
      else if (isObject(rest['context'])) delete rest['context'][name];
    } else if (found.code === 'unknown_field') note(unknown, found.path);
    else if (top === 'dropped' || (badCustomer(found.path, found.code) && rest['device_id'])) {
      note(dropped, found.path);
      delete rest[top as string];
    } else return { ok: false, problem: found };
  }
  normaliseIds(rest);
  // A dead letter carries the envelope: nothing goes along that was not checked.
  const envelope = pick(rest, envelopeFields);
  if (isObject(envelope['context'])) envelope['context'] = pick(envelope['context'], contextFields);
  return {
    ok: true,
    envelope: envelope as unknown as CleanEnvelope,
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
 *
 * @param orderChanges Whether the site takes cancellations and refunds: to others they are unknown types.
 */
export function checkEvent(event: unknown, envelope: CleanEnvelope, orderChanges = false): EventResult {
  if (!isObject(event)) return { ok: false, problems: [problem('not_an_object', '')] };
  prepare(event);
  const items = event['items'];
  if (Array.isArray(items)) for (const item of items) if (isObject(item)) dropEmpty(item);

  const type = event['event_type'];
  if (type === undefined)
    return { ok: false, problems: [problem('missing_field', '/event_type', 'event_type is missing.')] };
  const taken = typeof type === 'string' && (orderChanges || !orderChangeTypes.includes(type));
  const validator = taken ? validators.get(type)?.() : undefined;
  if (!validator) {
    const known = [...validators.keys()].filter((name) => orderChanges || !orderChangeTypes.includes(name));
    return {
      ok: false,
      problems: [
        problem(
          'unknown_event_type',
          '/event_type',
          `event_type is ${show(type)}: one of ${known.join(', ')}.${didYouMean(nearestEventType(type, known))}`,
        ),
      ],
    };
  }

  // Before anything looks at each of them.
  if (Array.isArray(items) && items.length > limits.maxItems)
    return {
      ok: false,
      problems: [problem('too_many', '/items', `items has ${items.length} lines. The limit is ${limits.maxItems}.`)],
    };

  const problems: Problem[] = [];
  const paths = new Set<string>();
  const dropped = new Set<string>();
  // The validator narrows what it is given; this name stays an object.
  const given: unknown = event;
  if (!validator(given)) {
    for (const error of validator.errors ?? []) {
      // Beyond the bound nothing is said of an error: to find the words for thousands takes long.
      const found = problems.length < maxProblems ? toProblem(error) : locate(error);
      const name = found.path.slice(1);
      const device = event['device_id'] ?? envelope.device_id;
      if (pageFields.has(name) || (badCustomer(found.path, found.code) && device !== undefined)) {
        dropped.add(found.path);
        // Present, so that the envelope's does not take its place.
        event[name] = undefined;
      } else if (problems.length < maxProblems && !paths.has(found.path)) {
        paths.add(found.path);
        problems.push(found as Problem);
      }
    }
  }
  if ((event['customer_id'] ?? event['device_id'] ?? envelope.customer_id ?? envelope.device_id) === undefined) {
    problems.push(problem('identity_missing', ''));
  }
  checkProperties(event, '', problems);
  if (Array.isArray(items)) {
    let first = event['currency'];
    for (const [at, item] of items.entries()) {
      if (problems.length >= maxProblems || !isObject(item)) continue;
      checkProperties(item, `/items/${at}`, problems);
      const { currency = first } = item;
      first ??= currency;
      if (currency !== first) problems.push(problem('currency_mismatch', `/items/${at}/currency`));
    }
  }
  const [first, ...others] = problems;
  if (first) return { ok: false, problems: [first, ...others] };

  normalise(event);
  if (Array.isArray(items)) for (const item of items as Json[]) normalise(item);
  return { ok: true, event: event as CleanEvent, dropped: [...dropped] };
}

function pick(object: Json, names: readonly string[]): Json {
  return Object.fromEntries(names.filter((name) => object[name] !== undefined).map((name) => [name, object[name]]));
}

/** Whether an object of few and short values fits whatever they are: a character takes at most six bytes of JSON. */
function fitsSurely(most: number, value: object): boolean {
  let bytes = 2;
  for (const [name, entry] of Object.entries(value)) {
    if (isContainer(entry)) return false;
    bytes += 6 * name.length + (typeof entry === 'string' ? 6 * entry.length : 24) + 6;
  }
  return bytes <= most;
}

/** `null` and `""` are how templates write "nothing". */
function dropEmpty(object: Json): void {
  for (const name in object) if (object[name] === null || object[name] === '') delete object[name];
}

/** A whole number that a double does not hold is an identifier that has lost its digits, here as in fields of ours. */
function checkProperties(object: Json, path: string, problems: Problem[]): void {
  const { properties } = object;
  if (!isObject(properties)) return;
  for (const name in properties) {
    const value = properties[name];
    if (typeof value !== 'number' || !Number.isInteger(value) || Number.isSafeInteger(value)) continue;
    const escaped = name.replaceAll('~', '~0').replaceAll('/', '~1');
    problems.push(problem('id_precision_lost', `${path}/properties/${escaped}`));
  }
}

/** Empty fields out, long ones of the page cut. */
function prepare(object: Json): void {
  dropEmpty(object);
  for (const [name, most] of cutFields) {
    const value = object[name];
    if (typeof value !== 'string' || value.length <= most) continue;
    // The schema counts characters, of which each may take two places.
    const characters = [...value];
    if (characters.length > most)
      object[name] = characters
        .slice(0, most)
        .join('')
        .replace(/\p{Cs}/gu, '\ufffd');
  }
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
const idFields = [...kinds.keys()].filter((name) => kinds.get(name) === 'id');
const decimalFields = [...kinds.keys()].filter((name) => kinds.get(name) === 'decimal');

function normaliseIds(object: Json): void {
  for (const name of idFields) if (typeof object[name] === 'number') object[name] = String(object[name]);
}
function normalise(object: Json): void {
  normaliseIds(object);
  for (const name of decimalFields) if (typeof object[name] === 'string') object[name] = Number(object[name]);
}
