import type { Sink, SinkRecord } from '@rastro/collector';
import { describe, expect, test } from 'vitest';

export interface Subject {
  sink: Sink;
  /** What a reader finds: key and data of every record. */
  read(): Promise<{ partitionKey: string; data: string }[]>;
}

export const record = (n: number, fields: Partial<SinkRecord> = {}): SinkRecord => ({
  id: `id-${n}`,
  partitionKey: `key-${n % 7}`,
  data: JSON.stringify({ n, text: 'a“€💄' }),
  ...fields,
});

/** What every sink must do, said once: each sink's test calls it and adds its own cases. */
export function sinkContract(name: string, create: () => Promise<Subject>): void {
  describe(`${name} as a sink`, () => {
    test('holds every record of a put once, data and key unchanged', async () => {
      const { sink, read } = await create();
      const records = Array.from({ length: 1203 }, (_, n) => record(n));
      expect(await sink.put(records)).toEqual([]);
      const sort = (all: { data: string }[]) => all.map(({ data }) => data).sort();
      const found = await read();
      expect(sort(found)).toEqual(sort(records));
      expect(found.find(({ data }) => data === records[9]?.data)?.partitionKey).toBe('key-2');
    });

    test('keeps the order of records with the same key', async () => {
      const { sink, read } = await create();
      await sink.put(Array.from({ length: 700 }, (_, n) => record(n, { partitionKey: 'same' })));
      const found = await read();
      expect(found.map(({ data }) => JSON.parse(data).n)).toEqual(Array.from({ length: 700 }, (_, n) => n));
    });

    test('takes an empty put, and keys of 256 characters beyond ASCII', async () => {
      const { sink, read } = await create();
      expect(await sink.put([])).toEqual([]);
      const partitionKey = 'é'.repeat(256);
      expect(await sink.put([record(1, { partitionKey })])).toEqual([]);
      expect(await read()).toMatchObject([{ partitionKey }]);
    });
  });
}
