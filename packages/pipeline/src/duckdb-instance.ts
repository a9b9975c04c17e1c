import { DuckDBInstance } from '@duckdb/node-api';

export interface InstanceOptions {
  /** Like `512MB`. */
  readonly memoryLimit: string;
  /** Folder for what does not fit; made when needed. */
  readonly spill: string;
  /** @default one per core */
  readonly threads?: number | undefined;
}

/** A database in memory. Nothing is downloaded: all that the pipeline needs is built in. */
export const openInstance = ({ memoryLimit, spill, threads }: InstanceOptions): Promise<DuckDBInstance> =>
  DuckDBInstance.create(':memory:', {
    memory_limit: memoryLimit,
    temp_directory: spill,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    ...(threads === undefined ? {} : { threads: String(threads) }),
  });
