import type { FormulaRule } from '../csv.js';
import { dayAt } from '../day.js';
import type { ReadRecord, ShardPosition } from '../reader/follow.js';
import { toCsvLine } from './clicks.js';
import { toErrorLine } from './error-line.js';
import type { DecodedRecord, ErrorReason } from './record.js';

/** What one flush will write. */
export interface Chunk {
  /** Events and errors. */
  readonly records: number;
  readonly rows: number;
  /** Of the lines and ids that wait. */
  readonly bytes: number;
  /** Rows for DuckDB, as JSON, by day. */
  readonly events: ReadonlyMap<string, readonly string[]>;
  readonly clicks: ReadonlyMap<string, readonly string[]>;
  readonly errors: ReadonlyMap<string, readonly string[]>;
  readonly reasons: Readonly<Partial<Record<ErrorReason, number>>>;
  /** Of the rows. */
  readonly ids: readonly string[];
  readonly positions: ReadonlyMap<string, ShardPosition>;
  add(record: ReadRecord, decoded: DecodedRecord): void;
  /** A shard was read up to here. */
  reach(shardId: string, position: ShardPosition): void;
}

export interface ChunkOptions {
  readonly csv: boolean;
  readonly parquet: boolean;
  readonly formulas: FormulaRule;
  readonly now: () => number;
}

export function createChunk({ csv, parquet, formulas, now }: ChunkOptions): Chunk {
  const events = new Map<string, string[]>();
  const clicks = new Map<string, string[]>();
  const errors = new Map<string, string[]>();
  const reasons: Partial<Record<ErrorReason, number>> = {};
  const ids: string[] = [];
  const positions = new Map<string, ShardPosition>();
  let records = 0;
  let bytes = 0;
  const put = (lines: Map<string, string[]>, day: string, line: string): void => {
    const there = lines.get(day);
    if (there) there.push(line);
    else lines.set(day, [line]);
    bytes += line.length;
  };
  return {
    events,
    clicks,
    errors,
    reasons,
    ids,
    positions,
    get records() {
      return records;
    },
    get rows() {
      return ids.length;
    },
    get bytes() {
      return bytes;
    },
    add(record, { row, fault, text }) {
      records += 1;
      if (row) {
        ids.push(row.id);
        bytes += row.id.length;
        if (parquet) put(events, row.day, `${JSON.stringify(row.values)}\n`);
        const line = csv ? toCsvLine(row.record, formulas) : undefined;
        if (line !== undefined) put(clicks, row.day, line);
      }
      if (fault) {
        const arrivedAt = Number.isFinite(record.arrivedAt) ? record.arrivedAt : now();
        put(errors, dayAt(arrivedAt), toErrorLine({ ...record, arrivedAt }, fault, text));
        reasons[fault.reason] = (reasons[fault.reason] ?? 0) + 1;
      }
    },
    reach(shardId, position) {
      positions.set(shardId, position);
    },
  };
}
