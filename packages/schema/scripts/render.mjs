// What is generated from the event contract, as text by path. Needs the package to be built.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import * as contract from '../dist/modules/event.schema.js';
import { projections } from '../dist/modules/projections.js';

const { schema, fields, contextFields, eventSchemas, wire } = contract;
const note = 'Generated from packages/schema/src/event.schema.ts by `npm run generate`.';

/** Formats as the project does, so that the formatter never disagrees with the generator. */
function format(path, text) {
  const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome');
  const run = spawnSync(process.execPath, [biome, 'format', `--stdin-file-path=${path}`], {
    input: text,
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`cannot format ${path}: ${run.stderr}`);
  return run.stdout;
}

const bounds = (field) => {
  const found = [];
  if (field.enum) found.push(`one of ${field.enum.map((v) => `\`${v}\``).join(', ')}`);
  if (field.maxLength !== undefined) found.push(`${field.minLength ?? 0}–${field.maxLength} characters`);
  if (field.minimum !== undefined && [].concat(field.type).some((t) => t !== 'string')) {
    const most = field.maximum === undefined ? '' : ` and ≤ ${field.maximum.toLocaleString('en-US')}`;
    found.push(`${[].concat(field.type).length > 1 ? 'a number ' : ''}≥ ${field.minimum}${most}`);
  }
  if (field.maxProperties !== undefined) found.push(`at most ${field.maxProperties} keys`);
  if (field.minItems !== undefined) found.push(`${field.minItems}–${field.maxItems} entries`);
  return found;
};

const typeOf = (field, name) => {
  if (field.$ref) return field.$ref.split('/').pop();
  if (field.const !== undefined) return JSON.stringify(field.const);
  if (field.enum) return field.enum.map((v) => `'${v}'`).join(' | ');
  const types = [].concat(field.type);
  // What a producer should write is narrower than what the collector accepts.
  if (field['x-kind'] === 'id') return 'string';
  if (field['x-kind'] === 'decimal' && types.length > 1) return 'Decimal';
  if (name === 'properties') return 'Properties';
  return types
    .map((type) => {
      if (type === 'integer') return 'number';
      if (type === 'array') {
        const of = field.items ? typeOf(field.items) : 'unknown';
        return /[ |{]/.test(of) ? `readonly (${of})[]` : `readonly ${of}[]`;
      }
      if (type === 'object') return field.properties ? `{ ${members(field)} }` : 'Readonly<Record<string, unknown>>';
      return type;
    })
    .join(' | ');
};

const comment = (field) => {
  const lines = [field.description ?? ''];
  // A producer writes ids as text: the type does not offer the number that the wire forgives.
  const written = field['x-kind'] === 'id' ? { ...field, type: 'string' } : field;
  const detail = [...(field['x-unit'] ? [field['x-unit']] : []), ...bounds(written)];
  if (detail.length > 0) lines.push(`Bounds: ${detail.join('; ')}.`);
  if (field.default !== undefined) lines.push(`@default ${JSON.stringify(field.default)}`);
  for (const example of field.examples ?? []) lines.push(`@example ${JSON.stringify(example)}`);
  return lines.length === 1 ? `/** ${lines[0]} */` : `/**\n${lines.map((line) => ` * ${line}`).join('\n')}\n */`;
};

const members = (object) =>
  Object.entries(object.properties ?? {})
    .map(([name, field]) => {
      const optional = !object.required?.includes(name);
      const described = field.$ref ? { ...schema.$defs[field.$ref.split('/').pop()], examples: [] } : field;
      return `${comment(described)}\nreadonly ${name}${optional ? '?' : ''}: ${typeOf(field, name)}${optional ? ' | undefined' : ''};`;
    })
    .join('\n');

function types() {
  const out = [
    `// ${note}`,
    '/** An amount: a number, or its decimal text, which no arithmetic has touched. Never a comma. */',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the type's text
    'export type Decimal = number | `${number}`;',
    '/** The shop’s own fields: flat, at most 32 keys and 1,024 bytes of JSON. */',
    'export type Properties = Readonly<Record<string, string | number | boolean | null>>;',
  ];
  for (const [name, def] of Object.entries(schema.$defs)) {
    out.push(
      comment(def),
      def.oneOf
        ? `export type ${name} = ${def.oneOf.map((each) => typeOf(each)).join(' | ')};`
        : `export interface ${name} {\n${members(def)}\n}`,
    );
  }
  return out.join('\n');
}

const cell = (text) => String(text).replaceAll('|', '\\|');
const typeName = (field) => (field.format === 'date-time' ? 'string' : [].concat(field.type).join(' or '));

function row(name, field, marks) {
  const detail = [...(field['x-unit'] ? [field['x-unit']] : []), ...bounds(field)].join('; ');
  const example = field.examples?.[0] === undefined ? '' : `\`${JSON.stringify(field.examples[0])}\``;
  return `| \`${name}\` | ${typeName(field)} | ${cell(field.description)} | ${cell(detail)} | ${cell(example)} | ${marks} |`;
}

function eventsPage() {
  const groups = [
    ['Event', ['event_id', 'event_type', 'event_time', 'event_time_raw', 'received_at', 'txn_timestamp']],
    ['Who', ['customer_id', 'device_id', 'session_id', 'session_seq']],
    [
      'Product',
      ['product_id', 'sku', 'product_name', 'category_id', 'category_code', 'brand', 'price', 'currency', 'quantity'],
    ],
    ['Order', ['order_id', 'change_id', 'line', 'lines', 'order_total', 'tax', 'shipping', 'coupon']],
    ['Page', contextFields],
    ['Web vitals', ['metric', 'value', 'rating', 'navigation_type', 'target']],
    ["The shop's own", ['properties']],
    ["The collector's", ['site', 'source', 'sdk', 'user_agent', 'is_bot', 'country', 'ip_prefix', 'flags']],
  ];
  const grouped = groups.flatMap(([, names]) => names);
  const missing = Object.keys(fields).filter((name) => !grouped.includes(name));
  if (missing.length > 0) throw new Error(`docs/events.md leaves out ${missing.join(', ')}`);

  const out = [
    '# Events',
    '',
    `<!-- ${note} -->`,
    '',
    'Every field of a record on the stream. A field has one name, from the call in the page to the SQL of the reader. The machine-readable form is [`packages/schema/event.schema.json`](../packages/schema/event.schema.json) (JSON Schema 2020-12); how a request looks stands in [wire.md](wire.md).',
    '',
    '- An absent value is left out: never `null`, never `""`. The collector reads `null` and `""` in an optional field as absent.',
    '- Text has no control characters and no lone surrogates. Lengths count Unicode characters.',
    '- Identifiers are text from end to end. On the wire a whole number up to 9,007,199,254,740,991 is accepted and becomes text; beyond that, or written like `1.48e+18`, its digits are already lost: `id_precision_lost`.',
    '- Amounts are numbers in the record. On the wire a decimal string such as `"72.93"` is accepted too; `"72,93"` is not: `decimal_comma`.',
    '',
    '## Which field belongs to which event',
    '',
    'In the columns: ● required, ○ optional, on the wire. Beside these, every event may carry the *Page* and *Who* fields where they differ from those of its envelope.',
    '',
  ];
  const columns = Object.keys(eventSchemas);
  const item = eventSchemas.purchase.properties.items.items;
  const shown = Object.keys(fields).filter(
    (name) => !contextFields.includes(name) && [...Object.values(eventSchemas), item].some((s) => s.properties[name]),
  );
  const mark = (of, name) => (of.required.includes(name) ? '●' : of.properties[name] ? '○' : '');
  out.push(
    `| field | ${columns.map((c) => `\`${c}\``).join(' | ')} | purchase line |`,
    `|---|${':-:|'.repeat(columns.length + 1)}`,
  );
  for (const name of [...shown, 'items']) {
    const marks = [...columns.map((type) => mark(eventSchemas[type], name)), mark(item, name)];
    out.push(`| \`${name}\` | ${marks.join(' | ')} |`);
  }
  out.push(
    '',
    'A purchase is one event per order on the wire, and one record per line on the stream: the partition key belongs to the product, and most orders span several categories. A line without `properties` takes those of the order.',
    '',
    '## Fields',
  );
  const required = new Set(contract.recordSchema.required);
  for (const [title, names] of groups) {
    out.push(
      '',
      `### ${title}`,
      '',
      '| field | type | meaning | unit and bounds | example | in every record |',
      '|---|---|---|---|---|:-:|',
    );
    for (const name of names) out.push(row(name, fields[name], required.has(name) ? '●' : ''));
  }
  out.push(
    '',
    '## Other names',
    '',
    'The same record under names that others use; `project()` of the schema package reads a record that way.',
  );
  for (const projection of Object.values(projections)) {
    out.push('', `### ${projection.description}`, '', '| column | from | how |', '|---|---|---|');
    for (const c of projection.columns) {
      out.push(`| \`${c.name}\` | ${c.from.map((f) => `\`${f}\``).join(', else ')} | ${cell(c.description)} |`);
    }
  }
  out.push('', '## A record', '', '```json', JSON.stringify(example(), null, 2), '```', '');
  return out.join('\n');
}

/** A cart record made of the fields' own examples. */
function example() {
  const { event_type, ...wireFields } = eventSchemas.cart.properties;
  const names = Object.keys(fields).filter(
    (name) =>
      contract.recordSchema.required.includes(name) || (wireFields[name] && wire(name) && !name.startsWith('utm')),
  );
  return Object.fromEntries(
    ['event_id', 'event_type', ...names.slice(2)].map((name) => [name, fields[name].examples[0]]),
  );
}

export async function render() {
  return {
    'packages/schema/src/event.types.ts': format('event.types.ts', types()),
    'packages/schema/event.schema.json': format('event.schema.json', JSON.stringify(schema)),
    'docs/events.md': eventsPage(),
  };
}
