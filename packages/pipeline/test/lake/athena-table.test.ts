import { describe, expect, test } from 'vitest';
import { eventColumns } from '../../src/columns.js';
import { athenaTable } from '../../src/lake.js';

const columnsOf = (statement: string): string[] =>
  (/\(\n([\s\S]*?)\n\)/.exec(statement)?.[1] ?? '').split('\n').map((line) => line.trim().replace(/,$/, ''));

describe('the table of Athena', () => {
  test('has the columns of the Parquet files, in their order', () => {
    const columns = columnsOf(athenaTable('events', 'shop.events', 's3://bucket/lake/'));
    expect(columns.map((column) => column.split(' ')[0])).toEqual(eventColumns.map(({ name }) => name));
    expect(columns).toContain('price decimal(21,6)');
    expect(columns).toContain('category_id string');
    expect(columns).toContain('event_time timestamp');
  });

  test('of clicks has six, all text, and knows of the header', () => {
    const statement = athenaTable('clicks', 'shop.clicks', 's3://bucket/lake');
    expect(columnsOf(statement)).toEqual(
      ['customerid', 'deviceid', 'productid', 'productcategory', 'productsubcategory', 'activitytype'].map(
        (name) => `${name} string`,
      ),
    );
    expect(statement).toContain("'skip.header.line.count' = '1'");
    const partitions = ['year', 'month', 'day'].map((name) => `${name}=\${${name}}`).join('/');
    expect(statement).toContain(`'s3://bucket/lake/clicks/${partitions}'`);
  });
});
