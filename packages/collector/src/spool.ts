export { SpoolError, type SpoolErrorCode } from './sinks/spool/error.js';
export type { SpoolFile, SpoolFiles } from './sinks/spool/files.js';
export { type Lock, type LockHolder, lockDirectory, readHolder } from './sinks/spool/lock.js';
export { openSpool, type Spool, type SpoolOptions, type SpoolStatus } from './sinks/spool/spool.js';
export { type SpooledOptions, type SpooledSink, spooled } from './sinks/spool/spooled.js';
export type { Batch } from './sinks/spool/store.js';
