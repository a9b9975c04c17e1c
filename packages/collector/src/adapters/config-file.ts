import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { nearest } from './nearest.js';
import { allSettings, definitions } from './settings-table.js';

/** JSON Schema of the configuration file, made of the table of settings. */
export function configSchema(): Readonly<Record<string, unknown>> {
  const properties = allSettings
    .filter(({ file }) => file)
    .map(({ name, kind, help, default: fallback, defaultText }) => [
      name,
      {
        description: `${help[0]?.toUpperCase()}${help.slice(1)}.${defaultText ? ` Default: ${defaultText}.` : ''}`,
        ...kind.schema,
        ...(fallback === undefined || (Array.isArray(fallback) && fallback.length === 0) ? {} : { default: fallback }),
      },
    ]);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:rastro:collector-config:1',
    title: 'Configuration of the Rastro collector',
    description: 'Flags and environment variables stand above it. docs/configuration.md has the names of all three.',
    type: 'object',
    additionalProperties: false,
    properties: {
      $schema: { type: 'string', description: 'Where this schema is, for editors.' },
      ...Object.fromEntries(properties),
    },
    $defs: definitions,
  };
}

export interface ConfigFile {
  /** By name of the setting; those that are wrong are left out. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly problems: readonly string[];
}

/**
 * Reads the text of a configuration file.
 *
 * @param path Stands before each problem.
 */
export function readConfig(content: string, path: string): ConfigFile {
  let config: unknown;
  try {
    config = JSON.parse(content.replace(/^\uFEFF/, ''));
  } catch (error) {
    return { values: {}, problems: [`${path} is not JSON: ${where((error as Error).message, content)}`] };
  }
  validate ??= new Ajv2020({ allErrors: true, verbose: true, strictTypes: false }).compile(configSchema());
  const errors = validate(config) ? [] : (validate.errors ?? []);
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    return { values: {}, problems: [`${path} must be one JSON object, got ${show(config)}`] };
  }
  const wrong = new Set(errors.map(({ instancePath }) => instancePath.split('/')[1]));
  const { $schema: _, ...values } = config as Record<string, unknown>;
  return {
    values: Object.fromEntries(
      Object.entries(values).filter(([name]) => !wrong.has(name) && allSettings.some((known) => known.name === name)),
    ),
    // A value that fits none of several forms has an error for each: they say the same.
    problems: [...new Set(errors.map((error) => `${path}: ${explain(error, values)}`))],
  };
}

let validate: ReturnType<Ajv2020['compile']> | undefined;

function explain(error: ErrorObject, values: Readonly<Record<string, unknown>>): string {
  const path = error.instancePath
    .slice(1)
    .split('/')
    .filter(Boolean)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (error.keyword === 'additionalProperties') {
    const name = String(error.params['additionalProperty']);
    const names = path.length === 0 ? allSettings.filter(({ file }) => file).map((known) => known.name) : siteFields;
    const near = path.length === 0 && /^(keys?|origins?)$/i.test(name) ? 'sites' : nearest(name, names);
    return `${path.length === 0 ? '' : `${path.join('.')}: `}unknown key ${show(name)}${near ? `: did you mean ${near}?` : ''}`;
  }
  const [name = '', key, field] = path;
  if (name !== 'sites') {
    const setting = allSettings.find((known) => known.name === name);
    return `${name} must be ${setting?.kind.expects}, got ${show(values[name])}`;
  }
  if (error.propertyName !== undefined || error.keyword === 'propertyNames') {
    return `sites: a key has 1–64 printable characters, got ${show(error.propertyName ?? error.params['propertyName'])}`;
  }
  if (key === undefined) return `sites must be an object with at least one site, got ${show(values['sites'])}`;
  const value = (values['sites'] as Record<string, Record<string, unknown>>)[key];
  if (field === 'name') return `sites.${key}.name must be 1–64 printable characters, got ${show(value?.[field])}`;
  if (field === 'origins') return `sites.${key}.origins must be "*" or a list of origins, got ${show(value?.[field])}`;
  if (field === 'orderChanges') return `sites.${key}.orderChanges must be true or false, got ${show(value?.[field])}`;
  return `sites.${key} must be an object such as {"origins": ["https://shop.example"]}, got ${show(value)}`;
}

const siteFields = ['name', 'origins', 'orderChanges'];

function where(message: string, content: string): string {
  const at = /position (\d+)/.exec(message)?.[1];
  if (at === undefined || message.includes('line ')) return message;
  const lines = content.slice(0, Number(at)).split('\n');
  return `${message} (line ${lines.length} column ${(lines.at(-1)?.length ?? 0) + 1})`;
}

/** A value as JSON, short enough for a line. */
export function show(value: unknown): string {
  const json = JSON.stringify(value) ?? 'nothing';
  return json.length > 80 ? `${json.slice(0, 79)}…` : json;
}
