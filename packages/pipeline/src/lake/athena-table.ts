import { athena } from '@rastro/schema';
import { eventColumns, partitionColumns } from '../columns.js';

/** Years that Athena looks for without being told: more cost nothing, since a query names its days. */
const years = '2000,2099';

/**
 * The statement that makes a table of Athena of the lake's folder in S3. Partitions are projected: no crawler, no repair.
 * https://docs.aws.amazon.com/athena/latest/ug/partition-projection.html
 *
 * @param name Of the table, with its database: `shop.events`.
 * @param location Of the lake: `s3://bucket/lake`.
 */
export function athenaTable(dataset: 'events' | 'clicks', name: string, location: string): string {
  const columns =
    dataset === 'events'
      ? eventColumns.map((column) => `${column.name} ${column.type === 'varchar' ? 'string' : column.type}`)
      : athena.columns.map((column) => `${column.name} string`);
  const folder = `${location.replace(/\/$/, '')}/${dataset}`;
  const properties = {
    'projection.enabled': 'true',
    'projection.year.type': 'integer',
    'projection.year.range': years,
    'projection.year.digits': '4',
    'projection.month.type': 'integer',
    'projection.month.range': '1,12',
    'projection.month.digits': '2',
    'projection.day.type': 'integer',
    'projection.day.range': '1,31',
    'projection.day.digits': '2',
    'storage.location.template': `${folder}/${partitionColumns.map((column) => `${column.name}=\${${column.name}}`).join('/')}`,
    ...(dataset === 'clicks' && { 'skip.header.line.count': '1' }),
  };
  // Without an escape of its own OpenCSV takes a backslash for one. U+0001 is in no text that the collector accepts.
  const format =
    dataset === 'events'
      ? 'STORED AS PARQUET'
      : `ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'
WITH SERDEPROPERTIES ('separatorChar' = ',', 'quoteChar' = '"', 'escapeChar' = '\\u0001')
STORED AS TEXTFILE`;
  return `CREATE EXTERNAL TABLE ${name} (
  ${columns.join(',\n  ')}
)
PARTITIONED BY (${partitionColumns.map((column) => `${column.name} string`).join(', ')})
${format}
LOCATION '${folder}/'
TBLPROPERTIES (
  ${Object.entries(properties)
    .map(([key, value]) => `'${key}' = '${value}'`)
    .join(',\n  ')}
)
`;
}
