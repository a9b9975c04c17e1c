export type { Alert, AlertChannel } from './alerts/alert.js';
export { type ColumnType, eventColumns, type LakeColumn, partitionColumns } from './columns.js';
export type * from './lambda-event.js';
export {
  type QueryResult,
  type ResultColumn,
  type SqlEngine,
  SqlError,
  type Value,
  type ValueType,
} from './query/engine.js';
export type * from './reports/report.js';
export type { WindowRow, WindowTime } from './windows/row.js';
