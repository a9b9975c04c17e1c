import { fields } from '@rastro/schema';
import { expect } from 'vitest';
import type { Mapping } from '../../src/plugins/adapter.js';

type Fields = Readonly<Record<string, unknown>>;

/** Fails unless the collector would take these fields: as the schema has them. */
function expectValid(found: Fields): void {
  for (const [name, value] of Object.entries(found)) {
    if (value === undefined || name === 'items') continue;
    const field = fields[name];
    expect(field, name).toBeDefined();
    const {
      type,
      minLength = 0,
      maxLength = Infinity,
      pattern = '',
      not,
      minimum = 0,
      maximum = Infinity,
    } = field ?? {};
    if (type === 'string') {
      const text = value as string;
      const length = [...text].length;
      expect(
        length >= minLength && length <= maxLength && new RegExp(pattern, 'u').test(text),
        `${name}: ${text}`,
      ).toBe(true);
      if (not?.pattern) expect(text).not.toMatch(new RegExp(not.pattern));
    } else {
      expect(value, name).toSatisfy((number: number) => number >= minimum && number <= maximum);
      if (type === 'integer') expect(Number.isInteger(value), name).toBe(true);
      else expect(`${value}`).toMatch(/^\d{1,15}(\.\d{1,6})?$/);
    }
  }
}

/** Fails unless every call of a mapping is one that the collector takes, and every reason one that a person can read. */
export function expectValidCalls({ calls, reasons }: Mapping): void {
  for (const [method, argument] of calls) {
    if (method === 'identify')
      expect(argument).toSatisfy((id: unknown) => id === null || (typeof id === 'string' && id !== ''));
    else if (method === 'consent') expect(['pending', 'granted', 'denied']).toContain(argument);
    else {
      expectValid(argument as unknown as Fields);
      if (!('items' in argument)) expect(argument.product_id).toBeTruthy();
      else {
        expect(argument.order_id).toBeTruthy();
        expect(argument.items.length).toBeGreaterThan(0);
        expect(argument.items.length).toBeLessThanOrEqual(500);
        for (const item of argument.items) {
          expectValid(item as unknown as Fields);
          expect(item.product_id).toBeTruthy();
          expect(item.currency ?? argument.currency).toBe(argument.currency);
        }
      }
    }
  }
  for (const reason of reasons) expect(reason.length).toBeLessThan(300);
}
