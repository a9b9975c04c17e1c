/**
 * How a record reads under other people's column names. A projection is data: for each column, in order, the record
 * fields to try until one has a value, and what to do with it.
 */
export interface Column {
  /** Name of the column. */
  readonly name: string;
  /** Record fields, the first present one wins. */
  readonly from: readonly string[];
  /** What is done with the value. `first` and `rest` split a dotted path at its first dot. @default as it is */
  readonly take?: Take;
  /** Field whose value alone is transformed by `take`; values of the other fields are used whole. */
  readonly takeOf?: string;
  /** Value when no field is present. @default '' */
  readonly otherwise?: string;
  readonly description: string;
}
export type Take = 'first' | 'rest' | 'rees46_time';
export interface Projection {
  readonly name: string;
  readonly description: string;
  readonly columns: readonly Column[];
}

/** Nine columns of the REES46 / Open CDP data sets. */
export const rees46: Projection = {
  name: 'rees46',
  description: 'Columns of the REES46 Marketing Platform data sets.',
  columns: [
    {
      name: 'event_time',
      from: ['event_time'],
      take: 'rees46_time',
      description: 'UTC, to the second: `2019-10-01 00:00:00 UTC`.',
    },
    { name: 'event_type', from: ['event_type'], description: 'As it is.' },
    { name: 'product_id', from: ['product_id'], description: 'As it is.' },
    { name: 'category_id', from: ['category_id'], description: 'As it is.' },
    { name: 'category_code', from: ['category_code'], description: 'As it is.' },
    { name: 'brand', from: ['brand'], description: 'As it is.' },
    { name: 'price', from: ['price'], description: 'Shortest decimal text.' },
    { name: 'user_id', from: ['customer_id', 'device_id'], description: 'The customer, else the device.' },
    { name: 'user_session', from: ['session_id'], description: 'The session.' },
  ],
};

/** The six-column table of the lake, all strings. */
export const athena: Projection = {
  name: 'athena',
  description: 'The six-column click table.',
  columns: [
    { name: 'customerid', from: ['customer_id'], description: 'Empty before login.' },
    { name: 'deviceid', from: ['device_id'], description: 'As it is.' },
    { name: 'productid', from: ['product_id'], description: 'As it is.' },
    {
      name: 'productcategory',
      from: ['category_code', 'category_id'],
      take: 'first',
      takeOf: 'category_code',
      otherwise: 'unknown',
      description: 'First part of `category_code`, else `category_id`, else `unknown`.',
    },
    {
      name: 'productsubcategory',
      from: ['category_code'],
      take: 'rest',
      takeOf: 'category_code',
      description: 'The parts of `category_code` after the first.',
    },
    { name: 'activitytype', from: ['event_type'], description: 'As it is.' },
  ],
};

export const projections: Readonly<Record<'rees46' | 'athena', Projection>> = { rees46, athena };

const takes: Readonly<Record<Take, (value: string) => string>> = {
  first: (value) => value.split('.', 1)[0] ?? '',
  rest: (value) => value.slice((value.split('.', 1)[0] ?? '').length + 1),
  rees46_time: (value) => `${value.slice(0, 10)} ${value.slice(11, 19)} UTC`,
};

/**
 * Reads a record under the names of a projection.
 *
 * @param record A record of the stream, parsed.
 * @returns One string per column, in the projection's order; `''` (or the column's `otherwise`) where the record has nothing.
 */
export function project(record: Readonly<Record<string, unknown>>, projection: Projection): Record<string, string> {
  const row: Record<string, string> = {};
  for (const column of projection.columns) {
    const source = column.from.find((name) => record[name] !== undefined && record[name] !== null);
    const value = source === undefined ? (column.otherwise ?? '') : String(record[source]);
    const applies = source !== undefined && column.take && (column.takeOf ?? source) === source;
    row[column.name] = applies && column.take ? takes[column.take](value) : value;
  }
  return row;
}
