import { readFile } from 'node:fs/promises';
import { eventSchemas, fields, recordSchema, schema } from '@rastro/schema';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { render } from '../scripts/render.mjs';

describe('generated files', async () => {
  test.each(Object.entries(await render()))('%s is up to date: npm run generate', async (path, text) => {
    expect(await readFile(new URL(`../../../${path}`, import.meta.url), 'utf8')).toBe(text);
  });
});

describe('the schema', () => {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, formats: { 'date-time': /^\d{4}-.*Z$/ } });
  ajv.addVocabulary(['x-unit', 'x-kind', 'x-codes', 'x-max-bytes']);

  test('is a valid JSON Schema 2020-12 document', () => {
    expect(() => ajv.compile(schema)).not.toThrow();
  });

  test.each(Object.entries(fields))('field %s has a description and examples that are valid', (_name, field) => {
    expect(field.description).toMatch(/\.$/);
    expect(field.examples?.length).toBeGreaterThan(0);
    for (const example of field.examples ?? [])
      expect(ajv.validate(field, example), JSON.stringify(example)).toBe(true);
  });

  test('numbers and instants have a unit', () => {
    const unitless = Object.entries(fields).filter(
      ([, field]) =>
        (field.type === 'number' || field.type === 'integer' || field.format !== undefined) && !field['x-unit'],
    );
    expect(unitless.map(([name]) => name)).toEqual([]);
  });

  test('every field of a wire event is a field of the record, but for items', () => {
    const wireNames = Object.values(eventSchemas).flatMap((event) => Object.keys(event.properties ?? {}));
    expect(wireNames.filter((name) => !(name in (recordSchema.properties ?? {})) && name !== 'items')).toEqual([]);
  });
});
