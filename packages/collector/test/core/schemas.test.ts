import { envelopeSchema, eventSchemas } from '@rastro/schema';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';

// The collector compiles them without this check, to start sooner.
test.each([['envelope', envelopeSchema], ...Object.entries(eventSchemas)] as const)(
  '%s is a valid JSON Schema',
  (_name, schema) => {
    const ajv = new Ajv2020({ strict: false });
    expect(ajv.validateSchema(schema), ajv.errorsText()).toBe(true);
  },
);
